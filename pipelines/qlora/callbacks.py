"""Callbacks of training: its progress, the time of its steps, and an end to a training that diverges."""

import math
import time
from contextlib import ExitStack
from typing import Any, Self

import torch
from transformers import TrainerCallback

from harness.errors import ArmError
from harness.machine.progress import Work, progress
from pipelines.generators.device_map import gpus_of


class RowProgress(TrainerCallback):
    """Tells how many rows were trained on, inside its `with` block.

    Rows and not steps, so that its speed means the same at every batch size.

    Args:
        rows_per_step: effective batch size.
    """

    def __init__(self, rows_per_step: int) -> None:
        self.rows_per_step = rows_per_step
        self._open = ExitStack()
        self.work: Work | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Begin the work, at the resumed step."""
        total, done = (steps * self.rows_per_step for steps in (state.max_steps, state.global_step))
        self.work = self._open.enter_context(progress("train", "training", total, "rows", done))

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Count one optimiser step."""
        if self.work is not None:
            self.work.advance(self.rows_per_step)

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Say the last loss."""
        losses = {name: logs[name] for name in ("loss", "eval_loss") if logs and name in logs}
        if losses and self.work is not None:
            self.work.say(", ".join(f"{name} {value:.3f}" for name, value in losses.items()))


class StepClock(TrainerCallback):
    """Notes the seconds of every optimiser step."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._begun = 0.0

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Note the time."""
        self._begun = time.perf_counter()

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Note how long the step took, the work that was handed to a GPU included."""
        if args.device.type == "cuda":
            for place in gpus_of(kwargs.get("model")) or [args.device]:
                torch.cuda.synchronize(place)
        self.seconds.append(time.perf_counter() - self._begun)


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
