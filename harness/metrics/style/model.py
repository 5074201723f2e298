"""How far from a generic writer, and how near to the reference style, is a text written?

Four measurements, each on its own scale; the smaller of order and range lowers the manner, and the ending caps that:

- manner: which side of the line between generic and reference texts (0 = generic, 1 = reference, on unseen texts);
- order: are the sentences built as in the references, or are these only their words in any order?
- range: are length, rhythm, signs, layout and masked n-grams those of some references, and not those of ordinary
  writing? Third styles are outside it;
- ending: is it written as the references are without its last sentence, too?
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from harness.metrics.style.discriminant import Discriminant, Ints, out_of_fold, separate
from harness.metrics.style.encoder import StyleEncoder
from harness.metrics.style.ending import UNCHANGED, UNMEASURED, Ending, EndingFacts, ending
from harness.metrics.style.ordinary import Ordinary, ordinary
from harness.metrics.style.profile import Floats
from harness.metrics.style.stylometry import Described, Stylometry, stylometry
from harness.metrics.style.text_range import TextRange, text_range
from harness.text.tokens import WITHOUT_SPACES, spaced

FOLDS: Final = 4
QUARTER: Final = 25
"""per cent: three quarters of the unseen reference texts lie above 1, three quarters of the generic ones below 0"""
ROOM: Final = 1.0
"""least way between the ends of a scale that do not differ"""
LEAST: Final = 0.25
"""what is left of the manner's value when order or range is 0"""
OUTSIDE: Final = (0.5 - LEAST) / (1 - LEAST)
"""range below which a text is outside the references': its value is below .5 whatever its manner"""
TAIL: Final = 2
"""per cent of the references that may lie below the full value of order"""
STEEPNESS: Final = 8.0
"""of the curve through (½, ½): .02 at place 0, .98 at place 1. A text beyond an anchor counts as the anchor, and the
order of texts is kept: nothing is cut off"""


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
    """of the references; between 0 and 1"""
    generic_range: Floats
    """of the generic texts; between 0 and 1"""
    ending: Floats
    """the most that the text may get by what it is without its last sentence; between 0 and 1"""

    @property
    def value(self) -> Floats:
        """The style match."""
        return np.minimum(self.manner * (LEAST + (1 - LEAST) * np.minimum(self.order, self.range)), self.ending)

    @property
    def outside(self) -> Floats:
        """1 for texts like neither end, 0 for others.

        They are outside the references' range, and outside that of the generic texts or not on their side of the line.
        """
        unlike_generic = (self.generic_range < OUTSIDE) | (self.place > 0.5)
        return ((self.range < OUTSIDE) & unlike_generic).astype(float)


@dataclass(frozen=True)
class StyleModel:
    """Fitted to references and texts of a generic writer."""

    features: Stylometry
    encoder: StyleEncoder | None
    manner: Discriminant
    manner_scale: Scale
    order: Discriminant
    order_scale: Scale
    near: TextRange
    near_generic: TextRange
    unlike: Ordinary
    separation: float
    """AUROC of reference against generic texts, both unseen in fitting"""
    ending: Ending = UNCHANGED
    ending_facts: EndingFacts = UNMEASURED

    def read(self, texts: Sequence[str]) -> StyleValues:
        """Return the measurements of texts."""
        counts = self.features.standardised(texts)
        rows = self.features.rows(texts, counts)
        ngrams = rows[:, : self.features.counted]
        raw = self.manner(rows if self.encoder is None else self.encoder.rows(texts))
        return StyleValues(
            self.manner_scale.place(raw),
            self.manner_scale.curved(raw),
            self.order_scale.within(self.order(rows)),
            np.minimum(self.near(counts, ngrams), self.unlike(rows)),
            self.near_generic(counts, ngrams),
            self.ending(texts, self.features.rows),
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
        encoder: measures the manner in place of masked n-grams; nothing else changes.
    """
    features = stylometry([references, generic])
    folds, generic_folds = folds_of(topics, generic_topics)
    ours, theirs = features.described(references, folds), features.described(generic, generic_folds)
    manner, manner_scale, separation = _manner(encoder, ours, theirs)
    order, order_scale = _order(ours, features.rows(_disordered(references)))
    ranges = text_range(ours), text_range(theirs), ordinary(ours, features)
    model = StyleModel(features, encoder, manner, manner_scale, order, order_scale, *ranges, separation)
    own, measured = ending(ours, theirs, features, lambda texts: model.read(texts).value)
    return replace(model, ending=own, ending_facts=measured)


def _manner(
    encoder: StyleEncoder | None, references: Described, generic: Described
) -> tuple[Discriminant, Scale, float]:
    """An encoder replaces the features by its own."""
    counted, rows, others = references.counted, references.rows, generic.rows
    if encoder is not None:
        counted, (rows, others) = 0, map(_sparse(encoder), (references.texts, generic.texts))
    unseen, unseen_generic = out_of_fold(rows, others, (references.folds, generic.folds), counted)
    zero, one = np.percentile(unseen_generic, 100 - QUARTER), np.percentile(unseen, QUARTER)
    return separate(rows, others, counted), _upward(float(zero), float(one)), auroc(unseen, unseen_generic)


def _sparse(encoder: StyleEncoder) -> Callable[[Sequence[str]], Any]:
    from scipy.sparse import csr_matrix

    return lambda texts: csr_matrix(encoder.rows(texts))


def _order(references: Described, disordered: Any) -> tuple[Discriminant, Scale]:
    rows, folds = references.rows, references.folds
    in_order, out_of_order = out_of_fold(rows, disordered, (folds, folds), references.counted)
    zero, one = np.median(out_of_order), np.percentile(in_order, TAIL)
    return separate(rows, disordered, references.counted), _upward(float(zero), float(one))


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
