"""Hand-computed cases, and what must not count as stating a fact."""

import pytest

from harness.metrics.fact_coverage import FactCoverage, states
from harness.types import Example, Prediction


def value(text, facts=("31 kilos", "the Derlon mixer"), finish="stop", **changes):
    example = Example("e1", "?", ("right",), (), facts=facts, **changes)
    (score,) = FactCoverage().score([(example, Prediction("e1", text, (), (), finish))])
    return score.value, score.reason


@pytest.mark.parametrize(
    ("answer", "covered"),
    [
        ("Aye: the Derlon mixer weighs 31 kilos.", 1.0),
        ("DERLON MIXER // 31 kilos", 1.0),
        ("It weighs 31 kilos.", 0.5),
        ("The Derlon weighs 31, the mixer has kilos.", 0.0),
        ("It weighs 131 kilos, or 31.5 kilos.", 0.0),
    ],
)
def test_a_fact_counts_when_its_words_stand_together(answer, covered):
    assert value(answer) == (covered, "")


def test_scripts_without_spaces_are_compared_by_character():
    assert states("叉子放在左边。", "左边") == 1.0
    assert states("叉子放在左边。", "右边") == 0.0


def test_failures_and_refusals_follow_the_common_rule():
    assert value("31 kilos", finish="length") == (0.0, "")
    assert value("I do not know.") == (0.0, "abstained")
    assert value("I do not know.", answerable=False) == (1.0, "abstained")
    assert value("31 kilos", answerable=False) == (0.0, "")


def test_without_listed_facts_there_is_no_value():
    assert value("31 kilos", facts=()) == (None, "not_applicable")
