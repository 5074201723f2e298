"""Progress bars, one way for all long work: on a terminal alone, so that logs and pipes hold no control characters."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


@dataclass(frozen=True, slots=True)
class ProgressBar:
    """A bar that is being shown."""

    display: "Progress"
    task: "TaskID"

    def advance(self, number: int = 1) -> None:
        """Count so many more as done."""
        self.display.advance(self.task, number)

    def note(self, text: str) -> None:
        """Show a text behind the bar in place of the one before."""
        self.display.update(self.task, note=text)


@contextmanager
def progress(title: str, total: int, unit: str, done: int = 0) -> Iterator[ProgressBar]:
    """Show a bar on standard error while the body runs; nothing where that is not a terminal.

    Args:
        title: shown in front of the bar.
        total: what there is to do.
        unit: what is counted, in the plural.
        done: what of it was done before.
    """
    from rich import progress as rich
    from rich.console import Console

    columns = (
        rich.TextColumn("{task.description}"), rich.BarColumn(), rich.MofNCompleteColumn(), rich.TextColumn(unit),
        rich.TimeElapsedColumn(), "left:", rich.TimeRemainingColumn(), "{task.fields[note]}",
    )  # fmt: skip
    with rich.Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as display:
        yield ProgressBar(display, display.add_task(title, total=total, completed=done, note=""))
