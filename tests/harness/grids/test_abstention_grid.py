"""Refusals counted by hand, and the risk of what was answered."""

import dataclasses

import pytest

from harness.metrics.answering import abstained
from harness.table import build
from harness.types import Example, Prediction, Score
from tests.harness.making_records import SHARE, grid, record

NO, YES = "I do not know.", "1990"
ANSWERABLE = [True, True, True, True, False, False]


def told(arm, answers, right=(), seed=0, trust=None, failed=()):
    """One record: six questions, of which the last two are unanswerable. Its scores say which answers decline."""
    ids = [f"e{place}" for place in range(len(answers))]
    metrics = {"exact_match": SHARE} | ({"groundedness": SHARE} if trust else {})
    examples = [Example(one, "?", ("1990",) if can else (), (), can) for one, can in zip(ids, ANSWERABLE, strict=True)]
    predictions = [
        Prediction(one, text, (), (), "length" if place in failed else "stop")
        for place, (one, text) in enumerate(zip(ids, answers, strict=True))
    ]
    reasons = ["abstained" if abstained(*pair) else "" for pair in zip(examples, predictions, strict=True)]
    scores = [Score(one, "exact_match", float(place in right), reasons[place]) for place, one in enumerate(ids)]
    scores += [Score(one, "groundedness", value) for one, value in zip(ids, trust or (), strict=bool(trust))]
    return dataclasses.replace(
        record(arm, [0.0] * len(ids), seed=seed),
        metrics=metrics,
        examples=tuple(examples),
        predictions=tuple(predictions),
        scores=tuple(scores),
    )


def row(records, arm):
    found = grid(build(records, resamples=200), "abstention")
    names = [column.name for column in found.columns]
    (values,) = [one for one in found.rows if one[0] == arm]
    return {name: None if cell is None else cell.value for name, cell in zip(names[1:], values[1:], strict=True)}


def test_rates_by_hand():
    answers = [YES, YES, NO, YES, NO, YES]
    found = row([told("base", answers, right={0, 1})], "base")
    assert found["precision"] == pytest.approx(1 / 2)
    assert found["recall"] == pytest.approx(1 / 2)
    assert found["false abstention"] == pytest.approx(1 / 4)
    assert found["fabrication"] == pytest.approx(1 / 2)
    assert found["coverage"] == pytest.approx(4 / 6)
    assert found["risk"] == pytest.approx(2 / 4)
    assert found["kept 50%"] is None


def test_chinese_refusals_are_counted():
    found = row([told("base", ["我不知道。"] * 4 + ["无法确定。", "1990年"])], "base")
    assert found["false abstention"] == 1.0
    assert found["recall"] == 0.5


def test_a_failure_is_neither_answer_nor_refusal():
    found = row([told("base", [YES, YES, YES, NO, NO, YES], failed={0, 5})], "base")
    assert found["coverage"] == pytest.approx(2 / 6)
    assert found["fabrication"] == 0.0
    assert found["recall"] == 0.5


def test_the_risk_of_the_best_supported_answers():
    trust = [0.9, 0.8, 0.2, 0.1, None, None]
    scores = told("rag", [YES] * 4 + [NO, NO], right={0, 1}, trust=[one or 0.0 for one in trust])
    found = row([scores], "rag")
    assert found["risk"] == 0.5
    assert found["kept 50%"] == 0.0
    assert found["kept 75%"] == pytest.approx(1 / 3)


def test_an_arm_that_never_declines_has_no_precision():
    found = row([told("base", [YES] * 6), told("rag", [NO] * 6)], "base")
    assert found["precision"] is None
    assert found["fabrication"] == 1.0


def test_seeds_are_averaged():
    found = row([told("base", [YES] * 6), told("base", [NO] * 6, seed=1)], "base")
    assert found["coverage"] == 0.5
    assert found["false abstention"] == 0.5


def test_without_anything_to_decline_there_is_no_grid():
    assert [one for one in build([record("base", [1.0, 0.0])], resamples=50).grids if one.name == "abstention"] == []


def test_a_language_without_patterns_is_named():
    italian = "Non lo so, la pompa non è nel negozio, ma gli operai sono con il capo."
    table = build([told("base", [italian] * 6)], resamples=50)
    (note,) = [one for one in table.notes if one.topic == "Language"]
    assert note.warning
    assert note.text.startswith("there are no refusal patterns for it (100% of the answers of base)")
    assert [one for one in build([told("base", [NO] * 6)], resamples=50).notes if one.topic == "Language"] == []


def test_an_arm_of_short_foreign_answers_is_named_and_noise_is_not():
    czech = ["V roce 1984.", "Nevím.", "Ano, je to zdarma.", "Na náměstí.", "Byl to Karel.", "Je to v přízemí."]
    noise = ["END _ a sick foreman\n" * 20] * 6
    table = build([told("base", noise), told("rag", czech)], resamples=50)
    (note,) = [one for one in table.notes if one.topic == "Language"]
    assert "cs (100% of the answers of rag)" in note.text
    assert "base" not in note.text
