"""How far a run is, and how long it will still take: from what was expected of each step and what was seen so far."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from harness.machine.progress import Kind, Work, listening

StepKind = Kind | Literal["other"]

WORDS: Final[Mapping[StepKind, str]] = {
    "index": "indexes",
    "train": "training",
    "answer": "answers",
    "audit": "audits",
    "score": "scoring",
    "judge": "the judge",
    "time": "timing pass",
    "other": "loading and the rest",
}
"""what time goes into, for people"""
TRUSTED: Final = 0.25
"""share of a step from which on its own speed alone says how long the rest takes"""
TELLING: Final = 0.02
"""share of unexpected work from which on its own speed says something"""
PRIOR: Final = 10.0
"""seconds that are held for as expected, beside those that were seen: short steps say little about long ones"""


@dataclass(frozen=True, slots=True)
class ExpectedStep:
    """Something that a run will do."""

    kind: StepKind
    """other: loading, writing and what else no work tells of"""
    arm: str
    """whom it is done for; "" for all"""
    seconds: float
    """expected"""


@dataclass(frozen=True, slots=True)
class View:
    """What can be said at one moment."""

    title: str
    """what is done and for which arm"""
    elapsed: float
    """seconds since the beginning of the run"""
    run_left: float | None
    """seconds of the run to come; None where nothing was expected"""
    work: Work | None = None
    """what is under way; None between two pieces of work"""
    left: float | None = None
    """seconds of this work to come; None where nothing is known"""


class Display(Protocol):
    """Shows the progress of a run."""

    def began(self, view: View) -> None:
        """Show that some work begins."""
        ...

    def changed(self, view: View) -> None:
        """Show a new count, note or time; called often."""
        ...


class NoDisplay:
    """Shows nothing."""

    def began(self, view: View) -> None:
        """Do nothing."""

    def changed(self, view: View) -> None:
        """Do nothing."""


class RunProgress:
    """Hears of all work of one run. Satisfies Listener.

    Args:
        display: is told whenever something changes.
        steps: what is expected; () where nothing is known.
        clock: seconds.
    """

    def __init__(
        self, display: Display, steps: Sequence[ExpectedStep] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.display = display
        self._steps = list(steps)
        self._known = bool(steps)
        self._clock = clock
        self._begun = self._seen = clock()
        self._spent: defaultdict[StepKind, float] = defaultdict(float)  # seconds
        self._phase = _Phase()
        self._open: list[tuple[Work, float]] = []  # with the time of its beginning; the innermost is last
        self._took: list[tuple[ExpectedStep, float]] = []
        self._showing = threading.Lock()

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Listen to all work of the body; the run begins now."""
        self._begun = self._seen = self._clock()
        try:
            with listening(self):
                yield
        finally:
            self._note_time()

    @contextmanager
    def phase(self, arm: str, *kinds: Kind) -> Iterator[None]:
        """Take the body's work for this arm's; afterwards its steps of these kinds are over, done or failed."""
        self._note_time()
        self._phase = _Phase(arm, defaultdict(float, self._spent))
        try:
            yield
            self._note_time()
            self._took += [(step, took) for step in self._steps_of(arm, kinds) if (took := self._in_phase(step.kind))]
        finally:
            over = list(map(id, self._steps_of(arm, kinds)))
            self._steps = [step for step in self._steps if id(step) not in over]
            self._phase = _Phase()

    def forget(self, arm: str) -> None:
        """Expect nothing more of an arm: it failed."""
        self._steps = [step for step in self._steps if step.arm != arm]

    def began(self, work: Work) -> None:
        self._note_time()
        self._open.append((work, self._clock()))
        if work.before:
            self._phase.resumed.add(work.kind)
        with self._showing:
            self.display.began(self.view())

    def moved(self, work: Work) -> None:
        self.tick()

    def ended(self, work: Work) -> None:
        self._note_time()
        self._open = [(own, begun) for own, begun in self._open if own is not work]
        self.tick()

    def tick(self) -> None:
        """Show what there is now; from another thread, too, for a clock that goes on while nothing else happens."""
        with self._showing:
            self.display.changed(self.view())

    def view(self) -> View:
        """Return what can be said now."""
        elapsed, run_left = self._clock() - self._begun, self._run_left()
        if not self._open:
            return View(f"preparing {self._phase.arm}" if self._phase.arm else "", elapsed, run_left)
        work, begun = self._open[-1]
        return View(f"{work.title} {self._phase.arm}".strip(), elapsed, run_left, work, self._work_left(work, begun))

    def times(self) -> Mapping[StepKind, float]:
        """Return the seconds that each kind took since `heard` began, the longest first; {} if it never did."""
        if self._spent:
            self._note_time()
        return dict(sorted(self._spent.items(), key=lambda own: -own[1]))

    def _note_time(self) -> None:
        now = self._clock()
        self._spent[self._open[-1][0].kind if self._open else "other"] += now - self._seen
        self._seen = now

    def _in_phase(self, kind: StepKind) -> float:
        """Return the seconds of a kind since the phase began; 0 where an earlier run had done a part of it."""
        return 0.0 if kind in self._phase.resumed else self._spent[kind] - self._phase.before[kind]

    def _steps_of(self, arm: str, kinds: Collection[StepKind]) -> list[ExpectedStep]:
        return [step for step in self._steps if step.arm == arm and step.kind in kinds]

    def _pace(self, kind: StepKind) -> float:
        """Return how many times longer than expected steps of this kind took; without any, those of all kinds."""
        taken = [(step, took) for step, took in self._took if step.kind == kind] or self._took
        return (PRIOR + sum(took for _, took in taken)) / (PRIOR + sum(step.seconds for step, _ in taken))

    def _work_left(self, work: Work, begun: float) -> float | None:
        """Return the seconds that work under way still takes; None where nothing says it."""
        steps = self._steps_of(self._phase.arm, (work.kind,))
        return _left(work, self._clock() - begun, steps[0].seconds * self._pace(work.kind) if steps else None)

    def _run_left(self) -> float | None:
        return sum(map(self._step_left, self._steps)) if self._known else None

    def _step_left(self, step: ExpectedStep) -> float:
        """Return the seconds that a step still takes."""
        if step.kind == "other":
            return max(0.0, step.seconds - self._spent["other"])
        expected = step.seconds * self._pace(step.kind)
        if step.arm != self._phase.arm:
            return expected
        for work, begun in self._open:
            if work.kind == step.kind:
                return _left(work, self._clock() - begun, expected) or 0.0
        return max(0.0, expected - (self._spent[step.kind] - self._phase.before[step.kind]))


@dataclass(slots=True)
class _Phase:
    """A stretch of a run that belongs to one arm."""

    arm: str = ""
    before: defaultdict[StepKind, float] = field(default_factory=lambda: defaultdict(float))
    """seconds that had been spent when it began"""
    resumed: set[StepKind] = field(default_factory=set)
    """kinds of which an earlier run had done a part"""


def _left(work: Work, elapsed: float, expected: float | None) -> float | None:
    """Return the seconds that work still takes: the further it is, the more by its own speed.

    Args:
        work: under way.
        elapsed: seconds since it began.
        expected: seconds of all of it; None where nothing was expected.
    """
    share = work.share
    by_speed = elapsed * (1 - share) / share if share else 0.0
    if expected is None:
        return by_speed if share >= TELLING else None
    to_do = expected * (work.total - work.done) / work.total if work.total else expected
    if not share:
        return max(0.0, to_do - elapsed)
    trust = min(1.0, share / TRUSTED)
    return trust * by_speed + (1 - trust) * to_do
