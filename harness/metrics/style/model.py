"""How far from a generic writer, and how near to the reference style, is a text written?

Three measurements, each on its own scale; the smaller of the last two lowers the first:

- manner: which side of the line between generic and reference texts (0 = generic, 1 = reference, on unseen texts);
- order: are the sentences built as in the references, or are these only their words in any order?
- range: are length, rhythm, signs and layout within the range of the references? Third styles are outside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from harness.metrics.style.discriminant import Discriminant, Ints, out_of_fold, separate
from harness.metrics.style.encoder import StyleEncoder
from harness.metrics.style.profile import Floats
from harness.metrics.style.stylometry import Stylometry, stylometry
from harness.text.tokens import WITHOUT_SPACES, spaced

FOLDS: Final = 4
QUARTER: Final = 25
"""per cent: three quarters of the unseen reference texts lie above 1, three quarters of the generic ones below 0"""
ROOM: Final = 1.0
SLOPE: Final = 0.3
"""The range ends so far beyond the edge of the references: at least ROOM standard deviations, or SLOPE times the way
from their middle to the edge."""
LEAST: Final = 0.25
"""what is left of the manner's value when order or range is 0"""
TAIL: Final = 2
"""per cent of the references that may lie below the full value of order and range"""
STEEPNESS: Final = 8.0
"""of the curve through (½, ½): .02 at place 0, .98 at place 1. A text beyond an anchor counts as the anchor, and the
order of texts is kept: nothing is cut off"""
NEAREST: Final = 5
"""known texts whose distance from a text counts"""


@dataclass(frozen=True)
class Scale:
    """From a raw score to a scale on which 0 is one kind of text and 1 the other."""

    zero: float
    """raw score that is 0"""
    one: float
    """raw score that is 1"""

    def place(self, raw: Floats) -> Floats:
        """Return places on the line: 0 and 1 at the anchors, unbounded."""
        return (raw - self.zero) / (self.one - self.zero)

    def within(self, raw: Floats) -> Floats:
        """Return places clipped to 0 to 1."""
        return np.clip(self.place(raw), 0, 1)

    def curved(self, raw: Floats) -> Floats:
        """Return values between 0 and 1 that keep their order beyond the anchors."""
        return 1 / (1 + np.exp(-STEEPNESS * (np.clip(self.place(raw), -4, 5) - 0.5)))


@dataclass(frozen=True)
class StyleValues:
    """Measurements of texts; each of shape (texts,)."""

    place: Floats
    """of the manner on the line through the anchors: unbounded, 0 generic, 1 reference"""
    manner: Floats
    """the same between 0 and 1"""
    order: Floats
    """between 0 and 1"""
    range: Floats
    """between 0 and 1"""

    @property
    def value(self) -> Floats:
        """The style match."""
        return self.manner * (LEAST + (1 - LEAST) * np.minimum(self.order, self.range))


class Neighbours:
    """Known texts as rows of numbers, shape (texts, counts)."""

    def __init__(self, known: Floats) -> None:
        from sklearn.neighbors import NearestNeighbors

        self._index = NearestNeighbors(n_neighbors=min(NEAREST, len(known))).fit(known)

    def distances(self, rows: Floats) -> Floats:
        """Return the mean distance of each row to the nearest known rows, shape (rows,)."""
        distances: Floats = self._index.kneighbors(rows)[0].mean(axis=1)
        return distances


@dataclass(frozen=True)
class StyleModel:
    """Fitted to references and texts of a generic writer."""

    features: Stylometry
    encoder: StyleEncoder | None
    manner: Discriminant
    manner_scale: Scale
    order: Discriminant
    order_scale: Scale
    near: Neighbours
    near_scale: Scale
    separation: float
    """AUROC of reference against generic texts, both unseen in fitting"""

    def read(self, texts: Sequence[str]) -> StyleValues:
        """Return the measurements of texts."""
        counts = self.features.standardised(texts)
        rows = self.features.rows(texts, counts)
        raw = self.manner(rows if self.encoder is None else self.encoder.rows(texts))
        return StyleValues(
            self.manner_scale.place(raw),
            self.manner_scale.curved(raw),
            self.order_scale.within(self.order(rows)),
            self.near_scale.within(-self.near.distances(counts)),
        )


def fit(
    references: Sequence[str],
    generic: Sequence[str],
    topics: Sequence[str],
    generic_topics: Sequence[str],
    encoder: StyleEncoder | None = None,
) -> StyleModel:
    """Fit the model; the ends of each scale come from texts whose topics the fitted line has not seen.

    Args:
        references: texts in the style to be measured.
        generic: texts of the generic writer.
        topics: what each reference is about; a fold holds all texts of a topic.
        generic_topics: the same for the generic texts.
        encoder: measures the manner in place of masked n-grams; order and range do not change.
    """
    features = stylometry([references, generic])
    folds = folds_of(topics, generic_topics)
    counts = features.standardised(references)
    rows = features.rows(references, counts)
    manner, manner_scale, separation = _manner(features, encoder, (references, generic), rows, folds)
    order, order_scale = _order(rows, features.rows(_disordered(references)), folds[0], features.counted)
    near, near_scale = Neighbours(counts), _range(_unseen_distances(counts, folds[0]))
    return StyleModel(features, encoder, manner, manner_scale, order, order_scale, near, near_scale, separation)


def _manner(
    features: Stylometry,
    encoder: StyleEncoder | None,
    corpora: Sequence[Sequence[str]],
    reference_rows: Any,
    folds: Sequence[Ints],
) -> tuple[Discriminant, Scale, float]:
    """`reference_rows`: the features of the first corpus, which an encoder replaces by its own."""
    if encoder is None:
        counted, rows, others = features.counted, reference_rows, features.rows(corpora[1])
    else:
        counted, (rows, others) = 0, map(_sparse(encoder), corpora)
    unseen, unseen_generic = out_of_fold(rows, others, folds, counted)
    zero, one = np.percentile(unseen_generic, 100 - QUARTER), np.percentile(unseen, QUARTER)
    return separate(rows, others, counted), _upward(float(zero), float(one)), auroc(unseen, unseen_generic)


def _sparse(encoder: StyleEncoder) -> Callable[[Sequence[str]], Any]:
    from scipy.sparse import csr_matrix

    return lambda texts: csr_matrix(encoder.rows(texts))


def _order(rows: Any, disordered: Any, folds: Ints, counted: int) -> tuple[Discriminant, Scale]:
    in_order, out_of_order = out_of_fold(rows, disordered, (folds, folds), counted)
    zero, one = np.median(out_of_order), np.percentile(in_order, TAIL)
    return separate(rows, disordered, counted), _upward(float(zero), float(one))


def _upward(zero: float, one: float) -> Scale:
    """Where the ends do not differ (texts of one word have no order), the references are 1."""
    return Scale(zero, one) if one > zero else Scale(one - ROOM, one)


def folds_of(*topics: Sequence[str]) -> tuple[Ints, ...]:
    """Return the fold of each text; texts of one topic share it, and folds hold about equally many topics."""
    names = sorted({topic for corpus in topics for topic in corpus})
    order = np.random.default_rng(0).permutation(len(names))
    fold = {name: int(order[number]) % FOLDS for number, name in enumerate(names)}
    return tuple(np.array([fold[topic] for topic in corpus]) for corpus in topics)


def auroc(higher: Floats, lower: Floats) -> float:
    """Return how often one of `higher` lies above one of `lower`; ties count half."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(np.repeat([1, 0], [len(higher), len(lower)]), np.concatenate([higher, lower])))


def _disordered(texts: Sequence[str]) -> list[str]:
    """The same words in any order; texts without spaces by character."""
    generator = np.random.default_rng(0)
    shuffled = []
    for text in texts:
        parts = spaced(text).split()
        between = "" if WITHOUT_SPACES.search(text) else " "
        shuffled.append(between.join(parts[number] for number in generator.permutation(len(parts))))
    return shuffled


def _unseen_distances(rows: Floats, folds: Ints) -> Floats:
    """The distance of each row to those of other folds."""
    distances = np.empty(len(rows))
    for fold in np.unique(folds):
        distances[folds == fold] = Neighbours(rows[folds != fold]).distances(rows[folds == fold])
    return distances


def _range(distances: Floats) -> Scale:
    """1 up to the edge of the references; 0 some way beyond it."""
    middle, edge = np.median(distances), np.percentile(distances, 100 - TAIL)
    return Scale(-float(edge + max(ROOM, SLOPE * (edge - middle))), -float(edge))
