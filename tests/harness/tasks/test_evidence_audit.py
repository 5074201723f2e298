"""Evidence that points elsewhere, and answers that belong to other rows."""

from dataclasses import replace

import pytest

from harness.tasks.evidence import OVERLAP, WINDOW, _windows, evidence_audit
from harness.types import THE_INPUT
from tests.harness.tasks.planted import PlantedTask, flags

SOUND = PlantedTask()
REPORT = "The {0} report says that {1} It was written on a cold morning in the office of the northern plant."


def exchanged(rows, column, step=1):
    """The rows with one column of the next row; every `step`-th row only."""
    others = [*rows[1:], rows[0]]
    return tuple(
        replace(own, **{column: getattr(other, column)}) if number % step == 0 else own
        for number, (own, other) in enumerate(zip(rows, others, strict=True))
    )


def summaries(rows):
    return tuple(replace(own, input=REPORT.format(own.group, own.references[0]), evidence=THE_INPUT) for own in rows)


def test_sound_data_are_not_flagged():
    (result,) = evidence_audit(SOUND)
    assert (result.flag, result.checked) == ("", 60)
    task = replace(SOUND, test=summaries(SOUND.test), train=summaries(SOUND.train))
    assert flags(evidence_audit(task)) == {}


@pytest.mark.parametrize(("step", "count"), [(1, 20), (5, 4)])
def test_shifted_evidence_ids(step, count):
    flagged = flags(evidence_audit(replace(SOUND, test=exchanged(SOUND.test, "evidence", step))))
    assert f"the words of {count} of 20 test rows" in flagged["evidence"]
    assert "test40 names d41, but d40 holds more of" in flagged["evidence"]


def test_swapped_references_where_the_input_is_the_evidence():
    flagged = flags(evidence_audit(replace(SOUND, test=exchanged(summaries(SOUND.test), "references"))))
    assert "20 of 20 test rows" in flagged["evidence"]


def test_short_answers_stand_anywhere():
    short = tuple(replace(own, input="?", references=(own.references[0].split()[-3],)) for own in SOUND.test)
    assert flags(evidence_audit(replace(SOUND, test=exchanged(short, "evidence")))) == {}


def test_unknown_evidence_is_not_audited():
    unknown = {split: tuple(replace(own, evidence=()) for own in getattr(SOUND, split)) for split in ("train", "test")}
    assert list(evidence_audit(replace(SOUND, validation=(), **unknown))) == []


def test_what_stands_late_in_a_long_document_is_found():
    filler = " ".join(f"nothing{n} of{n} note{n}" for n in range(1_700))
    assert len(filler) > 2 * WINDOW
    late = tuple(replace(own, text=f"{filler} {own.text}") for own in SOUND.base[40:])
    sound = replace(SOUND, base=late, train=(), validation=())
    assert flags(evidence_audit(sound)) == {}
    flagged = flags(evidence_audit(replace(sound, test=exchanged(SOUND.test, "evidence"))))
    assert "the words of 20 of 20 test rows" in flagged["evidence"]


@pytest.mark.parametrize("size", [0, 1, WINDOW, WINDOW + 1, 5 * WINDOW + 7])
def test_windows_hold_all_of_a_text_and_what_stands_together(size):
    parts = list(_windows("x" * size))
    assert sum(map(len, parts)) == size + OVERLAP * (len(parts) - 1)
    assert len(parts) == 1 or all(OVERLAP < len(part) <= WINDOW for part in parts)
