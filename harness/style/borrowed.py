"""How does a generic text read once it ends in a sentence of the house? What the scale cannot see, measured.

"Is there anything else I can help with?" makes many a plain answer look like the house: there are houses whose own
texts are plain sentences with such an ending, and no line tells the two apart. Nothing is marked down for it; it is
told.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from harness.metrics.sentences import sentences
from harness.style.profile import Floats

FEWEST: Final = 10
"""house texts of several sentences: with fewer there are no endings to borrow"""
MOST: Final = 200
"""generic texts that are read"""


def closed(generic: Sequence[str], house: Sequence[str]) -> list[str]:
    """Return generic texts, each with the last sentence of some house text of several; [] where the house has few."""
    parts = (sentences(text) for text in house)
    endings = [one[-1] for one in parts if len(one) > 1]
    if len(endings) < FEWEST:
        return []
    drawn = np.random.default_rng(0).integers(len(endings), size=len(generic))
    return [f"{text} {endings[number]}" for text, number in zip(generic, drawn, strict=True)]


def borrowed(read: Callable[[Sequence[str]], Floats], generic: Sequence[str], house: Sequence[str]) -> float | None:
    """Return the mean reading of generic texts with borrowed endings; None where there is nothing to borrow."""
    texts = closed(generic[:MOST], house)
    return float(read(texts).mean()) if texts else None
