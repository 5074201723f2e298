"""A progress bar over training rows, with rows per second and time left; silent when not on a terminal."""

import sys
from typing import Any

from transformers import TrainerCallback


class RowProgress(TrainerCallback):
    """Counts rows instead of steps, so that its speed means the same at every batch size.

    Args:
        rows_per_step: effective batch size.
    """

    def __init__(self, rows_per_step: int) -> None:
        self.rows_per_step = rows_per_step
        self.bar: Any = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Open the bar where a resumed training goes on."""
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
        """Show the last loss beside the bar."""
        shown = {name: logs[name] for name in ("loss", "eval_loss") if logs and name in logs}
        if shown:
            self.bar.set_postfix({name: f"{value:.3f}" for name, value in shown.items()}, refresh=False)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Close the bar."""
        self.bar.close()
