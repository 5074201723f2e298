"""SMAA-2: how often each arm is best, and for which weights. Arrays in, arrays out, without criteria or arms.

Stochastic multicriteria acceptability analysis (Lahdelma & Salminen, SMAA-2: Stochastic Multicriteria Acceptability
Analysis for Group Decision Making, Operations Research 49(3), 2001). A draw holds one set of weights and one of
measurements; in it every arm has a utility, the weighted sum over the criteria, and a rank. Over all draws:

- rank acceptability: the share of draws in which an arm has a rank; of rank 1, the probability of being best
- pairwise winning index: the share in which one arm is better than another
- central weights: the mean of the weights with which an arm is best
- confidence factor: the probability of being best with exactly these

Arms with equal utility share their ranks: of two that are best together, each has half of rank 1 and half of rank 2.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.analysis.stats.bootstrap import Floats

EQUAL: Final = 1e-12
"""utilities that differ by no more are equal: it is what rounding leaves of a difference"""


@dataclass(frozen=True, slots=True)
class Ranking:
    """What the draws say of the arms, in their order."""

    acceptability: Floats
    """shape (arms, ranks): rows and columns sum to 1"""
    wins: Floats
    """shape (arms, arms): the row is better than the column; ½ on the diagonal and for equal arms"""
    central: Floats
    """shape (arms, criteria): rows sum to 1; NaN for an arm that is never best"""
    confidence: Floats
    """shape (arms,): NaN for an arm that is never best"""


def ranking(weights: Floats, utilities: Floats) -> Ranking:
    """Return what joint draws say.

    Args:
        weights: shape (draws, criteria); rows sum to 1.
        utilities: shape (draws, arms, criteria), each from 0 to 1.
    """
    total = totals(weights, utilities)
    shares = rank_shares(total)
    central = _central(weights, shares[:, :, 0])
    return Ranking(shares.mean(axis=0), winning(total), central, _confidence(central, utilities))


def totals(weights: Floats, utilities: Floats) -> Floats:
    """Return the utility of each arm in each draw, shape (draws, arms).

    The criteria are added one after another, in their order: the same sum to the last bit wherever it is repeated.

    Args:
        weights: shape (draws, criteria), or (criteria,) for the same ones in every draw.
        utilities: shape (draws, arms, criteria).
    """
    total = np.zeros(utilities.shape[:2])
    for place in range(utilities.shape[2]):
        total = total + weights[..., place, np.newaxis] * utilities[:, :, place]
    return total


def rank_shares(total: Floats) -> Floats:
    """Return each arm's share of each rank in each draw, shape (draws, arms, ranks); equal arms share theirs."""
    apart = total[:, :, np.newaxis] - total[:, np.newaxis, :]
    better = (apart < -EQUAL).sum(axis=2)[:, :, np.newaxis]
    equal = (np.abs(apart) <= EQUAL).sum(axis=2)[:, :, np.newaxis]
    ranks = np.arange(total.shape[1])
    return np.where((ranks >= better) & (ranks < better + equal), 1.0 / equal, 0.0)


def winning(total: Floats) -> Floats:
    """Return the pairwise winning indices, shape (arms, arms).

    Args:
        total: shape (draws, arms), from `totals`.
    """
    apart = total[:, :, np.newaxis] - total[:, np.newaxis, :]
    shares: Floats = np.where(np.abs(apart) <= EQUAL, 0.5, apart > 0.0).mean(axis=0)
    return shares


def probability_of_best(total: Floats) -> Floats:
    """Return the share of draws in which each arm is best, shape (arms,); equal ones share it."""
    best = total >= total.max(axis=1, keepdims=True) - EQUAL
    shares: Floats = (best / best.sum(axis=1, keepdims=True)).mean(axis=0)
    return shares


def regret(total: Floats, arm: int) -> Floats:
    """Return by how much the best arm is better than this one, shape (draws,): 0 where it is the best itself."""
    lost: Floats = total.max(axis=1) - total[:, arm]
    return lost


def _central(weights: Floats, first: Floats) -> Floats:
    """Return the mean weights over the draws in which each arm is best, by its share of the first rank."""
    count = first.sum(axis=0)[:, np.newaxis]
    sums = np.stack([first.T @ weights[:, place] for place in range(weights.shape[1])], axis=1)
    mean: Floats = np.divide(sums, count, out=np.full(sums.shape, np.nan), where=count > 0.0)
    return mean


def _confidence(central: Floats, utilities: Floats) -> Floats:
    found = np.full(len(central), np.nan)
    for arm, own in enumerate(central):
        if not np.isnan(own).any():
            found[arm] = probability_of_best(totals(own, utilities))[arm]
    return found
