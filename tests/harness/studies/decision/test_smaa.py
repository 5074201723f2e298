"""SMAA-2: areas of the weight space by hand, a small case enumerated to the digit, and what must not matter."""

import numpy as np
import pytest

from harness.studies.decision.draws import dirichlet
from harness.studies.decision.smaa import probability_of_best, rank_shares, ranking, regret, totals

# Arm a is best at the first criterion, b at the second, c is halfway at all three. With weights that are uniform on
# the simplex (a triangle), a has utility w1, b has w2 and c has ½, so that a is best where w1 > ½: a corner of the
# triangle with half its height, a quarter of its area. So is b, and c has the other half.
THREE = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5, 0.5]])
ACCEPTABILITY = np.array([[1 / 4, 1 / 4, 1 / 2], [1 / 4, 1 / 4, 1 / 2], [1 / 2, 1 / 2, 0]])
"""c is never last, as w1 and w2 are not both above ½; where it is first, a and b share the other ranks by symmetry"""
WINS = np.array([[1 / 2, 1 / 2, 1 / 4], [1 / 2, 1 / 2, 1 / 4], [3 / 4, 3 / 4, 1 / 2]])
CENTRAL = np.array([[2 / 3, 1 / 6, 1 / 6], [1 / 6, 2 / 3, 1 / 6], [1 / 4, 1 / 4, 1 / 2]])
"""centres of gravity: of a corner triangle the mean of its corners (1,0,0), (½,½,0), (½,0,½); of c the rest, since the
whole triangle's is ⅓: (⅓ - ¼·⅔ - ¼·⅙) / ½ = ¼"""
DRAWS = 40_000


def within_three_errors(shares, exact):
    return np.abs(shares - exact) <= 3 * np.sqrt(exact * (1 - exact) / DRAWS) + 1e-12


@pytest.fixture(scope="module")
def sampled():
    """Uniform weights: the Dirichlet distribution with concentration 3 around equal weights."""
    weights = dirichlet(0, ("x", "y", "z"), np.full(3, 1 / 3), 3.0, DRAWS)
    return ranking(weights, np.broadcast_to(THREE, (DRAWS, 3, 3)))


def test_areas_of_the_weight_space_are_met_within_three_standard_errors(sampled):
    assert within_three_errors(sampled.acceptability, ACCEPTABILITY).all()
    assert within_three_errors(sampled.wins, WINS).all()


def test_central_weights_are_centres_of_gravity(sampled):
    # The variance of a coordinate over the whole triangle is 1/18, and no part of it has a larger one.
    errors = 3 * np.sqrt(1 / 18 / (DRAWS * ACCEPTABILITY[:, :1]))
    assert (np.abs(sampled.central - CENTRAL) <= errors).all()


def test_with_certain_measurements_central_weights_make_an_arm_best_for_sure(sampled):
    assert sampled.confidence.tolist() == [1.0, 1.0, 1.0]


# Four draws: two sets of weights, each with the measurements as they are and with c worse.
WEIGHTS = np.array([[0.6, 0.2, 0.2], [0.2, 0.2, 0.6], [0.6, 0.2, 0.2], [0.2, 0.2, 0.6]])
WORSE = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.1, 0.1, 0.1]])
DRAWN = np.stack([THREE, THREE, WORSE, WORSE])


def test_enumerated_to_the_digit():
    # utilities a, b, c: (.6 .2 .5) (.2 .2 .5) (.6 .2 .1) (.2 .2 .1)
    found = ranking(WEIGHTS, DRAWN)
    assert totals(WEIGHTS, DRAWN) == pytest.approx(
        np.array([[0.6, 0.2, 0.5], [0.2, 0.2, 0.5], [0.6, 0.2, 0.1], [0.2, 0.2, 0.1]])
    )
    # ranks: a b c = 1 3 2; 2½ 2½ 1; 1 2 3; 1½ 1½ 3
    assert found.acceptability.tolist() == [[0.625, 0.25, 0.125], [0.125, 0.5, 0.375], [0.25, 0.25, 0.5]]
    assert found.wins.tolist() == [[0.5, 0.75, 0.75], [0.25, 0.5, 0.5], [0.25, 0.5, 0.5]]
    # a is first in draws 1 and 3, and by half in 4: (.6 + .6 + .1) / 2.5 = .52, (.2 + .2 + .3) / 2.5 = .28
    assert found.central == pytest.approx(np.array([[0.52, 0.2, 0.28], [0.2, 0.2, 0.6], [0.2, 0.2, 0.6]]))
    # with (.52 .2 .28) a is first in all four draws (.52 > .5 > .1); with (.2 .2 .6) b shares the first rank where c
    # is worse, which is half of half; c is first where it is not
    assert found.confidence.tolist() == [1.0, 0.25, 0.5]


def test_regret_is_what_the_best_arm_has_more():
    total = totals(WEIGHTS, DRAWN)
    assert regret(total, 0) == pytest.approx([0.0, 0.3, 0.0, 0.0])
    assert regret(total, 2) == pytest.approx([0.1, 0.0, 0.5, 0.1])


def test_rows_and_columns_of_rank_acceptability_sum_to_one():
    drawn = np.random.default_rng(3).random((500, 6, 4))
    weights = dirichlet(1, "abcd", np.array([0.4, 0.3, 0.2, 0.1]), 20.0, 500)
    found = ranking(weights, drawn)
    assert found.acceptability.sum(axis=0) == pytest.approx(np.ones(6))
    assert found.acceptability.sum(axis=1) == pytest.approx(np.ones(6))
    assert found.wins + found.wins.T == pytest.approx(np.ones((6, 6)))


def test_equal_arms_share_their_ranks():
    twins = np.stack([[0.7, 0.2], [0.7, 0.2], [0.1, 0.1]])
    found = ranking(np.full((3, 2), 0.5), np.broadcast_to(twins, (3, 3, 2)))
    assert found.acceptability.tolist() == [[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    assert probability_of_best(totals(np.full(2, 0.5), np.broadcast_to(twins, (1, 3, 2)))).tolist() == [0.5, 0.5, 0.0]


def test_what_rounding_leaves_of_a_difference_is_none():
    assert rank_shares(np.array([[0.1 + 0.2, 0.3]]))[0, 0].tolist() == [0.5, 0.5]
    assert rank_shares(np.array([[0.300001, 0.3]]))[0, 0].tolist() == [1.0, 0.0]


def test_a_dominated_arm_is_never_best():
    drawn = np.random.default_rng(5).random((2_000, 3, 4))
    drawn[:, 2] = 0.9 * drawn[:, 1]
    found = ranking(dirichlet(2, "abcd", np.full(4, 0.25), 4.0, 2_000), drawn)
    assert found.acceptability[2, 0] == 0.0
    assert np.isnan(found.central[2]).all()
    assert np.isnan(found.confidence[2])


def test_another_arm_changes_no_other_arms_utility():
    weights, drawn = dirichlet(3, "ab", np.array([0.7, 0.3]), 10.0, 100), np.random.default_rng(6).random((100, 3, 2))
    assert totals(weights, drawn)[:, :2].tolist() == totals(weights, drawn[:, :2]).tolist()
