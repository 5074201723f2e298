"""Risk and coverage: the point of an arm, and the curve of one whose answers' support was judged."""

import dataclasses

import pytest

from harness.reports.html.pictures.coverage import coverage, curve
from harness.types import Score
from tests.harness.reports.html.made_records import METRICS, make_record, make_result

SHARE = {"unit": "share", "higher_is_better": True, "worst": 0.0}
SUPPORT = (1.0, 1.0, 0.5, None)


def judged(arm, support):
    """Four questions, all answered and all but the first two wrong; `support` is what the judge says of each."""
    record = make_record(arm, n=4)
    scores = [Score(one.id, "exact_match", float(place < 2)) for place, one in enumerate(record.examples)]
    scores += [
        Score(one.id, "groundedness", value, "" if value is not None else "not_applicable")
        for one, value in zip(record.examples, support, strict=True)
    ]
    metrics = {"exact_match": METRICS["exact_match"], "groundedness": SHARE}
    return dataclasses.replace(record, scores=tuple(scores), metrics=metrics)


def declining(record):
    first, *rest = record.scores
    return dataclasses.replace(record, scores=(dataclasses.replace(first, reason="abstained", value=0.0), *rest))


def picture(*records):
    made = make_result(list(records))
    (found,) = coverage(made.table, made.arms, ["exact_match"])
    return found


def test_an_arm_without_support_is_a_point_and_the_picture_says_so():
    none = (None,) * 4
    found = picture(declining(judged("base", none)), judged("rag", none))
    assert "No arm has more than its point" in found.reading
    assert [row[1:] for row in found.rows] == [("3 of 4", "0.750", "0.667"), ("4 of 4", "1.000", "0.500")]


def test_the_least_supported_answers_are_withheld_first():
    """Two right answers at support 1, a wrong one at .5, a wrong one that nobody judged."""
    coverages, risks = zip(*curve([judged("rag", SUPPORT)], "exact_match"), strict=True)
    assert coverages == pytest.approx((0.5, 0.75, 1.0))
    assert risks == pytest.approx((0.0, 1 / 3, 0.5))


def test_equally_supported_answers_are_given_together():
    assert curve([judged("rag", (0.7,) * 4)], "exact_match") == [(1.0, 0.5)]


def test_the_curve_is_named_in_the_reading():
    found = picture(declining(judged("base", (None,) * 4)), judged("rag", SUPPORT))
    assert "Lines (rag)" in found.reading
