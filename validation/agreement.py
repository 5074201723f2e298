"""Figures of how a judge agrees with people: of its support, of its yes or no, of shares, and of the order of systems.

Every function takes arrays of equal length, one value per answer. A label is the share of the answer that people found
supported: 1 means all of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

Values = np.ndarray[tuple[int], np.dtype[np.float64]]
Booleans = np.ndarray[tuple[int], np.dtype[np.bool_]]

BINS = 10
"""of equal width, for the calibration error"""


def auroc(scores: Values, labels: Values) -> float:
    """Return how often a positive case (label 1) scores above a negative one; ties count half."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(labels == 1, scores))


def pearson(scores: Values, labels: Values) -> float:
    """Return the correlation; 0 for constant scores."""
    if np.ptp(scores) == 0:
        return 0.0
    return float(np.corrcoef(scores, labels)[0, 1])


@dataclass(frozen=True)
class Verdicts:
    """A judge's yes or no on answers against people's: unsupported is what both look for."""

    precision: float
    """of the answers called unsupported, the share that people call so; NaN where none was"""
    recall: float
    """of the answers that people call unsupported, the share called so"""
    balanced_accuracy: float
    """mean of the recalls of unsupported and of supported answers; .5 is chance"""


def verdicts(unsupported: Booleans, by_people: Booleans) -> Verdicts:
    """Compare what a judge calls unsupported with what people do."""
    both = int((unsupported & by_people).sum())
    neither = int((~unsupported & ~by_people).sum())
    recall, spared = _share(both, int(by_people.sum())), _share(neither, int((~by_people).sum()))
    return Verdicts(_share(both, int(unsupported.sum())), recall, (recall + spared) / 2)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def calibration(scores: Values, labels: Values, bins: int) -> list[tuple[int, float, float]]:
    """Return the reliability curve: for each bin of equal width the count, the mean score and the mean label."""
    numbers = np.minimum((scores * bins).astype(int), bins - 1)
    members = [numbers == number for number in range(bins)]
    return [
        (int(own.sum()), float(scores[own].mean()), float(labels[own].mean()))
        if own.any()
        else (0, float("nan"), float("nan"))
        for own in members
    ]


def calibration_error(scores: Values, labels: Values, bins: int = BINS) -> float:
    """Return the expected calibration error: the bins' |mean score - mean label|, weighted by their answers.

    Naeini, Cooper and Hauskrecht 2015. 0 when support is the probability that people would find it supported.
    """
    curve = calibration(scores, labels, bins)
    return sum(count * abs(score - label) for count, score, label in curve if count) / len(scores)


def rank_agreement(scores: Values, labels: Values, systems: Sequence[str]) -> float:
    """Return Kendall's tau of the systems' mean scores and mean labels; NaN for fewer than two systems.

    1: the judge puts the systems that wrote the answers in the same order as people; -1: in the opposite one. Ties on
    one side count neither way.
    """
    means = [
        (float(scores[own].mean()), float(labels[own].mean()))
        for own in (np.array([system == name for system in systems]) for name in dict.fromkeys(systems))
    ]
    pairs = [np.sign(a[0] - b[0]) * np.sign(a[1] - b[1]) for a, b in combinations(means, 2)]
    return float(np.mean(pairs)) if pairs else float("nan")


def best_threshold(scores: Values, by_people: Booleans) -> float:
    """Return the threshold below which calling answers unsupported has the best balanced accuracy; for baselines."""
    known = np.unique(scores)
    between = [float(low + high) / 2 for low, high in pairwise(known)]
    candidates = between or [float(known[0])]
    return max(candidates, key=lambda one: verdicts(scores < one, by_people).balanced_accuracy)


def figures(named: Mapping[str, float]) -> dict[str, float]:
    """Return figures as the file of measured agreement keeps them: rounded, without those that are not defined."""
    return {name: round(value, 3) for name, value in named.items() if not np.isnan(value)}
