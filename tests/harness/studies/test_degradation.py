"""Robustness, by hand: paired drops, no-degradation rate, retrieval's share."""

import pytest

from harness.studies.measures.degradation import Degradation, drop, no_degradation
from tests.harness.studies.fakes import study_data

CLEAN = {"change": "clean"}
SETTINGS = {"clean": CLEAN, "typos": {"change": "typos", "share": 0.1}, "all typos": {"change": "typos", "share": 1.0}}


def data(**arms):
    """Each arm: its values clean, with typos and with typos throughout."""
    cells = {(level, arm): values[at] for at, level in enumerate(SETTINGS) for arm, values in arms.items()}
    return study_data(cells, SETTINGS)


def test_a_drop_is_paired_and_the_rate_counts_who_is_no_worse():
    made = data(rag=([1.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0], [0.0] * 4))
    assert drop(made, "clean", "typos", "rag").value == pytest.approx(-0.25)
    assert no_degradation(made, "clean", "typos", "rag").value == pytest.approx(0.5)
    assert no_degradation(made, "clean", "all typos", "rag").value == pytest.approx(0.25)


def test_as_many_better_as_worse_is_no_drop_and_still_half_degraded():
    made = data(rag=([1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0], [0.0] * 4))
    assert drop(made, "clean", "typos", "rag").value == 0.0
    assert no_degradation(made, "clean", "typos", "rag").value == 0.5


def test_the_share_of_retrieval_is_what_is_lost_beyond_fixed_passages():
    made = data(rag=([1.0] * 4, [0.0, 0.0, 0.0, 1.0], [0.0] * 4), oracle=([1.0] * 4, [0.0, 1.0, 1.0, 1.0], [0.0] * 4))
    reading = Degradation(CLEAN, {"share": 1.0}).read(made)
    section = next(one for one in reading.sections if one.name == "retrieval_share")
    assert [(row[0], row[1].value) for row in section.rows] == [("typos", pytest.approx(-0.5))]


def test_a_control_is_shown_and_is_never_the_worst_change():
    made = data(rag=([1.0] * 4, [1.0, 1.0, 1.0, 0.0], [0.0] * 4))
    reading = Degradation(CLEAN, {"share": 1.0}).read(made)
    assert [row[0] for row in reading.sections[0].rows] == ["typos", "all typos"]
    assert "rag loses most under typos" in reading.words[0]


def test_without_the_clean_condition_there_is_nothing_to_read():
    made = study_data({("typos", "rag"): [1.0]}, SETTINGS)
    assert Degradation(CLEAN, {}).read(made).sections == ()


def test_an_arm_that_nothing_changes_is_said_to_be_so():
    made = data(base=([1.0, 0.0], [1.0, 0.0], [0.0, 0.0]))
    assert Degradation(CLEAN, {"share": 1.0}).read(made).words == (
        "base is as good under every change as without one.",
    )


def test_an_arm_that_is_at_nothing_has_nothing_to_lose():
    made = data(base=([0.0, 0.0], [0.0, 0.0], [0.0, 0.0]))
    assert Degradation(CLEAN, {"share": 1.0}).read(made).words == (
        "base has nothing to lose: its em is 0 without any change.",
    )
