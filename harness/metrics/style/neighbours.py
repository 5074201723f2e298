"""How far is a text from the nearest known texts?"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from harness.metrics.style.discriminant import Ints
from harness.metrics.style.profile import Floats

COUNTED: Final = 5


@dataclass(frozen=True)
class Neighbours:
    """Known texts as rows of numbers."""

    known: Floats
    index: Any

    def __call__(self, rows: Floats) -> Floats:
        """Return minus the mean distance to the nearest known rows: the higher, the nearer; shape (rows,)."""
        return -_distances(self.index, rows)

    def leaving_out(self, rows: Floats, folds: Ints) -> Floats:
        """Return the distance of each known row to those of other folds."""
        distances = np.empty(len(rows))
        for fold in np.unique(folds):
            distances[folds == fold] = _distances(_index(rows[folds != fold]), rows[folds == fold])
        return distances


def neighbours(rows: Floats) -> Neighbours:
    """Return an index of known rows, shape (texts, counts)."""
    return Neighbours(rows, _index(rows))


def _index(rows: Floats) -> Any:
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(n_neighbors=min(COUNTED, len(rows))).fit(rows)


def _distances(index: Any, rows: Floats) -> Floats:
    distances: Floats = index.kneighbors(rows)[0].mean(axis=1)
    return distances
