import math

import numpy as np
import pytest

from harness.analysis.costs.amount import Amount
from harness.analysis.costs.breakeven import _crossing, break_even


def certain(*values):
    return tuple(Amount(float(value)) for value in values)


def test_a_crossing_by_hand():
    # a costs 1 at once and 0.5 each; b costs 10 at once and 0.2 each: 9 / 0.3
    found = break_even(("a", "b"), certain(1, 10), certain(0.5, 0.2))
    assert (found.first, found.then) == ("a", "b")
    assert found.at == pytest.approx(30.0)
    assert (found.low, found.high) == (None, None)


def test_the_order_of_the_arms_does_not_matter():
    one = break_even(("a", "b"), certain(1, 10), certain(0.5, 0.2))
    other = break_even(("b", "a"), certain(10, 1), certain(0.2, 0.5))
    assert (one.first, one.then, one.at) == (other.first, other.then, other.at)


@pytest.mark.parametrize(
    ("fixed", "slope"), [((1, 10), (0.2, 0.5)), ((1, 10), (0.2, 0.2)), ((1, 1), (0.2, 0.2)), ((1, 1), (0.2, 0.5))]
)
def test_cheaper_at_the_start_and_ever_after_is_never(fixed, slope):
    found = break_even(("a", "b"), certain(*fixed), certain(*slope))
    assert (found.first, found.then, found.at) == ("a", "a", math.inf)


def test_at_the_crossing_both_cost_the_same():
    rng = np.random.default_rng(0)
    for _ in range(50):
        fixed, slope = certain(*rng.uniform(0, 10, 2)), certain(*rng.uniform(0, 1, 2))
        at = break_even(("a", "b"), fixed, slope).at
        if not math.isinf(at):
            assert fixed[0].value + at * slope[0].value == pytest.approx(fixed[1].value + at * slope[1].value)


def sampled(value, spread, seed, clusters=200):
    draws = value + spread * np.random.default_rng(seed).standard_normal(4000)
    return Amount(value, draws, clusters)


def test_the_interval_holds_the_crossing_and_follows_the_spread():
    found = break_even(("a", "b"), certain(1, 10), (sampled(0.5, 0.01, 1), sampled(0.2, 0.01, 2)))
    # the difference of the slopes is 0.3 ± 1.96 × 0.0141
    assert found.low == pytest.approx(9 / 0.3277, rel=0.02)
    assert found.high == pytest.approx(9 / 0.2723, rel=0.02)
    assert found.low < found.at < found.high


def test_never_is_the_upper_end_when_the_slopes_may_be_the_other_way_round():
    found = break_even(("a", "b"), certain(1, 10), (sampled(0.3, 0.1, 1), sampled(0.2, 0.1, 2)))
    assert math.isinf(found.high)
    assert 0 < found.low < found.at < math.inf


def test_a_start_that_may_be_the_other_way_round_is_too_close_to_call():
    """Over updates both pay the same for each, and the start holds the noisy price of all answers."""
    found = break_even(("a", "b"), (sampled(1.0, 0.1, 1), sampled(1.05, 0.1, 2)), certain(0.2, 0.2))
    assert (found.first, found.then, found.close) == ("a", "a", True)
    assert set(found.shares) == {("a", "a"), ("b", "b")}
    assert found.shares["b", "b"] == pytest.approx(0.362, abs=0.03)  # a - b is -0.05 ± 0.1414
    assert sum(found.shares.values()) == pytest.approx(1.0)
    assert (found.low, found.high) == (None, None)


def test_the_other_arm_being_cheaper_throughout_is_no_never():
    """The estimate crosses at 0.05 / 0.1; where the start is reversed b is cheaper for any number."""
    found = break_even(("a", "b"), (sampled(1.0, 0.03, 1), sampled(1.05, 0.03, 2)), certain(0.3, 0.2))
    assert found.close
    assert set(found.shares) == {("a", "b"), ("b", "b")}
    back = break_even(("a", "b"), (sampled(1.0, 0.03, 1), sampled(1.05, 0.03, 2)), certain(0.2, 0.3))
    assert set(back.shares) == {("a", "a"), ("b", "a")}


def test_a_rare_reversal_is_in_no_interval():
    found = break_even(("a", "b"), (sampled(1.0, 0.01, 1), sampled(1.035, 0.01, 2)), certain(0.3, 0.2))
    assert not found.close
    assert 0 < found.shares["b", "b"] < 0.02
    assert 0 <= found.low < found.at < found.high < 1


@pytest.mark.parametrize(("gap", "saved", "at"), [(-1.0, 0.5, math.inf), (1.0, 0.5, 2.0), (1.0, -0.5, math.inf)])
def test_only_a_lead_that_is_used_up_is_a_crossing(gap, saved, at):
    assert _crossing(np.array([gap]), np.array([saved])).tolist() == [at]


def test_one_batch_has_no_interval():
    found = break_even(("a", "b"), certain(1, 10), (sampled(0.5, 0.0, 1, clusters=1), sampled(0.2, 0.01, 2)))
    assert (found.low, found.high) == (None, None)
    assert found.at == pytest.approx(30.0)
