"""Content leakage: how much does the style value of a text change when only its topic changes?"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np

from harness.metrics.style.masking import MANNER, PIECE, plain
from harness.metrics.style.profile import Floats
from harness.text.sentences import sentences

MOST_TEXTS: Final = 200
"""of one kind that are measured"""
FEWEST: Final = 10
"""references of several sentences: with fewer there are no endings to borrow"""
COMMON: Final = 0.1
"""share of the texts from which on a word does not count as a topic: every text writes about it"""


def leakage(read: Callable[[Sequence[str]], Floats], texts: Sequence[str], sources: Sequence[str]) -> float:
    """Return the mean change, on the scale from 0 to 1, when each text is given the topic words of another.

    Topic words are those that a text shares with its source and with few other texts; all other words stay.
    """
    chosen = texts[:MOST_TEXTS]
    return float(np.abs(read(swapped(chosen, sources[:MOST_TEXTS])) - read(chosen)).mean())


def swapped(texts: Sequence[str], sources: Sequence[str]) -> list[str]:
    """Return the texts with their topic words replaced by those of the next text that has any, casing kept."""
    topics = _topics(texts, sources)
    changed = []
    for row, (text, own) in enumerate(zip(texts, topics, strict=True)):
        others = (topics[(row + step) % len(topics)] for step in range(1, len(topics)))
        donor = next((other for other in others if other), own)
        replacement = {word: donor[number % len(donor)] for number, word in enumerate(own)}
        changed.append(PIECE.sub(partial(_replaced, replacement), plain(text)))
    return changed


def _topics(texts: Sequence[str], sources: Sequence[str]) -> list[tuple[str, ...]]:
    """The topic words of each text, distinct and in order."""
    words = [_words(text) for text in texts]
    common = Counter(word for own in words for word in own)
    most = max(1, COMMON * len(texts))
    return [
        tuple(word for word in own if word in source and common[word] <= most)
        for own, source in zip(words, map(_words, sources), strict=True)
    ]


def _words(text: str) -> dict[str, None]:
    """Distinct content words, in order, in lower case."""
    written = dict.fromkeys(match.group().casefold() for match in PIECE.finditer(plain(text)))
    return {word: None for word in written if word[0].isalpha() and word not in MANNER}


def _replaced(replacement: Mapping[str, str], match: re.Match[str]) -> str:
    """The word that replaces this one, in its casing."""
    written = match.group()
    other = replacement.get(written.casefold())
    if other is None:
        return written
    if written.isupper() and len(written) > 1:
        return other.upper()
    return other.capitalize() if written[0].isupper() else other


def closed(generic: Sequence[str], references: Sequence[str]) -> list[str]:
    """Return generic texts, each with the last sentence of some reference of several; [] where few have several."""
    parts = (sentences(text) for text in references)
    endings = [part[-1] for part in parts if len(part) > 1]
    if len(endings) < FEWEST:
        return []
    drawn = np.random.default_rng(0).integers(len(endings), size=len(generic))
    return [f"{text} {endings[number]}" for text, number in zip(generic, drawn, strict=True)]
