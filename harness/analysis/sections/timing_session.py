"""Which timings may stand in one grid: those of one session, one device and one machine; the others are named."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.analysis.result import Note
from harness.types import AdapterUse, Record, Resource, TimedPass, TimedRequest, Timings

USED: dict[AdapterUse, str] = {"none": "–", "unmerged": "beside", "merged": "merged"}
"""how tables say that an adapter ran"""


@dataclass(frozen=True, slots=True)
class TimedRow:
    """One arm, run in one way."""

    arm: str
    one: TimedPass
    resources: tuple[Resource, ...]

    @property
    def answered(self) -> tuple[TimedRequest, ...]:
        """The requests that got an answer."""
        return tuple(request for request in self.one.requests if not request.error)


@dataclass(frozen=True, slots=True)
class Timed:
    """One session's arms."""

    rows: tuple[TimedRow, ...]
    """in the order of the scoreboard; only passes with an answer"""
    timings: Timings
    """of the first of them: what they share"""
    left_out: tuple[Note, ...]
    """arms that this session lacks, and why"""

    def alone(self) -> tuple[TimedRow, ...]:
        """Return the rows of one request at a time."""
        return tuple(row for row in self.rows if row.one.concurrency == 1)


def timed(arms: Mapping[str, Sequence[Record]]) -> Timed | None:
    """Return the session that most arms were in, of equal ones that of the first seed; None without any timings.

    Args:
        arms: in the order of the scoreboard, with their records in the order of the seeds.
    """
    found = {arm: [one.timings for one in group if one.timings is not None] for arm, group in arms.items()}
    whole = [_together(one) for timings in found.values() for one in timings if one.passes]
    if not whole:
        return None
    best = max(dict.fromkeys(whole), key=whole.count)
    rows: list[TimedRow] = []
    for arm, group in arms.items():
        for record in group:
            if record.timings is not None and record.timings.passes and _together(record.timings) == best:
                rows += [TimedRow(arm, one, record.resources) for one in record.timings.passes]
                break
    kept = tuple(row for row in rows if row.answered)
    if not kept:
        return None
    first = next(one for timings in found.values() for one in timings if one.passes and _together(one) == best)
    return Timed(kept, first, tuple(_left_out(found, best, {row.arm for row in kept})))


def in_session(timings: Timings, found: Timed) -> bool:
    """Tell whether timings may stand beside those of this session."""
    return _together(timings) == _together(found.timings)


def _together(timings: Timings) -> tuple[str, str, str]:
    """What timings must share to be compared."""
    return timings.session, timings.device, timings.machine


def _left_out(found: dict[str, list[Timings]], best: tuple[str, str, str], shown: set[str]) -> Iterator[Note]:
    for arm, timings in found.items():
        if arm in shown:
            continue
        why = _why(timings, best)
        yield Note("Not timed", f"{arm}: {why}", warning=bool(timings))


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
