"""Refusals counted by hand, and the risk of what was answered."""

import dataclasses

import pytest

from harness.analysis.table import build
from harness.metrics.reference_scoring import abstained
from harness.reports.cells import row_counts
from harness.types import Example, JudgedAnswer, JudgedClaim, Prediction, Score
from tests.harness.records import SHARE, record

NO, YES = "I do not know.", "1990"
ANSWERABLE = [True, True, True, True, False, False]


def answered(arm, answers, right=(), seed=0, trust=None, failed=(), fabricated=None):
    """One record: six questions, of which the last two are unanswerable. Its scores say which answers decline.

    `trust` is what the judge says of each answer beside the passages: None where it claims nothing, ... where the judge
    was not asked. `fabricated` holds the places of answers with an unsupported claim.
    """
    ids = [f"e{place}" for place in range(len(answers))]
    metrics = {"exact_match": SHARE} | ({} if fabricated is None else {"fabrication": {**SHARE, "worst": 1.0}})
    examples = [Example(one, "?", ("1990",) if can else (), (), can) for one, can in zip(ids, ANSWERABLE, strict=True)]
    predictions = [
        Prediction(one, text, (), (), "length" if place in failed else "stop")
        for place, (one, text) in enumerate(zip(ids, answers, strict=True))
    ]
    reasons = ["abstained" if abstained(*pair) else "" for pair in zip(examples, predictions, strict=True)]
    scores = [Score(one, "exact_match", float(place in right), reasons[place]) for place, one in enumerate(ids)]
    if fabricated is not None:
        scores += [
            Score(one, "fabrication", float(place in fabricated), reasons[place]) for place, one in enumerate(ids)
        ]
    said = [
        JudgedAnswer(one, "passages", () if value is None else (JudgedClaim(0, 1, "supported", value),))
        for one, value in zip(ids, trust or (), strict=bool(trust))
        if value is not ...
    ]
    return dataclasses.replace(
        record(arm, [0.0] * len(ids), seed=seed),
        metrics=metrics,
        examples=tuple(examples),
        predictions=tuple(predictions),
        scores=tuple(scores),
        judgements=tuple(said),
    )


def row(records, arm):
    """Both grids of that arm: name of the column -> value."""
    values = {}
    for found in build(records, resamples=200).sections:
        if found.name in ("abstention", "risk"):
            (cells,) = [one[1:] for one in found.rows if one[0] == arm]
            names = (column.name for column in found.columns[1:])
            values |= {name: cell and cell.value for name, cell in zip(names, cells, strict=True)}
    return values


def test_rates_by_hand():
    answers = [YES, YES, NO, YES, NO, YES]
    found = row([answered("base", answers, right={0, 1})], "base")
    assert found["precision"] == pytest.approx(1 / 2)
    assert found["recall"] == pytest.approx(1 / 2)
    assert found["false abstention"] == pytest.approx(1 / 4)
    assert found["fabrication, unanswerable"] == pytest.approx(1 / 2)
    assert found["coverage"] == pytest.approx(4 / 6)
    assert found["risk"] == pytest.approx(2 / 4)
    assert found["kept 50%"] is None


def test_chinese_refusals_are_counted():
    found = row([answered("base", ["我不知道。"] * 4 + ["无法确定。", "1990年"])], "base")
    assert found["false abstention"] == 1.0
    assert found["recall"] == 0.5


def test_answers_that_may_refuse_in_an_unlisted_language_count_nowhere():
    made = answered("base", [YES, YES, NO, YES, NO, YES], right={0, 1})
    open_ones = {"e3", "e5"}
    scores = [
        dataclasses.replace(one, value=None, reason="not_recognised") if one.example_id in open_ones else one
        for one in made.scores
    ]
    made = dataclasses.replace(made, scores=tuple(scores))
    found = row([made], "base")
    assert found["recall"] == 1.0
    assert found["false abstention"] == pytest.approx(1 / 3)
    assert found["coverage"] == pytest.approx(2 / 4)
    assert found["fabrication, unanswerable"] == 0.0
    table = build([made], resamples=50)
    assert table.rows[0].not_recognised == 2
    assert "2 (2 not recognised)" in row_counts(table)[1][0]


def test_a_failure_is_neither_answer_nor_refusal():
    found = row([answered("base", [YES, YES, YES, NO, NO, YES], failed={0, 5})], "base")
    assert found["coverage"] == pytest.approx(2 / 6)
    assert found["fabrication, unanswerable"] == 0.0
    assert found["recall"] == 0.5


def test_the_risk_of_the_best_supported_answers():
    found = row([answered("rag", [YES] * 4 + [NO, NO], right={0, 1}, trust=[0.9, 0.8, 0.2, 0.1, ..., ...])], "rag")
    assert found["risk"] == 0.5
    assert found["kept 50%"] == 0.0
    assert found["kept 75%"] == pytest.approx(1 / 3)


def test_an_answer_that_claims_nothing_is_the_first_to_go():
    found = row([answered("rag", [YES] * 4 + [NO, NO], right={0, 1, 2}, trust=[0.9, 0.8, 0.0, None, ..., ...])], "rag")
    assert found["kept 75%"] == 0.0


def test_answers_to_the_unanswerable_are_ranked_like_all_others():
    """A retriever that finds convincing passages for what nobody can know: such answers stay, and the risk says so."""
    found = row([answered("rag", [YES] * 6, right={0, 1, 2, 3}, trust=[0.2, 0.2, 0.2, 0.2, 0.9, 0.9])], "rag")
    assert found["kept 25%"] == 1.0


def test_a_judge_that_was_asked_about_answerable_questions_alone_ranks_nothing():
    """Older records: to withhold what was not judged would be to know what is unanswerable."""
    found = row([answered("rag", [YES] * 6, right={0, 1, 2, 3}, trust=[0.9, 0.8, 0.2, 0.1, ..., ...])], "rag")
    assert found["risk"] == pytest.approx(2 / 6)
    assert found["kept 50%"] is None


def test_fabrication_is_that_of_the_answers_given():
    """One of two answers to answerable questions invents, and both to unanswerable ones; two refusals claim nothing."""
    answers, counted = [YES, YES, NO, NO, YES, YES], {1, 2, 3, 4, 5}
    table = build([answered("base", answers, fabricated=counted)], resamples=50)
    found = row([answered("base", answers, fabricated=counted)], "base")
    assert found["fabrication"] == pytest.approx(3 / 4)
    assert found["fabrication, answerable"] == pytest.approx(1 / 2)
    assert found["fabrication, unanswerable"] == 1.0
    (note,) = [one.text for one in table.notes if one.topic == "Fabrication without a claim"]
    assert "base 0.333 of its 0.833" in note


def test_an_arm_that_declines_throughout_fabricates_nothing():
    """The scoreboard counts its wrong refusals, by the rule of every metric; here nothing may call them inventions."""
    found = row([answered("base", [NO] * 6, fabricated={0, 1, 2, 3})], "base")
    assert found["fabrication"] is None
    assert found["fabrication, unanswerable"] == 0.0


def test_failures_alone_are_reason_enough_for_the_grid():
    """They count as fabrication in the scoreboard and nowhere else."""
    failing = answered("base", [YES] * 6, failed={0}, fabricated={0})
    only = dataclasses.replace(
        failing, examples=tuple(dataclasses.replace(one, answerable=True) for one in failing.examples)
    )
    assert row([only], "base")["fabrication"] == 0.0


def test_an_arm_that_never_declines_has_no_precision():
    found = row([answered("base", [YES] * 6), answered("rag", [NO] * 6)], "base")
    assert found["precision"] is None
    assert found["fabrication, unanswerable"] == 1.0


def test_seeds_are_averaged():
    found = row([answered("base", [YES] * 6), answered("base", [NO] * 6, seed=1)], "base")
    assert found["coverage"] == 0.5
    assert found["false abstention"] == 0.5


def test_without_anything_to_decline_there_is_no_grid():
    assert [
        one for one in build([record("base", [1.0, 0.0])], resamples=50).sections if one.name in ("abstention", "risk")
    ] == []


def test_a_language_without_patterns_is_named():
    italian = "Non lo so, la pompa non è nel negozio, ma gli operai sono con il capo."
    table = build([answered("base", [italian] * 6)], resamples=50)
    (note,) = [one for one in table.notes if one.topic == "Language"]
    assert note.warning
    assert note.text.startswith("refusals are not recognised in it (100% of the answers of base)")
    assert [one for one in build([answered("base", [NO] * 6)], resamples=50).notes if one.topic == "Language"] == []


def test_an_arm_of_short_foreign_answers_is_named_and_noise_is_not():
    czech = ["V roce 1984.", "Nevím.", "Ano, je to zdarma.", "Na náměstí.", "Byl to Karel.", "Je to v přízemí."]
    noise = ["END _ a sick foreman\n" * 20] * 6
    table = build([answered("base", noise), answered("rag", czech)], resamples=50)
    (note,) = [one for one in table.notes if one.topic == "Language"]
    assert "cs (100% of the answers of rag)" in note.text
    assert "base" not in note.text
