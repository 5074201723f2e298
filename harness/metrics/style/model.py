"""How far from a generic writer, and how near to the house, is a text written?

Three readings, each on its own scale, and the least of the last two takes from the first:

- manner: which side of the line between generic and house texts (0 = generic, 1 = house, on texts not fitted);
- order: is it written in the house's sentences, or are these the house's words in any order?
- range: do length, rhythm, signs and layout lie where the house's own texts lie? Third styles do not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from harness.metrics.style.discriminant import Discriminant, Ints, out_of_fold, separate
from harness.metrics.style.encoder import StyleEncoder
from harness.metrics.style.neighbours import Neighbours, neighbours
from harness.metrics.style.profile import Floats
from harness.metrics.style.scale import Scale
from harness.metrics.style.stylometry import Stylometry, stylometry
from harness.text.tokens import WITHOUT_SPACES, spaced

FOLDS: Final = 4
QUARTER: Final = 25
"""per cent: three quarters of the unseen house texts lie above 1, three quarters of the generic ones below 0"""
ROOM: Final = 1.0
SLOPE: Final = 0.3
"""The range ends so far beyond the outskirts: in standard deviations at least, and as a share of the way from the
middle to them."""
LEAST: Final = 0.25
"""what is left of a house's manner without its order or out of its range"""
TAIL: Final = 2
"""per cent of the house's own texts that may lie below what counts as wholly in order and in range"""


@dataclass(frozen=True)
class Reading:
    """What was read of texts; each of shape (texts,)."""

    place: Floats
    """of the manner on the line through the anchors: unbounded, 0 generic, 1 house"""
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


@dataclass(frozen=True)
class StyleModel:
    """Fitted to one house and one generic writer."""

    features: Stylometry
    encoder: StyleEncoder | None
    manner: Discriminant
    manner_scale: Scale
    order: Discriminant
    order_scale: Scale
    near: Neighbours
    near_scale: Scale
    separation: float
    """AUROC of house against generic texts, both unseen in fitting"""

    def read(self, texts: Sequence[str]) -> Reading:
        """Return the readings of texts."""
        counts = self.features.standardised(texts)
        rows = self.features.rows(texts, counts)
        raw = self.manner(rows if self.encoder is None else self.encoder.rows(texts))
        return Reading(
            self.manner_scale.place(raw),
            self.manner_scale.curved(raw),
            self.order_scale.within(self.order(rows)),
            self.near_scale.within(self.near(counts)),
        )


def fit(
    house: Sequence[str],
    generic: Sequence[str],
    topics: Sequence[str],
    generic_topics: Sequence[str],
    encoder: StyleEncoder | None = None,
) -> StyleModel:
    """Fit the model; anchors are read from texts whose topics the fitted line has not seen.

    Args:
        house: texts of the house.
        generic: texts of the generic writer.
        topics: what each house text is about; a fold holds all texts of a topic.
        generic_topics: the same for the generic texts.
        encoder: reads the manner in place of masked n-grams; order and range are read as ever.
    """
    features = stylometry([house, generic])
    folds = folds_of(topics, generic_topics)
    counts = features.standardised(house)
    rows = features.rows(house, counts)
    manner, manner_scale, separation = _manner(features, encoder, (house, generic), rows, folds)
    order, order_scale = _order(rows, features.rows(_disordered(house)), folds[0], features.counted)
    near = neighbours(counts)
    near_scale = _outskirts(near.leaving_out(counts, folds[0]))
    return StyleModel(features, encoder, manner, manner_scale, order, order_scale, near, near_scale, separation)


def _manner(
    features: Stylometry,
    encoder: StyleEncoder | None,
    corpora: Sequence[Sequence[str]],
    house: Any,
    folds: Sequence[Ints],
) -> tuple[Discriminant, Scale, float]:
    """`house`: the features' rows of the first corpus, which an encoder replaces by its own."""
    if encoder is None:
        counted, rows, others = features.counted, house, features.rows(corpora[1])
    else:
        counted, (rows, others) = 0, map(_sparse(encoder), corpora)
    of_house, of_generic = out_of_fold(rows, others, folds, counted)
    zero, one = np.percentile(of_generic, 100 - QUARTER), np.percentile(of_house, QUARTER)
    return separate(rows, others, counted), _upward(float(zero), float(one)), auroc(of_house, of_generic)


def _sparse(encoder: StyleEncoder) -> Callable[[Sequence[str]], Any]:
    from scipy.sparse import csr_matrix

    return lambda texts: csr_matrix(encoder.rows(texts))


def _order(rows: Any, disordered: Any, folds: Ints, counted: int) -> tuple[Discriminant, Scale]:
    in_order, out_of_order = out_of_fold(rows, disordered, (folds, folds), counted)
    zero, one = np.median(out_of_order), np.percentile(in_order, TAIL)
    return separate(rows, disordered, counted), _upward(float(zero), float(one))


def _upward(zero: float, one: float) -> Scale:
    """Where nothing tells the ends apart (texts of one word have no order), what the house writes is 1."""
    return Scale(zero, one) if one > zero else Scale(one - ROOM, one)


def folds_of(*topics: Sequence[str]) -> tuple[Ints, ...]:
    """Return the fold of each text; texts of one topic share it, and folds hold about equally many topics."""
    names = sorted({topic for corpus in topics for topic in corpus})
    order = np.random.default_rng(0).permutation(len(names))
    fold = {name: int(order[place]) % FOLDS for place, name in enumerate(names)}
    return tuple(np.array([fold[topic] for topic in corpus]) for corpus in topics)


def auroc(higher: Floats, lower: Floats) -> float:
    """Return how often one of `higher` lies above one of `lower`; ties count half."""
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([higher, lower]))[: len(higher)]
    return float((ranks.sum() - len(higher) * (len(higher) + 1) / 2) / (len(higher) * len(lower)))


def _disordered(texts: Sequence[str]) -> list[str]:
    """The same words in any order; texts without spaces by character."""
    generator = np.random.default_rng(0)
    found = []
    for text in texts:
        parts = spaced(text).split()
        between = "" if WITHOUT_SPACES.search(text) else " "
        found.append(between.join(parts[place] for place in generator.permutation(len(parts))))
    return found


def _outskirts(distances: Floats) -> Scale:
    """1 up to the house's own outskirts; 0 some way beyond them."""
    middle, edge = np.median(distances), np.percentile(distances, 100 - TAIL)
    return Scale(-float(edge + max(ROOM, SLOPE * (edge - middle))), -float(edge))
