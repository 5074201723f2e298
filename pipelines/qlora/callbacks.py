"""Callbacks of training: a progress bar, and an end to a training that diverges."""

import math
import sys
from typing import Any

from transformers import TrainerCallback

from harness.errors import ArmError


class RowProgress(TrainerCallback):
    """A bar over rows, with rows per second and time left; silent when not on a terminal.

    Rows and not steps, so that its speed means the same at every batch size.

    Args:
        rows_per_step: effective batch size.
    """

    def __init__(self, rows_per_step: int) -> None:
        self.rows_per_step = rows_per_step
        self.bar: Any = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Open the bar, at the resumed step."""
        from tqdm import tqdm

        self.bar = tqdm(
            total=state.max_steps * self.rows_per_step,
            initial=state.global_step * self.rows_per_step,
            desc="   train",
            unit=" rows",
            disable=not sys.stderr.isatty(),
        )

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Count one optimiser step."""
        self.bar.update(self.rows_per_step)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Show the last loss next to the bar."""
        shown = {name: logs[name] for name in ("loss", "eval_loss") if logs and name in logs}
        if shown:
            self.bar.set_postfix({name: f"{value:.3f}" for name, value in shown.items()}, refresh=False)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Close the bar."""
        self.bar.close()


class StopWhenDiverged(TrainerCallback):
    """Ends a training whose loss is NaN or infinite: it would not recover."""

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Check the losses of this log entry.

        Raises:
            ArmError: one is NaN or infinite.
        """
        for name in ("loss", "eval_loss"):
            value = (logs or {}).get(name, 0.0)
            if not math.isfinite(value):
                raise ArmError(
                    f"training diverged at step {state.global_step} ({name} is {value}); lower adapter.learning_rate"
                )
