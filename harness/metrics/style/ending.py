"""Does a text keep the reference style without its last sentence? A closing formula is easily borrowed.

A text gets no more than its cap, which depends on what it is without its last sentence: a further line, between
references without theirs and generic texts. How strict it is follows from unseen texts: no stricter than it takes to
bring the mean cap of generic ones down to BORROWED, and never so strict that references lose more than MOST_LOST.
Texts of one sentence have no ending to borrow and no cap.

The value of the manner without the last sentence is no cap: most short references read as generic without theirs
(docs/VALIDITY.md), since the line of the manner was fitted to whole texts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from harness.metrics.style.content import closed
from harness.metrics.style.discriminant import Discriminant, out_of_fold, separate
from harness.metrics.style.profile import Floats
from harness.metrics.style.stylometry import Described, Stylometry
from harness.text.sentences import bounds
from harness.text.tokens import LONGEST_ANSWER

BORROWED: Final = 0.17
"""mean cap aimed at for unseen generic texts with a borrowed ending; those of other sources get up to .13 more"""
MOST_LOST: Final = 1 / 3
"""of the value of references of several sentences, on average: where they are generic but for their endings, no line
tells them from generic texts, and the cap costs both alike"""
FLOOR: Final = 0.05
"""cap of a text that is generic but for its ending"""
STEEPNESS: Final = 16.0
"""of the curve over the way between the middles of both kinds: nearly a step, which costs references least"""
PLACES: Final = 400
"""strictnesses that are tried"""


@dataclass(frozen=True)
class Ending:
    """The most that a text may get."""

    line: Discriminant | None
    """None where there is no ending to borrow"""
    middle: float = 0.0
    """log-odds at which the cap is about a half"""
    width: float = 1.0
    """log-odds between the middles of both kinds"""

    def __call__(self, texts: Sequence[str], rows: Callable[[Sequence[str]], Any]) -> Floats:
        """Return caps between FLOOR and 1, shape (texts,); `rows` describes texts."""
        caps = np.ones(len(texts))
        bodies = {number: short for number, text in enumerate(texts) if (short := without_ending(text))}
        if self.line is not None and bodies:
            caps[list(bodies)] = self.caps(self.line(rows(list(bodies.values()))))
        return caps

    def caps(self, odds: Floats) -> Floats:
        """Return the caps of texts that have these log-odds without their last sentence."""
        bounded = np.clip((odds - self.middle) / self.width, -5, 5)
        return FLOOR + (1 - FLOOR) / (1 + np.exp(-STEEPNESS * bounded))


UNCHANGED: Final = Ending(None)


@dataclass(frozen=True)
class EndingFacts:
    """What a borrowed ending, and the cap against it, do to values."""

    borrowed: float | None = None
    """mean value of unseen generic texts with the last sentence of a reference; None: too few have several"""
    lost: float = 0.0
    """most that unseen references lose by it on average"""


UNMEASURED: Final = EndingFacts()


def without_ending(text: str) -> str:
    """Return a text without its last sentence, with its own layout; "" for one of a single sentence.

    Of a text longer than LONGEST_ANSWER the beginning, without the last sentence there.
    """
    text = text[:LONGEST_ANSWER]
    starts = [start for start, end in bounds(text) if any(map(str.isalnum, text[start:end]))]
    return text[: starts[-1]].rstrip() if len(starts) > 1 else ""


def ending(
    references: Described, generic: Described, features: Stylometry, read: Callable[[Sequence[str]], Floats]
) -> tuple[Ending, EndingFacts]:
    """Fit the cap, and measure what it does to texts that were not fitted.

    Args:
        references: texts in the style that is measured.
        generic: texts of the generic writer.
        features: describe texts without their last sentence.
        read: values of texts without this cap.
    """
    ended = closed(generic.texts, references.texts)
    if not ended:
        return UNCHANGED, UNMEASURED
    bodies = [without_ending(text) for text in references.texts]
    rows = features.rows([body or text for body, text in zip(bodies, references.texts, strict=True)])
    folds = (references.folds, generic.folds)
    of_references, of_generic = out_of_fold(rows, generic.rows, folds, references.counted)
    several = of_references[[bool(body) for body in bodies]]
    fitted = _strict(separate(rows, generic.rows, references.counted), several, of_generic)
    borrowed = np.minimum(read(ended), fitted.caps(of_generic)).mean()
    return fitted, EndingFacts(float(borrowed), float((1 - fitted.caps(several)).sum() / len(bodies)))


def _strict(line: Discriminant, several: Floats, generic: Floats) -> Ending:
    """As lax as the aim allows; as strict as the references allow.

    Values without the cap do not enter: those of fitted generic texts are lower than those of unseen ones.
    """
    width = max(float(np.median(several) - np.median(generic)), 1e-3)
    middles = np.linspace(generic.min() - width, several.max() + width, PLACES)
    tried = [Ending(line, float(middle), width) for middle in middles]
    allowed = [one for one in tried if one.caps(several).mean() >= 1 - MOST_LOST] or tried[:1]
    return next((one for one in allowed if one.caps(generic).mean() <= BORROWED), allowed[-1])
