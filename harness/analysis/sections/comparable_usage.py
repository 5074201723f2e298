"""Which seconds are comparable in costs: those of one device, single requests of one session; the others are named."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from harness.analysis.costs.usage import Usage
from harness.analysis.costs.usage_of_records import hardware, usage
from harness.analysis.result import Note, warning
from harness.analysis.sections.timing_session import TimingSession, in_session, timing_session
from harness.analysis.sections.timing_warnings import machine_warnings, timing_warnings
from harness.machine.conditions import scored_pass
from harness.types import Record

NOT_OF_COST: Final = frozenset({"p99", "No gain", "Concurrent requests", "Replayed"})
"""topics of warnings that concern percentiles or concurrent requests, and not the mean of answers given alone"""


@dataclass(frozen=True, slots=True)
class ComparableUsage:
    """What the arms used, as far as it may be compared."""

    used: tuple[Usage, ...]
    """one per arm; without the seconds of another device or session than the rest"""
    notes: tuple[Note, ...]
    """what was left out and why, timing warnings, and where machines differ"""


def comparable_usage(arms: Mapping[str, Sequence[Record]]) -> ComparableUsage:
    """Return what each arm used; timings are left out as in the section on latency.

    Args:
        arms: in the order of the scoreboard, with their records in the order of the seeds.
    """
    session = timing_session(arms)
    kept = {arm: [_of_session(record, session) for record in group] for arm, group in arms.items()}
    used = {arm: usage(group) for arm, group in kept.items()}
    notes = [*_timing_pass_warnings(session, used), *_scored_pass_warnings(arms)]
    device = _device(used, session)
    others = {arm: one.device for arm, one in used.items() if one.saturated is not None and one.device != device}
    for arm, other in others.items():
        used[arm] = replace(used[arm], saturated=None, single=None)
        text = f"{arm}: answered on {other or 'a device that is not recorded'} and not on {device}"
        notes.append(warning("Not compared", f"{text}. Its answers have no cost here; run the arms together"))
    notes += _machines({arm: arms[arm] for arm, one in used.items() if one.saturated is not None})
    return ComparableUsage(tuple(used.values()), tuple(notes))


def _of_session(record: Record, session: TimingSession | None) -> Record:
    """Return the record without timings of another session."""
    if record.timings is None or (session is not None and in_session(record.timings, session)):
        return record
    return replace(record, timings=None)


def _device(used: Mapping[str, Usage], session: TimingSession | None) -> str:
    """Return the device of most arms; of equally many, that of the timing pass."""
    counted = Counter(one.device for one in used.values() if one.saturated is not None)
    timed_on = session.timings.device if session is not None else ""
    return max(counted, key=lambda device: (counted[device], device == timed_on), default="")


def _timing_pass_warnings(session: TimingSession | None, used: Mapping[str, Usage]) -> Iterator[Note]:
    if session is None:
        return
    untimed = {arm for arm, one in used.items() if one.single is None}
    for note in timing_warnings(session):
        about = note.text.split(":", 1)[0]
        if note.warning and note.topic not in NOT_OF_COST and (note.topic != "Not timed" or about in untimed):
            yield warning(note.topic, f"answers given alone: {note.text}")


def _scored_pass_warnings(arms: Mapping[str, Sequence[Record]]) -> Iterator[Note]:
    """Yield the warnings about seconds in full batches, each once with the arms it concerns."""
    affected: dict[tuple[str, str], list[str]] = {}
    for arm, group in arms.items():
        for record in group:
            for note in machine_warnings(scored_pass(record.facts)):
                names = affected.setdefault((note.topic, note.text), [])
                names += [arm] if arm not in names else []
    for (topic, text), names in affected.items():
        yield warning(topic, f"answers in full batches, {', '.join(names)}: {text}")


def _machines(arms: Mapping[str, Sequence[Record]]) -> Iterator[Note]:
    """Warn where the arms, or the seeds of one, answered on machines with another processor, or other cores."""
    named: dict[str, list[str]] = {}
    for arm, group in arms.items():
        for record in group:
            machine = _hardware(record)
            if machine and arm not in named.setdefault(machine, []):
                named[machine].append(arm)
    if len(named) > 1:
        machines = "; ".join(f"{', '.join(names)} on {machine}" for machine, names in named.items())
        text = f"{machines}. Seconds in full batches are not comparable; run the arms on one machine"
        yield warning("Other machine", text)


def _hardware(record: Record) -> str:
    """Return the machine that answered, in words; "" where it is not recorded."""
    machine = hardware(record)
    if not machine.processor and not machine.cores:
        return ""
    return str(machine) + (f", {machine.threads} thread(s)" if machine.threads else "")
