"""Is a text anything like known ones? Third styles are unlike both ends of the scale.

Two distances to the nearest known texts are added: that of the counts (length, rhythm, signs, layout) and that of the
masked n-grams. Each is in units of the way from the middle of unseen texts of their kind to the edge, so that neither
outweighs the other.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from harness.metrics.style.discriminant import Ints
from harness.metrics.style.profile import Floats
from harness.metrics.style.stylometry import Described

NEAREST: Final = 5
"""known texts whose distance from a text counts"""
TAIL: Final = 2
"""per cent of unseen texts of the kind that lie beyond the edge. Where the kind is varied, ordinary prose is inside all
the same: a smaller range costs references faster than it shuts out prose (docs/VALIDITY.md)"""
ROOM: Final = 0.3
"""units beyond the edge within which the value falls from 1 to 0"""
LEAST_COUNTS: Final = 1.0
"""standard deviations: least unit of the distance of counts, so that texts of one mould do not shut out its own"""
LEAST_NGRAMS: Final = 0.3
"""the same for the cosine distance of masked n-grams"""


class Neighbours:
    """Known texts as rows of numbers, shape (texts, columns)."""

    def __init__(self, known: Any, metric: str) -> None:
        from sklearn.neighbors import NearestNeighbors

        self._index = NearestNeighbors(n_neighbors=min(NEAREST, known.shape[0]), metric=metric).fit(known)

    def distances(self, rows: Any) -> Floats:
        """Return the mean distance of each row to the nearest known rows, shape (rows,)."""
        distances: Floats = self._index.kneighbors(rows)[0].mean(axis=1)
        return distances


@dataclass(frozen=True)
class Distance:
    """Distance to known texts: 0 as far as the middle of unseen texts of their kind, 1 as far as the edge."""

    known: Neighbours
    middle: float
    unit: float

    def __call__(self, rows: Any) -> Floats:
        """Return the distances of texts, shape (texts,)."""
        return (self.known.distances(rows) - self.middle) / self.unit


@dataclass(frozen=True)
class TextRange:
    """The range of the texts of one kind."""

    counts: Distance
    ngrams: Distance
    edge: float
    """sum of both distances"""

    def __call__(self, counts: Floats, ngrams: Any) -> Floats:
        """Return 1 for texts within the range, 0 for those outside, shape (texts,)."""
        return self.within(self.counts(counts) + self.ngrams(ngrams))

    def within(self, distances: Floats) -> Floats:
        """Return the same for sums of both distances."""
        return np.clip(1 - (distances - self.edge) / ROOM, 0, 1)


def text_range(known: Described) -> TextRange:
    """Fit the range to texts of one kind."""
    by_counts, unseen_counts = _distance(known.counts, known.folds, "euclidean", LEAST_COUNTS)
    by_ngrams, unseen_ngrams = _distance(known.ngrams, known.folds, "cosine", LEAST_NGRAMS)
    return TextRange(by_counts, by_ngrams, float(np.percentile(unseen_counts + unseen_ngrams, 100 - TAIL)))


def _distance(rows: Any, folds: Ints, metric: str, least: float) -> tuple[Distance, Floats]:
    """The distance, and that of each text to those of other folds."""
    unseen = np.empty(rows.shape[0])
    for fold in np.unique(folds):
        unseen[folds == fold] = Neighbours(rows[folds != fold], metric).distances(rows[folds == fold])
    middle, edge = (float(one) for one in np.percentile(unseen, (50, 100 - TAIL)))
    unit = max(edge - middle, least)
    return Distance(Neighbours(rows, metric), middle, unit), (unseen - middle) / unit
