"""What the first page says of arms whose questions got no answer: empty ones, repetitions, refusals."""

import dataclasses

from harness.analysis.table import build
from harness.types import Prediction
from tests.harness.analysis.test_table import record, warnings

NONE = [0.0] * 14


def said(**arms):
    return warnings(build([record(arm, NONE, predictions=made) for arm, made in arms.items()], resamples=100))


def answers(*texts, finish="stop"):
    return tuple(
        Prediction(f"e{number}", text, (), (), "length" if len(text) > 20 else finish)
        for number, text in enumerate(texts)
    )


def refusing(arm, count):
    made = record(arm, NONE)
    scores = tuple(
        dataclasses.replace(one, reason="abstained") if number < count else one
        for number, one in enumerate(made.scores)
    )
    return dataclasses.replace(made, scores=scores)


def test_empty_answers_are_said_with_their_share_and_the_other_kinds():
    found = said(base=answers(*14 * ["Oak."]), raft=answers(*9 * [""], *4 * [32 * "19"], "Thank"))
    assert "raft: 13 of 14 answers failed (93 %): 9 empty and 4 stuck in a repetition; 1 answered." in found["Failed"]
    assert "29 % of the answers were cut off; most of them say the same" in found["Cut off"]


def test_one_empty_answer_in_fourteen_is_in_the_details_alone():
    assert "Failed" not in said(base=answers("", *13 * ["Oak."]))


def test_arms_that_refused_most_answerable_questions_are_named_with_their_counts():
    table = build([refusing("base", 14), refusing("rag", 12), refusing("few_shot", 7)], resamples=100)
    assert "(base 14 of 14, rag 12 of 14), and score the worst value" in warnings(table)["Refused"]


def test_right_refusals_are_no_warning():
    made = refusing("base", 14)
    rows = tuple(dataclasses.replace(one, answerable=False) for one in made.examples)
    assert "Refused" not in warnings(build([dataclasses.replace(made, examples=rows)], resamples=100))
