"""Which timings are comparable: those of one session, one device and one machine. The others are named in notes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.analysis.result import Note
from harness.machine.measured import AdapterUse, Resource, TimedPass, TimedRequest, Timings
from harness.types import Record

USED: dict[AdapterUse, str] = {"none": "–", "unmerged": "unmerged", "merged": "merged"}
"""how an adapter ran, in the words of the tables"""


@dataclass(frozen=True, slots=True)
class TimedRow:
    """One arm with one use of its adapter and one concurrency."""

    arm: str
    run: TimedPass
    resources: tuple[Resource, ...]

    @property
    def answered(self) -> tuple[TimedRequest, ...]:
        """The requests that got an answer."""
        return tuple(request for request in self.run.requests if not request.error)


@dataclass(frozen=True, slots=True)
class TimingSession:
    """The arms of one timing pass."""

    rows: tuple[TimedRow, ...]
    """in the order of the scoreboard; only passes with an answer"""
    timings: Timings
    """of the first row: what they share"""
    left_out: tuple[Note, ...]
    """arms that are not in this session, and why"""

    def alone(self) -> tuple[TimedRow, ...]:
        """Return the rows of one request at a time."""
        return tuple(row for row in self.rows if row.run.concurrency == 1)


def timing_session(arms: Mapping[str, Sequence[Record]]) -> TimingSession | None:
    """Return the session with most arms, of equal ones that of the first seed; None without any timings.

    Args:
        arms: in the order of the scoreboard, with their records in the order of the seeds.
    """
    all_timings = {arm: [one.timings for one in group if one.timings is not None] for arm, group in arms.items()}
    sessions = [_session_key(one) for timings in all_timings.values() for one in timings if one.passes]
    if not sessions:
        return None
    best = max(dict.fromkeys(sessions), key=sessions.count)
    in_best = {arm: [one for one in group if _is_in(one.timings, best)] for arm, group in arms.items()}
    rows = tuple(
        row
        for arm, group in in_best.items()
        for record in group[:1]
        for row in _timed_rows(arm, record)
        if row.answered
    )
    if not rows:
        return None
    first = next(one.timings for group in in_best.values() for one in group if one.timings is not None)
    return TimingSession(rows, first, tuple(_left_out(all_timings, best, {row.arm for row in rows})))


def _timed_rows(arm: str, record: Record) -> list[TimedRow]:
    passes = record.timings.passes if record.timings is not None else ()
    return [TimedRow(arm, run, record.resources) for run in passes]


def _is_in(timings: Timings | None, session: tuple[str, str, str]) -> bool:
    return timings is not None and bool(timings.passes) and _session_key(timings) == session


def in_session(timings: Timings, session: TimingSession) -> bool:
    """Return whether timings are comparable with those of this session."""
    return _session_key(timings) == _session_key(session.timings)


def _session_key(timings: Timings) -> tuple[str, str, str]:
    """What timings must share to be compared."""
    return timings.session, timings.device, timings.machine


def _left_out(all_timings: dict[str, list[Timings]], best: tuple[str, str, str], shown: set[str]) -> Iterator[Note]:
    for arm, timings in all_timings.items():
        if arm not in shown:
            yield Note("Not timed", f"{arm}: {_why(timings, best)}", "warning" if timings else "note")


def _why(timings: Sequence[Timings], best: tuple[str, str, str]) -> str:
    if not timings:
        return "no timings (a control, timing=off, or an older record)"
    last = timings[-1]
    if last.problem:
        return last.problem
    _, device, machine = best
    if last.device != device:
        return f"timed on {last.device} and not on {device}; run the arms together"
    if last.machine != machine:
        return "timed on another machine, or with other versions of packages; run the arms together"
    return "timed in another pass than the rest; run the arms together"
