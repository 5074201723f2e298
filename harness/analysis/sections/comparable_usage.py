"""Which seconds may be paid side by side: those of one device, and alone those of one session; the others are named."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from harness.analysis.costs.usage import Usage
from harness.analysis.costs.usage_of_records import hardware, usage
from harness.analysis.result import Note
from harness.analysis.sections.timing_session import Timed, in_session, timed
from harness.analysis.sections.timing_warnings import on_the_machine, timing_warnings
from harness.machine.conditions import scored_pass
from harness.types import Record

NOT_OF_COST: Final = frozenset({"p99", "No gain", "Several at once", "Replayed"})
"""what spoils percentiles, or requests that come several at once, and no mean of answers given alone"""


@dataclass(frozen=True, slots=True)
class ConcurrentRun:
    """What the arms used, as far as it may be compared."""

    used: tuple[Usage, ...]
    """one per arm; without the seconds that are of another device or session than the rest"""
    notes: tuple[Note, ...]
    """what was left out and why, what spoilt the timings, and where machines differ"""


def together(arms: Mapping[str, Sequence[Record]]) -> ConcurrentRun:
    """Return what each arm used; the same refusal as the latency grid makes.

    Args:
        arms: in the order of the scoreboard, with their records in the order of the seeds.
    """
    session = timed(arms)
    kept = {arm: [_of_session(record, session) for record in group] for arm, group in arms.items()}
    used = {arm: usage(group) for arm, group in kept.items()}
    notes = [*_spoilt(session, used), *_beside_scoring(arms)]
    device = _device(used, session)
    others = {arm: one.device for arm, one in used.items() if one.saturated is not None and one.device != device}
    for arm, other in others.items():
        used[arm] = replace(used[arm], saturated=None, single=None)
        text = f"{arm}: answered on {other or 'a device that is not recorded'} and not on {device}"
        notes.append(Note("Not compared", f"{text}; its answers are not paid beside the others'", warning=True))
    notes += _machines({arm: arms[arm] for arm, one in used.items() if one.saturated is not None})
    return ConcurrentRun(tuple(used.values()), tuple(notes))


def _of_session(record: Record, session: Timed | None) -> Record:
    """The record without timings that were not made together with the rest."""
    if record.timings is None or (session is not None and in_session(record.timings, session)):
        return record
    return replace(record, timings=None)


def _device(used: Mapping[str, Usage], session: Timed | None) -> str:
    """What answered in most arms; of equally many, what the session of the timing pass ran on."""
    counted = Counter(one.device for one in used.values() if one.saturated is not None)
    timed_on = session.timings.device if session is not None else ""
    return max(counted, key=lambda device: (counted[device], device == timed_on), default="")


def _spoilt(session: Timed | None, used: Mapping[str, Usage]) -> Iterator[Note]:
    if session is None:
        return
    silent = {arm for arm, one in used.items() if one.single is None}
    for note in timing_warnings(session):
        about = note.text.split(":", 1)[0]
        if note.warning and note.topic not in NOT_OF_COST and (note.topic != "Not timed" or about in silent):
            yield Note(note.topic, f"answers given alone: {note.text}", warning=True)


def _beside_scoring(arms: Mapping[str, Sequence[Record]]) -> Iterator[Note]:
    """What spoilt the seconds in full batches, each said once with the arms that it hit."""
    hit: dict[tuple[str, str], list[str]] = {}
    for arm, group in arms.items():
        for record in group:
            for note in on_the_machine(scored_pass(record)):
                names = hit.setdefault((note.topic, note.text), [])
                names += [arm] if arm not in names else []
    for (topic, text), names in hit.items():
        yield Note(topic, f"answers in full batches, {', '.join(names)}: {text}", warning=True)


def _machines(arms: Mapping[str, Sequence[Record]]) -> Iterator[Note]:
    """Warn where the arms, or the seeds of one, answered on machines with another processor, or other cores."""
    named: dict[str, list[str]] = {}
    for arm, group in arms.items():
        for record in group:
            on = _hardware(record)
            if on and arm not in named.setdefault(on, []):
                named[on].append(arm)
    if len(named) > 1:
        told = "; ".join(f"{', '.join(names)} on {on}" for on, names in named.items())
        text = f"{told}: their seconds in full batches, and what rests on them, are not of one machine"
        yield Note("Other machine", text, warning=True)


def _hardware(record: Record) -> str:
    """The machine that answered, in words; "" where the record does not tell."""
    found = hardware(record)
    if not found.processor and not found.cores:
        return ""
    return str(found) + (f", {found.threads} thread(s)" if found.threads else "")
