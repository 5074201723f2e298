"""A line between two kinds of text: logistic regression on weighted n-gram counts.

Each n-gram is weighted by the log-ratio of its shares in the two kinds, which helps with short texts (Wang and
Manning 2012).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from harness.metrics.style.profile import Floats

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
INVERSE_PENALTY: Final = 3.0
"""C of the regression; values from 1 to 10 give nearly the same result on the development rows"""
PER: Final = 10_000
"""totals are per so many texts, so that smoothing is the same for kinds of unequal size"""


@dataclass(frozen=True)
class Discriminant:
    """A fitted line: on which side of it is a text, and how far from it?"""

    weights: Floats
    """of the features, multiplied by their log-ratios"""
    intercept: float

    def __call__(self, texts: Any) -> Floats:
        """Return log-odds of the first kind, shape (texts,)."""
        return np.asarray(texts @ self.weights).ravel() + self.intercept


def separate(first: Any, second: Any, counted: int) -> Discriminant:
    """Fit the line between two kinds of text; both kinds have the same weight, whatever their sizes.

    Args:
        first: rows of the first kind.
        second: rows of the second kind.
        counted: number of columns, from the left, that hold shares of n-grams; the others are numbers of either sign.
    """
    from scipy.sparse import diags, vstack
    from sklearn.linear_model import LogisticRegression

    ratios = np.ones(first.shape[1])
    ratios[:counted] = _log_ratio(first[:, :counted], second[:, :counted])
    rows = vstack([first, second]).tocsr() @ diags(ratios)
    kinds = np.repeat([1, 0], [first.shape[0], second.shape[0]])
    model = LogisticRegression(C=INVERSE_PENALTY, class_weight="balanced", solver="liblinear", random_state=0)
    model.fit(rows, kinds)
    return Discriminant(model.coef_.ravel() * ratios, float(model.intercept_[0]))


def out_of_fold(first: Any, second: Any, folds: Sequence[Ints], counted: int) -> tuple[Floats, Floats]:
    """Return the log-odds of every row from a line that was fitted without its fold.

    Args:
        first: rows of the first kind.
        second: rows of the second kind.
        folds: number of the fold of each row, for both kinds.
        counted: as for `separate`.
    """
    of_first, of_second = folds
    odds = np.empty(first.shape[0]), np.empty(second.shape[0])
    for fold in np.unique(of_first):
        line = separate(first[of_first != fold], second[of_second != fold], counted)
        odds[0][of_first == fold] = line(first[of_first == fold])
        odds[1][of_second == fold] = line(second[of_second == fold])
    return odds


def _log_ratio(first: Any, second: Any) -> Floats:
    """Smoothed log of the share that each column has of its kind's total, one kind over the other."""
    totals, others = (1 + np.asarray(kind.sum(axis=0)).ravel() / kind.shape[0] * PER for kind in (first, second))
    ratio: Floats = np.log((totals / totals.sum()) / (others / others.sum()))
    return ratio
