"""Risk and coverage: the point of an arm, and the curve of one whose answers' support was judged."""

import dataclasses

import pytest

from harness.reports.html.pictures.coverage import coverage, curve
from harness.types import JudgedAnswer, JudgedClaim, Score
from tests.harness.reports.html.made_records import METRICS, make_record, make_result

SUPPORT = (1.0, 1.0, 0.5, None)
NONE = (None,) * 4


def judged(arm, support):
    """Four questions, all answered and all but the first two wrong; `support` is what the judge says of each."""
    record = make_record(arm, n=4)
    scores = [Score(one.id, "exact_match", float(place < 2)) for place, one in enumerate(record.examples)]
    said = tuple(
        JudgedAnswer(one.id, "passages", () if value is None else (JudgedClaim(0, 1, "supported", value),))
        for one, value in zip(record.examples, support, strict=True)
        if support != NONE
    )
    return dataclasses.replace(
        record, scores=tuple(scores), metrics={"exact_match": METRICS["exact_match"]}, judgements=said
    )


def declining(record):
    first, *rest = record.scores
    return dataclasses.replace(record, scores=(dataclasses.replace(first, reason="abstained", value=0.0), *rest))


def picture(*records):
    made = make_result(list(records))
    (found,) = coverage(made.table, made.arms, ["exact_match"])
    return found


def test_an_arm_without_support_is_a_point_and_the_picture_says_so():
    found = picture(declining(judged("base", NONE)), judged("rag", NONE))
    assert "No arm has more than its point" in found.reading
    assert [row[1:] for row in found.rows] == [("3 of 4", "0.750", "0.667"), ("4 of 4", "1.000", "0.500")]


def test_the_least_supported_answers_are_withheld_first():
    """Two right answers at support 1, a wrong one at .5, a wrong one that claims nothing."""
    coverages, risks = zip(*curve([judged("rag", SUPPORT)], "exact_match"), strict=True)
    assert coverages == pytest.approx((0.5, 0.75, 1.0))
    assert risks == pytest.approx((0.0, 1 / 3, 0.5))


def test_equally_supported_answers_are_given_together():
    assert curve([judged("rag", (0.7,) * 4)], "exact_match") == [(1.0, 0.5)]


def test_the_curve_is_named_in_the_reading():
    found = picture(declining(judged("base", NONE)), judged("rag", SUPPORT))
    assert "Lines (rag)" in found.reading


def test_a_failure_is_no_answer_given():
    """As in the section on refusals: it is not the arm's point, and no curve ends in it."""
    record = judged("rag", SUPPORT)
    first, *rest = record.predictions
    failing = dataclasses.replace(record, predictions=(dataclasses.replace(first, finish="length"), *rest))
    found = picture(declining(judged("base", NONE)), failing)
    assert found.rows[1][1:] == ("3 of 4", "0.750", "0.667")
    assert curve([failing], "exact_match")[-1] == pytest.approx((0.75, 2 / 3))
