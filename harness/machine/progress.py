"""Progress bars, one way for all long work: on a terminal alone, so that logs and pipes hold no control characters."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int], None]
"""adds so many to what is done"""


@contextmanager
def progress(title: str, total: int, done: int = 0, unit: str = "") -> Iterator[Advance]:
    """Show a bar on standard error while the body runs; nothing where that is not a terminal.

    Args:
        title: shown in front of the bar.
        total: what there is to do.
        done: what of it was done before.
        unit: what is counted, in the plural.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(unit),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    hidden = not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), disable=hidden, transient=False) as bar:
        task = bar.add_task(title, total=total, completed=done)
        yield lambda number: bar.advance(task, number)
