"""Callbacks of training: a progress bar, and an end to a training that diverges."""

import math
from contextlib import ExitStack
from typing import Any, Self

from transformers import TrainerCallback

from harness.errors import ArmError
from harness.machine.progress import ProgressBar, progress


class RowProgress(TrainerCallback):
    """A bar over rows with the time left, inside its `with` block; silent when not on a terminal.

    Rows and not steps, so that its speed means the same at every batch size.

    Args:
        rows_per_step: effective batch size.
    """

    def __init__(self, rows_per_step: int) -> None:
        self.rows_per_step = rows_per_step
        self._open = ExitStack()
        self.bar: ProgressBar | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Open the bar, at the resumed step."""
        total, done = (steps * self.rows_per_step for steps in (state.max_steps, state.global_step))
        self.bar = self._open.enter_context(progress("   train", total, "rows", done))

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Count one optimiser step."""
        if self.bar is not None:
            self.bar.advance(self.rows_per_step)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Show the last loss next to the bar."""
        losses = {name: logs[name] for name in ("loss", "eval_loss") if logs and name in logs}
        if losses and self.bar is not None:
            self.bar.note(", ".join(f"{name} {value:.3f}" for name, value in losses.items()))


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
