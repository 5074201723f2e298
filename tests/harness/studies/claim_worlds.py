"""Simulated ledgers: 23 effects whose truth is known, of the kinds that real records hold."""

import numpy as np
from scipy.stats import norm

from harness.analysis.stats.bootstrap import clusters_of
from harness.studies.claims.effect import Effect, Spread
from harness.studies.claims.sums import sum_of_means
from harness.studies.claims.verdicts import Asked, decide

ROWS = 23
MARGIN = 0.1
RESAMPLES = 200
ALIKE = 0.4
"""probability that an example has the value of its group"""
SIZES = (150, 201)
"""fewest examples of an effect, and one more than the most"""
SHIPPED = (300, 301)
"""the same of the shipped qa, whose claims of equality are read from as many questions"""
EQUAL_ROWS = 3
"""rows of a shipped ledger that claim equality (C1, C5, C20)"""


def groups(rng, examples):
    """Groups of one to three examples, as the shipped tasks have them."""
    names, left = [], examples
    while left > 0:
        size = min(left, int(rng.integers(1, 4)))
        names += [f"g{len(names)}"] * size
        left -= size
    return clusters_of(names)


def shared(rng, clusters, draw):
    """Values of which some are those of their group."""
    own, of_group = draw(len(clusters)), draw(int(clusters.max()) + 1)
    return np.where(rng.random(len(clusters)) < ALIKE, of_group[clusters], own)


def paired(rng, clusters, mean, differing):
    """Differences of right answers: 1, 0 or -1."""
    differing = max(differing, abs(mean))
    chances = [(differing - mean) / 2, 1 - differing, (differing + mean) / 2]
    return shared(rng, clusters, lambda size: rng.choice([-1.0, 0.0, 1.0], size, p=chances))


def rare(rng, clusters, mean, _):
    """One arm is never worse, and better on few."""
    return shared(rng, clusters, lambda size: (rng.random(size) < mean).astype(float))


def graded(rng, clusters, mean, differing):
    """Differences of likenesses, with a long tail."""
    return shared(rng, clusters, lambda size: mean + 0.25 * (rng.exponential(1.0, size) - 1.0))


def seeded(rng, clusters, mean, differing):
    """Three training seeds whose means differ."""
    return np.stack([paired(rng, clusters, mean + shift, differing) for shift in rng.normal(0, 0.02, 3)])


def alike(rng, clusters, mean, _):
    """Arms that answer nearly alike: up to one answer in twenty differs beside the effect."""
    return paired(rng, clusters, mean, float(rng.uniform(0.01, 0.05)))


KINDS = (paired, rare, graded, seeded)
ALIKE_KINDS = (alike, rare)


def effect(rng, kind, mean, sliced, sizes=SIZES):
    """A simulated effect of this true mean; sliced: a difference of two kinds of examples."""
    clusters = groups(rng, int(rng.integers(*sizes)))
    differing = float(rng.uniform(0.1, 0.4))
    values = np.atleast_2d(kind(rng, clusters, mean, differing))
    means = [[values]]
    if sliced:
        second = rng.random(len(clusters)) < 0.5
        other = paired(rng, clusters, 0.0, 0.1)[np.newaxis]
        means = [[np.where(second, np.nan, values)], [np.where(second, other, np.nan)]]
    found = sum_of_means(means, clusters, bounded=True, resamples=RESAMPLES)
    spread = Spread(found.error, found.degrees, found.seed_variance, bounded=True)
    return Effect(found.value, found.low, found.high, f"{rng.random()}", found.n, spread=spread)


def ledger(rng, means, direction, kinds, sizes=SIZES):
    """The decisions on one ledger whose rows have these true means."""
    asked = [
        Asked(effect(rng, kinds[at % len(kinds)], mean, direction != "equal" and at % 5 == 4, sizes), direction, MARGIN)
        for at, mean in enumerate(means)
    ]
    return [one.ruling for one in decide(asked)]


def rates(seed, ledgers, means, direction, ruling="supported", kinds=KINDS, sizes=SIZES):
    """Share of ledgers with such a ruling anywhere, and share of rows that have it."""
    rng = np.random.default_rng(seed)
    found = np.array([[one == ruling for one in ledger(rng, means, direction, kinds, sizes)] for _ in range(ledgers)])
    return found.any(axis=1).mean(), found.mean()


def mixed_rates(seed, ledgers, mean, kinds, sizes=SHIPPED, others=3 * MARGIN):
    """The same of the rows that claim equality in ledgers as they are shipped: these few beside others."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(ledgers):
        equal = [
            Asked(effect(rng, kinds[at % len(kinds)], mean, False, sizes), "equal", MARGIN) for at in range(EQUAL_ROWS)
        ]
        rest = [Asked(effect(rng, paired, others, False), "greater", MARGIN) for _ in range(ROWS - EQUAL_ROWS)]
        found.append([one.ruling == "supported" for one in decide([*equal, *rest])[:EQUAL_ROWS]])
    return np.any(found, axis=1).mean(), np.mean(found)


def best_power(examples, differing, alpha):
    """How often the best unbiased test shows equality of arms that are equal: no rule can do better on such data.

    Of a normal mean with a known error it rejects where the mean is nearest to 0, and errs with `alpha` at the margin
    (Lehmann & Romano, Testing Statistical Hypotheses, 2005, §3.7).

    Args:
        examples: paired, in groups of one to three.
        differing: share of them on which the arms differ, equally often to either side.
        alpha: how often it may err.
    """
    alike_pairs = ALIKE**2 * 4 / 3  # others of its group that an example of groups of 1, 2 and 3 has: 4/3 in the mean
    margin = MARGIN / np.sqrt(differing * (1 + alike_pairs) / examples)
    reach = np.linspace(0.0, margin + 10.0, 20_001)
    erring = norm.cdf(reach - margin) - norm.cdf(-reach - margin)
    return float(2 * norm.cdf(reach[np.searchsorted(erring, alpha)]) - 1)
