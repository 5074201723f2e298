"""The progress of a run for people: two lines that renew themselves on a terminal, whole lines elsewhere."""

import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final, TextIO

from harness.machine.progress import Kind, Work
from harness.runner.run_progress import Display, ExpectedStep, RunProgress, View
from harness.text.durations import about, clock

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, Task

OFTEN: Final = 60.0
"""seconds between two lines in a log"""
TICK: Final = 1.0
"""seconds after which a terminal shows the time again"""
UNANNOUNCED: Final[frozenset[Kind]] = frozenset({"audit", "judge"})
"""kinds of work whose beginning is no line of its own: there are several for each arm, and they are short"""


class LogLines:
    """One line when some work begins and one every minute, without control characters. Satisfies Display.

    Args:
        stream: where they go.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last = 0.0

    def began(self, view: View) -> None:
        if view.work is not None and view.work.kind not in UNANNOUNCED:
            self._write(view)

    def changed(self, view: View) -> None:
        if view.elapsed >= self._last + OFTEN:
            self._write(view)

    def _write(self, view: View) -> None:
        work = ": ".join(filter(None, (view.title, _count(view.work))))
        run_left = f"whole run: {left}" if (left := _left(view.run_left)) else ""
        text = "; ".join(filter(None, (", ".join(filter(None, (work, _left(view.left)))), run_left)))
        print(f"[{clock(view.elapsed)}] {text}", file=self._stream, flush=True)
        self._last = view.elapsed


class TerminalLines:
    """A line of the work under way and one of the run, each with a bar and the time left. Satisfies Display.

    Args:
        display: rich's, running.
    """

    def __init__(self, display: "Progress") -> None:
        self._display = display
        self._work = self._task("")
        self._run = self._task("whole run")

    def began(self, view: View) -> None:
        self.changed(view)
        self._display.refresh()

    def changed(self, view: View) -> None:
        work, elapsed = view.work or Work("audit", ""), view.elapsed
        said = ", ".join(filter(None, (_left(view.left), work.note)))
        self._update(self._work, work.done, work.total, title=view.title, count=_count(work), left=said)
        whole = None if view.run_left is None else elapsed + view.run_left
        so_far, left = f"{clock(elapsed)} so far", _left(view.run_left)
        self._update(self._run, elapsed, whole, title="whole run", count=so_far, left=left)

    def _task(self, title: str) -> "Task":
        number = self._display.add_task(title, total=None, count="", left="")
        return next(task for task in self._display.tasks if task.id == number)

    def _update(self, task: "Task", done: float, total: float | None, *, title: str, count: str, left: str) -> None:
        task.total = total or None  # `update` takes None for no change, and not for an unknown number
        self._display.update(task.id, completed=done, description=title, count=count, left=left)


def _left(seconds: float | None) -> str:
    return "" if seconds is None or seconds < 1 else f"about {about(seconds)} left"  # less: longer than expected


def _count(work: Work | None) -> str:
    if work is None or not work.total:
        return ""
    return f"{work.done:,} of {work.total:,} {work.unit}" if work.done else f"{work.total:,} {work.unit}"


@contextmanager
def shown_progress(steps: Sequence[ExpectedStep] = ()) -> Iterator[RunProgress]:
    """Show the progress of a run on standard error while the body runs: of the run that is given what this yields.

    Args:
        steps: what is expected of the run.
    """
    with ExitStack() as opened:
        display = opened.enter_context(_terminal()) if sys.stderr.isatty() else LogLines(sys.stderr)
        progress = RunProgress(display, steps)
        opened.enter_context(_ticking(progress))
        yield progress


@contextmanager
def _terminal() -> Iterator[Display]:
    from rich.console import Console

    display = bars(Console(stderr=True))
    with display, _logged_above():
        yield TerminalLines(display)


def bars(console: "Console") -> "Progress":
    """Return rich's display of the two lines, which leave nothing behind."""
    from rich import progress as rich
    from rich.table import Column

    titles = Column(min_width=26, no_wrap=True, overflow="ellipsis")  # or bars would jump with every new title
    texts = Column(no_wrap=True, overflow="ellipsis")
    return rich.Progress(
        rich.TextColumn("{task.description}", table_column=titles),
        rich.BarColumn(bar_width=16),
        rich.TextColumn("{task.fields[count]}", table_column=texts),
        rich.TextColumn("{task.fields[left]}", table_column=texts.copy()),
        console=console,
        transient=True,
        refresh_per_second=2,  # it takes time from what is measured
        redirect_stdout=sys.stdout.isatty(),  # or what is printed would go to the terminal instead of its file
    )


@contextmanager
def _logged_above() -> Iterator[None]:
    """Have log lines written by way of rich, above its lines: a handler keeps the stream that it was made with."""
    handlers = [own for own in logging.getLogger().handlers if isinstance(own, logging.StreamHandler)]
    streams = [own.setStream(sys.stderr) if own.stream is sys.__stderr__ else None for own in handlers]
    try:
        yield
    finally:
        for own, stream in zip(handlers, streams, strict=True):
            if stream is not None:
                own.setStream(stream)


@contextmanager
def _ticking(progress: RunProgress) -> Iterator[None]:
    """Let the time go on in a thread of its own: a step of a training may take minutes."""
    over = threading.Event()

    def tick() -> None:
        while not over.wait(TICK):
            progress.tick()

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
