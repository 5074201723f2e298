"""Texts as rows of numbers that depend on style and not on topic: masked n-grams and named counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from harness.metrics.style.discriminant import Ints
from harness.metrics.style.masking import formulas, masked, skeleton
from harness.metrics.style.profile import Floats, profiles

FORMULA_SHARE: Final = 0.005
CHARACTERS: Final = (2, 5)
TOKENS: Final = (1, 3)
FEWEST_TEXTS: Final = 3
"""an n-gram of fewer texts describes only these texts"""
TOKENS_WEIGHT: Final = 0.7
COUNTS_WEIGHT: Final = 0.1
FURTHEST: Final = 2.0
"""standard deviations"""


@dataclass(frozen=True)
class Described:
    """Texts of one kind as rows of numbers."""

    texts: Sequence[str]
    folds: Ints
    """number of the fold of each text; texts of one topic share theirs"""
    counts: Floats
    """standardised; shape (texts, counts)"""
    rows: Any
    """sparse, shape (texts, features): n-grams, then counts"""
    counted: int
    """number of columns of `rows`, from the left, that hold n-grams"""

    @property
    def ngrams(self) -> Any:
        """The masked n-grams alone, shape (texts, n-grams)."""
        return self.rows[:, : self.counted]


@dataclass(frozen=True)
class Stylometry:
    """Fitted on texts of both kinds together; the kinds are unknown to it."""

    kept: frozenset[str]
    characters: Any
    tokens: Any
    mean: Floats
    spread: Floats

    @property
    def counted(self) -> int:
        """How many columns hold n-grams."""
        return len(self.characters.vocabulary_) + len(self.tokens.vocabulary_)

    def rows(self, texts: Sequence[str], counts: Floats | None = None) -> Any:
        """Return a sparse matrix, shape (texts, features).

        Args:
            texts: to describe.
            counts: their `standardised` counts, where they are known already: counting is half of the work.
        """
        from scipy.sparse import csr_matrix, hstack

        counts = self.standardised(texts) if counts is None else counts
        shapes = [masked(text, self.kept) for text in texts]
        parts = [
            self.characters.transform(shapes),
            self.tokens.transform([skeleton(shape) for shape in shapes]) * TOKENS_WEIGHT,
            csr_matrix(counts * COUNTS_WEIGHT),
        ]
        return hstack(parts).tocsr()

    def described(self, texts: Sequence[str], folds: Ints) -> Described:
        """Return texts of one kind as rows of numbers."""
        counts = self.standardised(texts)
        return Described(texts, folds, counts, self.rows(texts, counts), self.counted)

    def standardised(self, texts: Sequence[str]) -> Floats:
        """Return the counts in standard deviations, at most FURTHEST of them, shape (texts, counts)."""
        return self.standardised_profiles(profiles(texts))

    def standardised_profiles(self, counts: Floats) -> Floats:
        """Return the same for counts that are known already."""
        return np.clip((counts - self.mean) / self.spread, -FURTHEST, FURTHEST)


def stylometry(corpora: Sequence[Sequence[str]]) -> Stylometry:
    """Fit to texts: the n-grams that occur in them, and the mean and spread of the counts."""
    kept = formulas(corpora, FORMULA_SHARE)
    texts = [text for corpus in corpora for text in corpus]
    shapes = [masked(text, kept) for text in texts]
    counts = profiles(texts)
    return Stylometry(
        kept,
        _vectorizer(analyzer="char", ngram_range=CHARACTERS).fit(shapes),
        _vectorizer(token_pattern=r"\S+", ngram_range=TOKENS).fit([skeleton(shape) for shape in shapes]),
        counts.mean(axis=0),
        np.maximum(counts.std(axis=0), 1e-3),
    )


def _vectorizer(**settings: Any) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(min_df=FEWEST_TEXTS, sublinear_tf=True, lowercase=False, **settings)
