"""Metrics of all answers together, as one value per example: what means, intervals and tests are made of.

Macro-F1 is no mean over answers. Its linearisation is (the infinitesimal jackknife, Efron 1982, ch. 6; for ratios of
sums, Woodruff 1971): each example gets macro-F1 itself plus what it adds to or takes from it, to first order. The mean
of these values over all examples is macro-F1 exactly; their spread, by clusters and paired between arms, is that of
macro-F1. A value of one example alone means nothing, so no reader is shown it.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from harness.analysis.stats.bootstrap import Floats
from harness.types import Score

CLASSES = ("label", "stated")
"""details of a score that name the right class and the one that the answer gives"""


def corpus_values(aggregate: str, scores: Sequence[Score], place: Mapping[str, int]) -> Floats:
    """Return one value per example, shape (examples,), NaN where it has no score.

    Args:
        aggregate: name of the metric of all answers.
        scores: of one arm and seed.
        place: id of an example -> its place.

    Raises:
        KeyError: the aggregate is unknown, or scores lack what it needs.
    """
    values = np.full(len(place), np.nan)
    valued = [score for score in scores if score.value is not None]
    if valued:
        classes = np.array([[score.details[name] for name in CLASSES] for score in valued])
        values[[place[score.example_id] for score in valued]] = LINEARISED[aggregate](classes[:, 0], classes[:, 1])
    return values


def macro_f1_values(right: Floats, stated: Floats) -> Floats:
    """Return macro-F1, linearised.

    Args:
        right: shape (examples,), the class of each; the mean is over the classes that occur here.
        stated: shape (examples,), the class that each answer gives.
    """
    classes = np.unique(right)[:, np.newaxis]
    is_right, is_stated = right == classes, stated == classes
    hits, uses = is_right & is_stated, is_right.astype(float) + is_stated
    used = uses.sum(axis=1, keepdims=True)  # never 0: every class is right somewhere
    f1 = 2.0 * hits.sum(axis=1, keepdims=True) / used
    added = (2.0 * hits - f1 * uses) / used
    return np.asarray(f1.mean() + len(right) * added.mean(axis=0))


LINEARISED = {"macro_f1": macro_f1_values}
