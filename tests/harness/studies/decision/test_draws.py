"""Draws by name: the same numbers by plain integer arithmetic, and the distributions that they have to have."""

import math

import numpy as np
import pytest
from scipy import stats

from harness.studies.decision.draws import dirichlet, gammas, key_of, numbered, uniforms

MASK = 0xFFFFFFFF


def mix(word):
    """As in the module's docstring, by whole numbers of any size."""
    word = (word ^ word >> 16) * 0x85EBCA6B & MASK
    word = (word ^ word >> 13) * 0xC2B2AE35 & MASK
    return word ^ word >> 16


def uniform(key, draw, place):
    return (mix(mix(key ^ mix(draw * 0x9E3779B9 & MASK)) + place * 0x85EBCA77 & MASK) + 0.5) / 2**32


def test_the_key_is_fnv_1a():
    assert fnv("foobar") == 0xBF9CF968  # of the authors' own test vectors
    assert key_of(12, "weight/faîts") == fnv("12/weight/faîts")


def fnv(text):
    key = 0x811C9DC5
    for byte in text.encode():
        key = (key ^ byte) * 0x01000193 & MASK
    return key


def test_the_same_numbers_by_plain_arithmetic():
    key = key_of(7, "weight/facts")
    for place in (0, 1, 48):
        expected = [uniform(int(key), draw, place) for draw in range(5)]
        assert uniforms(key, numbered(5), place).tolist() == expected


def test_draws_do_not_depend_on_how_many_there_are():
    key = key_of(0, "x")
    assert uniforms(key, numbered(1_000))[:10].tolist() == uniforms(key, numbered(10)).tolist()
    assert gammas(key, 0.4, 1_000)[:10].tolist() == gammas(key, 0.4, 10).tolist()


@pytest.mark.parametrize("names", [("a", "b"), ("unknown/facts/rag", "unknown/facts/raft")])
def test_uniform_and_independent(names):
    first, second = (uniforms(key_of(0, name), numbered(20_000)) for name in names)
    assert stats.kstest(first, "uniform").pvalue > 0.001
    assert stats.kstest(uniforms(key_of(0, names[0]), numbered(20_000), 1), "uniform").pvalue > 0.001
    for other in (second, uniforms(key_of(0, names[0]), numbered(20_000), 1), np.roll(first, 1)):
        assert abs(np.corrcoef(first, other)[0, 1]) < 4 / math.sqrt(20_000)


@pytest.mark.parametrize("shape", [0.05, 0.6, 1.0, 3.5, 40.0])
def test_gamma_variates_have_their_distribution(shape):
    assert stats.kstest(gammas(key_of(1, f"g{shape}"), shape, 20_000), stats.gamma(shape).cdf).pvalue > 0.001


def test_weights_have_their_means_and_spread():
    weights, draws = np.array([0.6, 0.3, 0.1]), 20_000
    drawn = dirichlet(0, ("x", "y", "z"), weights, 24.0, draws)
    spread = np.sqrt(weights * (1 - weights) / 25)
    assert drawn.sum(axis=1) == pytest.approx(np.ones(draws))
    assert (np.abs(drawn.mean(axis=0) - weights) < 4 * spread / math.sqrt(draws)).all()
    assert drawn.std(axis=0) == pytest.approx(spread, rel=0.03)


def test_a_weight_of_nothing_stays_nothing_and_moves_no_other():
    drawn = dirichlet(0, ("x", "y", "z"), np.array([0.6, 0.0, 0.4]), 24.0, 50)
    assert not drawn[:, 1].any()
    assert drawn[:, [0, 2]].tolist() == dirichlet(0, ("x", "z"), np.array([0.6, 0.4]), 24.0, 50).tolist()
