"""Figures of agreement with people: known answers by hand, and judges that are right, wrong or constant."""

import numpy as np
import pytest

from harness.judges.judge import Claim, Judgement
from validation import agreement, verdicts
from validation.agreement import (
    auroc,
    best_threshold,
    calibration,
    calibration_error,
    pearson,
    rank_agreement,
)


def array(*values):
    return np.array(values, dtype=float)


def yes(*values):
    return np.array(values, dtype=bool)


def test_auroc_by_hand():
    labels = array(1, 1, 0, 0)
    assert auroc(array(0.9, 0.4, 0.5, 0.1), labels) == 0.75
    assert auroc(array(0.5, 0.5, 0.5, 0.5), labels) == 0.5
    assert auroc(array(0.1, 0.2, 0.8, 0.9), labels) == 0.0
    assert auroc(array(0.9, 0.4, 0.1), array(1, 0.5, 0)) == 1.0  # partly supported is not wholly supported


def test_pearson_of_a_constant_is_zero():
    assert pearson(np.ones(3), array(0, 0.5, 1)) == 0.0
    assert pearson(array(1, 2, 3), array(0, 0.5, 1)) == pytest.approx(1.0)


def test_verdicts_by_hand():
    """Of 3 calls 2 are right; of 4 unsupported answers 2 are called; of 4 supported ones 3 are spared."""
    called, by_people = yes(1, 1, 0, 0, 1, 0, 0, 0), yes(1, 1, 1, 1, 0, 0, 0, 0)
    found = agreement.verdicts(called, by_people)
    assert (found.precision, found.recall, found.balanced_accuracy) == (pytest.approx(2 / 3), 0.5, (0.5 + 0.75) / 2)
    right, wrong = agreement.verdicts(by_people, by_people), agreement.verdicts(~by_people, by_people)
    assert (right.precision, right.recall, right.balanced_accuracy) == (1.0, 1.0, 1.0)
    assert (wrong.precision, wrong.recall, wrong.balanced_accuracy) == (0.0, 0.0, 0.0)


def test_one_verdict_for_all_is_chance():
    all_called, none_called = (agreement.verdicts(np.full(4, one), yes(1, 0, 0, 0)) for one in (True, False))
    assert (all_called.balanced_accuracy, none_called.balanced_accuracy) == (0.5, 0.5)
    assert (all_called.precision, all_called.recall) == (0.25, 1.0)
    assert np.isnan(none_called.precision)


def test_calibration_error_by_hand():
    """Two answers at .95 of which half is supported, two at .15 of which none is: (2 · .45 + 2 · .15) / 4."""
    scores, labels = array(0.95, 0.95, 0.15, 0.15), array(1, 0, 0, 0)
    assert calibration_error(scores, labels) == pytest.approx(0.3)
    assert calibration(scores, labels, 2) == [(2, pytest.approx(0.15), 0.0), (2, pytest.approx(0.95), 0.5)]


def test_probabilities_that_come_true_are_calibrated_and_certainty_is_not():
    labels = array(*[1, 0, 0, 0] * 5, *[1, 1, 1, 0] * 5)
    assert calibration_error(array(*[0.25] * 20, *[0.75] * 20), labels) == 0.0
    assert calibration_error(np.ones(40), labels) == 0.5
    assert calibration_error(array(1.0, 0.0), array(1, 0)) == 0.0  # the ends belong to a bin


def test_the_order_of_systems_by_hand():
    """Means a .8, b .5, c .1; people say b, a, c: two pairs of three agree."""
    scores, labels = array(0.9, 0.7, 0.5, 0.1), array(0.5, 0.5, 1, 0)
    assert rank_agreement(scores, labels, ["a", "a", "b", "c"]) == pytest.approx(1 / 3)
    assert rank_agreement(labels, labels, ["a", "a", "b", "c"]) == 1.0
    assert rank_agreement(-labels, labels, ["a", "a", "b", "c"]) == -1.0
    assert rank_agreement(np.ones(4), labels, ["a", "a", "b", "c"]) == 0.0
    assert np.isnan(rank_agreement(scores, labels, ["a"] * 4))


def test_a_baselines_threshold_is_the_best_on_the_set():
    assert best_threshold(array(0.1, 0.2, 0.6, 0.9), yes(1, 1, 0, 0)) == pytest.approx(0.4)
    assert best_threshold(array(0.3, 0.3), yes(1, 0)) == 0.3


def judgement(*claims, unjudged=""):
    """A judgement of claims, each (support, verdict)."""
    made = (Claim("x", 0, 1, 0, 1.0, support, verdict, 0, 0, 1) for support, verdict in claims)
    return Judgement(tuple(made), unjudged)


GOOD, BAD = (0.9, "supported"), (0.1, "unsupported")


def calls(whole=False):
    """Of five answers one asks and one is not judged; the first is supported, the second half, the third not at all."""
    judgements = [
        judgement(GOOD, (0.0, "question")),
        judgement(GOOD, BAD),
        judgement(BAD),
        judgement((0.5, "question")),
        judgement(unjudged="no answer"),
    ]
    readings = [0.9, 0.5, 0.1, 0.5, None]
    return verdicts.of_judge(judgements, readings, array(1, 0.5, 0, 1, 1), ["a", "b", "b", "a", "a"], whole)


def test_answers_without_a_claim_and_unjudged_ones_are_left_out():
    found = calls()
    assert found.supports.tolist() == [0.9, 0.5, 0.1]
    assert found.unsupported.tolist() == [False, True, True]
    assert found.shares.tolist() == [0.0, 0.5, 1.0]
    assert (found.labels.tolist(), found.systems) == ([1, 0.5, 0], ("a", "b", "b"))


def test_the_figures_of_a_judge():
    found = calls().measured()
    assert found == {
        "AUROC of mean support": 1.0,
        "balanced accuracy": 1.0,
        "precision of unsupported": 1.0,
        "recall of unsupported": 1.0,
        "share unsupported": 0.5,
        "people's share unsupported": 0.5,
        "calibration error": pytest.approx((0.1 + 0.0 + 0.1) / 3),
        "order of systems": 1.0,
    }
    assert calls(whole=True).measured()["share unsupported"] == pytest.approx(2 / 3)  # of answers, not of claims


def test_a_judge_that_always_says_the_same_is_shown_as_chance():
    same = verdicts.of_judge([judgement(GOOD)] * 4, [0.9] * 4, array(1, 0, 0, 0), list("abab"), whole=True)
    found = same.measured()
    assert (found["AUROC of mean support"], found["balanced accuracy"], found["order of systems"]) == (0.5, 0.5, 0.0)
    assert found["calibration error"] == pytest.approx(0.65)
    assert "precision of unsupported" not in same.kept()  # it never says so: no figure, and none is made up
    assert same.kept()["recall of unsupported"] == 0.0


def test_baselines_get_their_threshold_from_the_development_set_and_no_calibration():
    development = array(0.1, 0.9), array(0, 1)
    base = verdicts.of_baseline(array(0.4, 0.6), development, array(1, 1), ["a", "b"], whole=True)
    assert base.unsupported.tolist() == [True, False]
    assert np.isnan(base.measured()["calibration error"])
    assert list(verdicts.curves({("set", "n-grams"): base})) == []


def test_label_sets_together_are_judged_as_one():
    one, both = calls(), verdicts.together([calls(), calls()])
    assert both.labels.tolist() == [*one.labels, *one.labels]
    assert both.systems == one.systems * 2
    assert both.measured()["balanced accuracy"] == one.measured()["balanced accuracy"]


def test_the_printed_lines():
    (line,) = verdicts.rows({("SET, test", "`it`"): calls()})
    assert (line["set"], line["judge"], line["answers"]) == ("SET, test", "`it`", "3")
    assert (line["share / people"], line["order of systems"]) == ("0.50 / 0.50", "1.00 (2)")
    (curve,) = verdicts.curves({("SET, test", "`it`"): calls()})
    assert [curve[name] for name in ("0.0 to 0.2", "0.2 to 0.4", "0.4 to 0.6", "0.8 to 1.0")] == [
        "0.00 (1)", "–", "0.50 (1)", "1.00 (1)",
    ]  # fmt: skip
