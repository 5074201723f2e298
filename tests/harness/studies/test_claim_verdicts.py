"""The rule of verdicts, by hand: intervals, margins, Holm, parts; and sums of means against what they are sums of."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from harness.analysis.stats.seed_variance import SeedVariance
from harness.studies.claims.effect import Effect, Spread, rare_p, spread_of_interval
from harness.studies.claims.sums import edge, sum_of_means
from harness.studies.claims.verdicts import Asked, by_interval, decide, family, together
from harness.studies.claims.words import open_text

ONE_BY_ONE = np.arange(40, dtype=np.int64)


def effect(value, half, n=150, said="", **fields):
    """An effect with a symmetric 95 % interval and the spread that it implies."""
    spread = spread_of_interval(value, value - half, value + half, n - 1, ratio=False, bounded=False)
    return Effect(value, value - half, value + half, said, n, **{"spread": spread, **fields})


@pytest.mark.parametrize(
    ("value", "half", "direction", "ruling"),
    [
        (0.3, 0.1, "greater", "supported"),
        (0.15, 0.1, "greater", "undecided"),
        (-0.3, 0.1, "greater", "refuted"),
        (0.0, 0.05, "greater", "refuted"),  # surely smaller than what would matter
        (-0.3, 0.1, "less", "supported"),
        (0.3, 0.1, "less", "refuted"),
        (0.0, 0.05, "equal", "supported"),
        (0.08, 0.05, "equal", "undecided"),
        (-0.3, 0.1, "equal", "refuted"),
        (0.3, 0.1, "equal", "refuted"),
    ],
)
def test_a_verdict_is_where_the_interval_lies(value, half, direction, ruling):
    asked = Asked(effect(value, half), direction, 0.1)
    assert by_interval(asked) == ruling
    assert decide([asked])[0].ruling == ruling


def test_a_margin_may_be_below_zero():
    assert by_interval(Asked(effect(-0.3, 0.1), "less", -0.1)) == "supported"
    assert by_interval(Asked(effect(0.0, 0.05), "less", -0.1)) == "refuted"
    assert by_interval(Asked(effect(-0.02, 0.05), "greater", -0.1)) == "supported"


def test_p_is_that_of_the_interval_that_just_reaches_the_margin():
    one = effect(0.2, 0.1)
    assert one.p(0.1) == pytest.approx(0.05)
    assert one.p(0.3) == pytest.approx(0.05)
    assert one.p(0.2) == pytest.approx(1.0)


def test_holm_takes_back_what_one_interval_alone_would_say():
    barely = [Asked(effect(0.2, 0.095, said=str(at)), "greater", 0.1) for at in range(10)]
    assert decide(barely[:1])[0].ruling == "supported"
    (first, *_) = decide(barely)
    assert (first.ruling, first.by_interval) == ("undecided", "supported")
    assert first.p == pytest.approx(10 * barely[0].p)


def test_what_two_claims_ask_counts_once():
    twice = [Asked(effect(0.2, 0.095), "greater", 0.1)] * 2
    assert family(twice) == 1
    assert [one.ruling for one in decide(twice)] == ["supported", "supported"]


def test_counts_and_times_measured_once_take_no_part_in_the_correction():
    count = Effect(3.0, None, None, "", 0, kind="exact")
    once = Effect(0.2, None, None, "", 1, kind="once", ratio=True)
    asked = [Asked(count, "greater", 1.0), Asked(once, "less", 0.5), Asked(once, "less", 0.25)]
    assert family(asked) == 0
    assert [one.ruling for one in decide(asked)] == ["supported", "supported", "undecided"]
    assert all(one.p is None and one.needed is None for one in decide(asked))


def test_equal_is_two_tests_at_five_percent_each_and_not_a_doubled_one():
    """An effect that is as large as the margin is so on one side: 1.645 standard errors from it are enough."""
    near, far = (Effect(0.0, -2.0 * one, 2.0 * one, "", 300, spread=Spread(one, 10**6)) for one in (0.062, 0.0605))
    assert [decide([Asked(one, "equal", 0.1)])[0].ruling for one in (near, far)] == ["undecided", "supported"]
    outside = Effect(0.2, 0.0, 0.4, "", 300, spread=Spread(0.0605, 10**6))
    assert decide([Asked(outside, "equal", 0.1)])[0].ruling == "refuted"
    assert Asked(near, "equal", 0.1).p == pytest.approx(near.p(0.1) / 2)


def test_what_equality_needs_is_for_both_tests_together():
    """Equal arms: 80 % power are 90 % in each of two tests, (1.645 + 1.282)^2 times the variance over the margin's."""
    one = Effect(0.0, -0.14, 0.14, "", 300, spread=Spread(0.07, 10**6))
    (found,) = decide([Asked(one, "equal", 0.1)])
    assert found.needed == pytest.approx(300 * (1.6449 + 1.2816) ** 2 * 0.07**2 / 0.1**2, rel=0.01)


def test_a_number_that_never_differed_is_not_sure():
    """Four canaries with the highest exposure there is: how much others would differ is unknown."""
    same = Effect(6.0, 6.0, 6.0, "", 4, "samples", spread=Spread(0.0, 3))
    (found,) = decide([Asked(same, "greater", 3.44)])
    assert (found.ruling, found.by_interval, found.needed) == ("undecided", "supported", None)
    share = Effect(0.0, -0.05, 0.05, "", 200, spread=Spread(0.0, 99, (), bounded=True))
    assert decide([Asked(share, "equal", 0.1)])[0].ruling == "supported"


def test_ratios_are_compared_on_the_logarithmic_scale():
    spread = spread_of_interval(2.0, 1.0, 4.0, 1_000_000, ratio=True, bounded=False)
    one = Effect(2.0, 1.0, 4.0, "", 100, spread=spread, ratio=True)
    assert spread.error == pytest.approx(math.log(2) / 1.959964, rel=1e-5)
    assert one.p(1.0) == one.p(4.0) == pytest.approx(0.05, rel=1e-4)
    assert by_interval(Asked(one, "equal", 5.0)) == "supported"
    assert by_interval(Asked(one, "equal", 3.0)) == "undecided"


def test_an_open_end_is_beyond_every_margin():
    one = Effect(0.3, 0.2, None, "", 24)
    assert by_interval(Asked(one, "greater", 0.1)) == "supported"
    assert by_interval(Asked(one, "less", 0.9)) == "undecided"


def test_examples_needed_are_those_of_the_usual_calculation():
    one = effect(0.15, 1.96 * 0.05, n=10_000)
    (verdict,) = decide([Asked(one, "greater", 0.1)])
    assert verdict.needed == pytest.approx(10_000 * ((1.960 + 0.842) * 0.05 / 0.05) ** 2, rel=0.01)


def test_where_seeds_hide_an_effect_no_number_of_examples_tells():
    seeds = (SeedVariance(np.array([0.01]), 2),)
    one = Effect(0.15, 0.0, 0.3, "", 300, seeds=3, spread=Spread(0.01, 299, seeds))
    assert decide([Asked(one, "greater", 0.1)])[0].needed == math.inf


def test_rare_differences_are_not_called_smaller_than_a_margin_too_often():
    assert rare_p(0.0, 0.05, 150) == pytest.approx(2 * 0.95**150)
    assert rare_p(1 / 150, 0.05, 150) == pytest.approx(2 * (0.95**150 + 150 * 0.05 * 0.95**149))
    assert rare_p(-1 / 150, -0.05, 150) == rare_p(1 / 150, 0.05, 150)
    assert rare_p(-0.3, 0.05, 150) == rare_p(0.0, 0.05, 150)
    assert rare_p(149 / 150, 0.9, 150) == pytest.approx(2 * (0.9**150 + 150 * 0.1 * 0.9**149))
    assert rare_p(0.1, 0.0, 150) == 0.0
    few = Spread(0.0066, 149, (), bounded=True)  # one of 150 answers differs
    assert Effect(1 / 150, 0.0, 0.02, "", 150, spread=few).p(0.05) == rare_p(1 / 150, 0.05, 150) > 0.005
    assert Effect(1 / 150, 0.0, 0.02, "", 150, spread=Spread(0.0066, 149)).p(0.05) < 1e-6
    needed = Effect(0.0, -0.1, 0.1, "", 60, spread=Spread(0.0, 29, (), bounded=True)).needed(0.1, 0.001)
    assert 0.9 ** (30 * needed / 60) == pytest.approx(0.0005, rel=0.5)  # looked for in steps of a tenth


@pytest.mark.parametrize(
    ("rulings", "all_of_them", "one_of_them"),
    [
        (["supported", "supported"], "supported", "supported"),
        (["supported", "undecided"], "undecided", "supported"),
        (["supported", "not tested"], "not tested", "supported"),
        (["undecided", "not tested"], "not tested", "undecided"),
        (["refuted", "not tested"], "refuted", "not tested"),
        (["refuted", "undecided"], "refuted", "undecided"),
        (["refuted", "supported"], "refuted", "supported"),
        (["supported", "does not apply"], "supported", "supported"),
        (["does not apply"], "does not apply", "does not apply"),
    ],
)
def test_the_verdict_of_several_parts(rulings, all_of_them, one_of_them):
    assert together(rulings, "all") == all_of_them
    assert together(rulings, "any") == one_of_them


def test_a_sum_of_one_mean_is_that_mean_with_its_usual_error():
    values = np.random.default_rng(0).normal(0.3, 1.0, 40)
    found = sum_of_means([[values[np.newaxis]]], ONE_BY_ONE, bounded=False)
    assert found.value == pytest.approx(values.mean())
    assert found.error == pytest.approx(values.std(ddof=1) / math.sqrt(40))
    assert (found.degrees, found.n) == (39, 40)
    assert found.low < found.value < found.high


def test_slices_without_common_examples_add_their_variances():
    rng = np.random.default_rng(1)
    values, first = rng.normal(0, 1, 40), np.arange(40) < 20
    apart = [[np.where(first, values, np.nan)[np.newaxis]], [np.where(first, np.nan, -values)[np.newaxis]]]
    found = sum_of_means(apart, ONE_BY_ONE, bounded=False)
    assert found.value == pytest.approx(values[:20].mean() - values[20:].mean())
    wanted = (values[:20].var() + values[20:].var()) / 20 * 40 / 39
    assert found.error == pytest.approx(math.sqrt(wanted))


def test_examples_of_one_group_count_as_one():
    values = np.repeat(np.random.default_rng(2).normal(0, 1, 20), 2)
    pairs = np.repeat(np.arange(20), 2)
    alone, together_ = (sum_of_means([[values[np.newaxis]]], one, bounded=False) for one in (ONE_BY_ONE, pairs))
    assert together_.error > 1.3 * alone.error
    assert together_.degrees == 19


def test_a_share_that_never_differs_still_has_an_interval():
    found = sum_of_means([[np.zeros((1, 40))]], ONE_BY_ONE, bounded=True)
    assert (found.low, found.high) == (-edge(40), edge(40))
    assert (1 - edge(40)) ** 40 == pytest.approx(0.025)
    assert sum_of_means([[np.zeros((1, 40))]], ONE_BY_ONE, bounded=False).high == 0.0


def test_seeds_widen_an_interval_and_an_example_that_an_arm_lacks_counts_nowhere():
    rng = np.random.default_rng(3)
    runs = rng.normal(0, 0.1, (3, 40)) + np.array([[-0.5], [0.0], [0.5]])
    one, three = (sum_of_means([[part]], ONE_BY_ONE, bounded=False) for part in (runs.mean(axis=0)[None], runs))
    assert three.high - three.low > 5 * (one.high - one.low)
    lacking = np.where(np.arange(40) < 5, np.nan, 1.0)[np.newaxis]
    assert sum_of_means([[runs, lacking]], ONE_BY_ONE, bounded=False).n == 35


def test_without_two_groups_there_is_no_sum():
    assert sum_of_means([[np.ones((1, 3))]], np.zeros(3, dtype=np.int64), bounded=True) is None
    assert sum_of_means([[np.full((1, 3), np.nan)]], np.arange(3), bounded=True) is None


@pytest.mark.parametrize(
    ("at_hand", "says"),
    [(255, "; there are 255, so that more must be written"), (700, ""), (None, "")],
)
def test_more_questions_than_there_are_is_said(at_hand, says):
    effect = SimpleNamespace(kind="sampled", n=255, of="questions", seeds=1, command="")
    verdict = SimpleNamespace(ruling="undecided", needed=290.0)
    open_part = SimpleNamespace(gap=None, verdict=verdict, effect=effect, at_hand=at_hand)
    assert open_text(open_part) == f"about 290 questions would tell, if the effect is what it seems{says}"
