"""References whose figures stand in no evidence."""

import re
from dataclasses import replace

from harness.tasks.figures import figures_audit
from harness.types import THE_INPUT
from tests.harness.tasks.planted import PlantedTask, flags

SOUND = PlantedTask()


def without_digits(documents):
    return tuple(replace(own, text=re.sub(r"\d", "#", own.text), title="") for own in documents)


def test_sound_data_are_not_flagged():
    (result,) = figures_audit(SOUND)
    assert (result.flag, result.checked, result.details["missing"]) == ("", 60, 0)


def test_documents_without_digits():
    flagged = flags(figures_audit(replace(SOUND, base=without_digits(SOUND.base))))
    assert "of 60 references with figures, 60 have none that stands in their evidence (train" in flagged["figures"]


def test_some_rows_without_figures_are_no_fault():
    mixed = (*without_digits(SOUND.base[:50]), *SOUND.base[50:])
    (result,) = figures_audit(replace(SOUND, base=mixed))
    assert (result.flag, result.details["missing"]) == ("", 50)


def test_figures_that_the_input_gives_are_none_of_the_answer():
    asked = tuple(replace(own, input=own.references[0]) for own in SOUND.train)
    (result,) = figures_audit(replace(SOUND, train=asked, base=without_digits(SOUND.base)))
    assert result.checked == 30


def test_another_spelling_is_the_same_figure():
    rows = tuple(replace(own, references=(f"It costs {1000 + at} crowns.",)) for at, own in enumerate(SOUND.train))
    base = tuple(
        replace(own, title="", text=f"The price is {1000 + at:,} crowns.") for at, own in enumerate(SOUND.base)
    )
    (result,) = figures_audit(replace(SOUND, train=rows, validation=(), test=(), base=base))
    assert (result.checked, result.details["missing"]) == (30, 0)


def test_inputs_that_are_the_evidence():
    rows = tuple(replace(own, input="A text without figures.", evidence=THE_INPUT) for own in SOUND.train)
    flagged = flags(figures_audit(replace(SOUND, train=rows, validation=(), test=())))
    assert "30 have none" in flagged["figures"]


def test_few_rows_and_unknown_evidence():
    assert flags(figures_audit(replace(SOUND, train=(), validation=(), test=SOUND.test[:19], base=()))) == {}
    rows = tuple(replace(own, evidence=()) for own in SOUND.train)
    assert list(figures_audit(replace(SOUND, train=rows, validation=(), test=()))) == []
