"""Synthetic experiments whose truth is known: do intervals cover what they say, and are false alarms rare?

Every experiment has clusters of one to five examples that resemble each other, and arms that find the same
examples hard: paired and clustered, as real ones are.
"""

from itertools import combinations

import numpy as np
import pytest

from harness.analysis.stats import bootstrap as stats

EXPERIMENTS = 2000


def answers(source, clusters, arms, skill):
    """Shape (examples, arms) of rights and wrongs, and the clusters; `skill` shifts each arm's chance."""
    number = np.repeat(np.arange(clusters), source.integers(1, 6, size=clusters))
    ease = source.normal(size=clusters)[number] + 0.7 * source.normal(size=len(number))
    seed_variance = 0.8 * source.normal(size=(len(number), arms)) + 0.4 * source.normal(size=(clusters, arms))[number]
    return (ease[:, None] + seed_variance + np.asarray(skill) > 0).astype(float), number


def scores(source, clusters, arms, skill):
    """Marks between 0 and 1 with many zeros: the skewed kind."""
    right, number = answers(source, clusters, arms, skill)
    return right * source.beta(2, 1, size=right.shape), number


def differences(values):
    return np.column_stack([values[:, one] - values[:, two] for one, two in combinations(range(values.shape[1]), 2)])


@pytest.mark.slow
@pytest.mark.parametrize("draw", [answers, scores])
@pytest.mark.parametrize("clusters", [30, 120])
def test_intervals_of_differences_cover_93_to_97_percent(draw, clusters):
    source, skill = np.random.default_rng(21), (0.4, 0.0)
    truth = np.mean([differences(draw(source, 4000, 2, skill)[0]).mean() for _ in range(100)])
    hits = 0
    for _ in range(EXPERIMENTS):
        values, number = draw(source, clusters, 2, skill)
        found = stats.bootstrap(differences(values), number, source, 1000)
        hits += found.low[0] <= truth <= found.high[0]
    assert 0.93 <= hits / EXPERIMENTS <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("draw", [answers, scores])
@pytest.mark.parametrize("clusters", [30, 120])
def test_without_any_difference_at_most_6_percent_of_experiments_call_one(draw, clusters):
    """Four arms, six pairs, Holm over them: how often is at least one of them called?"""
    source, called = np.random.default_rng(22), 0
    for _ in range(EXPERIMENTS):
        values, number = draw(source, clusters, 4, 0.0)
        p = stats.sign_flip_p(differences(values), number, source, 999)
        called += bool((stats.holm(p) < 0.05).any())
    assert called / EXPERIMENTS <= 0.06


@pytest.mark.slow
def test_a_difference_that_is_there_is_found_as_often_as_the_plan_says():
    """The detectable difference of one experiment's size is called in four experiments of five."""
    source, skill = np.random.default_rng(23), (0.45, 0.0)
    found, detectable, true = [], [], []
    for _ in range(EXPERIMENTS):
        values, number = answers(source, 120, 2, skill)
        apart = differences(values)
        error, _ = stats.standard_errors(apart, number)
        found.append(stats.sign_flip_p(apart, number, source, 499)[0] < 0.05)
        detectable.append(2.8 * error[0])
        true.append(apart.mean())
    expected = np.mean(true) / np.mean(detectable) * 2.8 - 1.96
    from scipy.stats import norm

    assert np.mean(found) == pytest.approx(norm.cdf(expected), abs=0.04)
