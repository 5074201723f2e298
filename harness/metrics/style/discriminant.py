"""A line between two kinds of text: logistic regression on n-gram counts that are weighed by how telling they are.

Weighing each n-gram by the log-ratio of its shares in the two kinds helps with short texts (Wang and Manning 2012).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from harness.metrics.style.profile import Floats

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
INVERSE_PENALTY: Final = 3.0
"""C of the regression; between 1 and 10 the development rows hardly differ"""
PER: Final = 10_000
"""totals are taken per so many texts, so that kinds of unequal size are smoothed alike"""


@dataclass(frozen=True)
class Discriminant:
    """Fitted: which side of the line is a text on, and how far from it?"""

    weights: Floats
    """of the features, already multiplied by how telling they are"""
    intercept: float

    def __call__(self, texts: Any) -> Floats:
        """Return log-odds of the first kind, shape (texts,)."""
        return np.asarray(texts @ self.weights).ravel() + self.intercept


def separate(first: Any, second: Any, counted: int) -> Discriminant:
    """Fit the line between two kinds of text; both kinds weigh the same however many there are.

    Args:
        first: rows of the first kind.
        second: rows of the second kind.
        counted: so many columns, from the left, hold shares of n-grams; the others are numbers of either sign.
    """
    from scipy.sparse import diags, vstack
    from sklearn.linear_model import LogisticRegression

    telling = np.ones(first.shape[1])
    telling[:counted] = _log_ratio(first[:, :counted], second[:, :counted])
    rows = vstack([first, second]).tocsr() @ diags(telling)
    kinds = np.repeat([1, 0], [first.shape[0], second.shape[0]])
    model = LogisticRegression(C=INVERSE_PENALTY, class_weight="balanced", solver="liblinear", random_state=0)
    model.fit(rows, kinds)
    return Discriminant(model.coef_.ravel() * telling, float(model.intercept_[0]))


def out_of_fold(first: Any, second: Any, folds: Sequence[Ints], counted: int) -> tuple[Floats, Floats]:
    """Return the log-odds of every row from a line that was fitted without its fold.

    Args:
        first: rows of the first kind.
        second: rows of the second kind.
        folds: number of the fold of each row, for both kinds.
        counted: as for `separate`.
    """
    of_first, of_second = folds
    found = np.empty(first.shape[0]), np.empty(second.shape[0])
    for fold in np.unique(of_first):
        line = separate(first[of_first != fold], second[of_second != fold], counted)
        found[0][of_first == fold] = line(first[of_first == fold])
        found[1][of_second == fold] = line(second[of_second == fold])
    return found


def _log_ratio(first: Any, second: Any) -> Floats:
    """Smoothed log of the share that each column has of its kind's total, one kind over the other."""
    one, other = (1 + np.asarray(kind.sum(axis=0)).ravel() / kind.shape[0] * PER for kind in (first, second))
    ratio: Floats = np.log((one / one.sum()) / (other / other.sum()))
    return ratio
