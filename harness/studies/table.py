"""A study's table: its controls, then what its measures read off, or why nothing may be read off."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.analysis.result import Note, Section, act, warning
from harness.errors import DataError
from harness.studies import control, words
from harness.studies.control import ControlResult
from harness.studies.data import StudyData
from harness.studies.study import Study
from harness.tasks.complaints import counted


@dataclass(frozen=True, slots=True)
class StudyTable:
    """What a study shows. Its sections are those of any table, so every report format can write them."""

    title: str
    question: str
    words: tuple[str, ...]
    """the finding, made from the numbers; why there is none where a control failed"""
    sections: tuple[Section, ...]
    """the controls first"""
    notes: tuple[Note, ...]
    """what must be acted on first"""
    withheld: bool
    """a control failed: nothing was read off"""


def study_table(study: Study, data: StudyData, planned: int, unreadable: Sequence[str] = ()) -> StudyTable:
    """Return the table of a study.

    Args:
        study: what was asked.
        data: its records.
        planned: conditions that it has in all.
        unreadable: a line for each record that cannot be read.

    Raises:
        DataError: no record has a value to read.
    """
    if not data.arms:
        raise DataError(f"study {study.name}: no condition has a record; {_first_failure(data)}")
    checked = tuple(one.check(data) for one in study.controls)
    failed = [one for one in checked if not one.passed]
    readings = () if failed else tuple(measure.read(data) for measure in study.measures)
    title = f"Study {study.name}: {data.task}, {data.model}"
    said = words.withheld(failed) if failed else words.finding(readings)
    sections = (control.controls_section(checked), *(section for reading in readings for section in reading.sections))
    notes = tuple(_notes(study, data, planned, failed, unreadable))
    return StudyTable(title, study.question, said, sections, notes, bool(failed))


def _first_failure(data: StudyData) -> str:
    why = next(iter(data.failures.values()), "run the study first")
    return why.splitlines()[0] if why else "run the study first"


def _notes(
    study: Study, data: StudyData, planned: int, failed: Sequence[ControlResult], unreadable: Sequence[str]
) -> Iterator[Note]:
    for one in failed:
        yield act("Control", f"{one.name}: {one.text}")
    for (condition, arm), why in data.failures.items():
        yield act("Failed", f"{arm} under {condition}: {why.splitlines()[0] if why else 'no reason given'}")
    yield from _left_out(data)
    yield from (act("Record", line) for line in unreadable)
    if len(data.conditions) < planned:
        text = f"{len(data.conditions)} of {planned} conditions have been run; the same command goes on"
        yield warning("Unfinished", text)
    if study.chosen.says:
        yield warning("Budget", f"{study.budget}: {study.chosen.says}")
    yield Note("Measured by", f"{data.metric}; {_asked(data)}")
    yield from (Note("Cannot show", line) for line in study.cannot)


def _left_out(data: StudyData) -> Iterator[Note]:
    """Yield which arms make no sense under which conditions: a row without them would be read as forgotten."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for (condition, arm), why in data.left_out.items():
        reasons.setdefault((why, arm), []).append(condition)
    arms: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (why, arm), names in reasons.items():
        arms.setdefault((why, tuple(names)), []).append(arm)
    for (why, conditions), own in arms.items():
        yield warning("Left out", f"{', '.join(own)} under {words.some_of(conditions)}: {why}")


def _asked(data: StudyData) -> str:
    counts = {len(data.examples(level, arm)) for level in data.levels for arm in data.arms} - {0}
    return f"{min(counts):,} to {max(counts):,} examples" if len(counts) > 1 else counted(max(counts), "example")
