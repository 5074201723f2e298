"""Is a text told from ordinary writing as the references are? Most third styles are nearer to that than to the house.

A line between references and ORDINARY, 400 short texts (news, descriptions, reports, questions) in several languages,
written for Cutlery: a selection of validation/written_claims. Without it any plain prose passes for a varied house,
since nothing in such prose is the generic writer's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness.metrics.style.discriminant import Discriminant, Ints, out_of_fold, separate
from harness.metrics.style.profile import Floats, profiles
from harness.metrics.style.stylometry import Described, Stylometry

FILE: Final = Path(__file__).with_suffix(".txt")
TAIL: Final = 2
"""per cent of the unseen references that lie beyond the edge"""
FALL: Final = 0.75
"""The value falls from 1 at the edge to 0 at this share of the way to ordinary texts: all of it would let in what lies
between, and third styles do"""
LEAST: Final = 0.5
"""log-odds: least such way, where references hardly differ from ordinary writing"""


@dataclass(frozen=True)
class Ordinary:
    """The line, and where it divides."""

    line: Discriminant
    zero: float
    one: float

    def __call__(self, rows: Any) -> Floats:
        """Return 1 for texts told from ordinary writing as the references are, 0 for ordinary ones, shape (texts,)."""
        return np.clip((self.line(rows) - self.zero) / (self.one - self.zero), 0, 1)


@lru_cache(maxsize=1)
def ordinary_texts() -> tuple[str, ...]:
    """Return ordinary texts, the same for every task."""
    return tuple(FILE.read_text(encoding="utf-8").splitlines())


@lru_cache(maxsize=1)
def ordinary_profiles() -> Floats:
    """Return their counts, which depend on no task."""
    return profiles(ordinary_texts())


def ordinary(references: Described, features: Stylometry) -> Ordinary:
    """Fit the line between references and ordinary texts."""
    rows, counted = references.rows, references.counted
    others = features.rows(ordinary_texts(), features.standardised_profiles(ordinary_profiles()))
    folds = (references.folds, _dealt(others.shape[0], references.folds))
    ours, theirs = out_of_fold(rows, others, folds, counted)
    one = float(np.percentile(ours, TAIL))
    way = max(FALL * (one - float(np.percentile(theirs, 100 - TAIL))), LEAST)
    return Ordinary(separate(rows, others, counted), one - way, one)


def _dealt(texts: int, folds: Ints) -> Ints:
    """Ordinary texts have no topic in common with a task: they are dealt to its folds in turn."""
    known: Sequence[int] = np.unique(folds).tolist()
    return np.array([known[number % len(known)] for number in range(texts)])
