"""Evidence as a judge searches it: the terms of all texts numbered in one row, and the places of each word."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from harness.text.terms import beginning, denied, terms

APART: Final = 1_000
"""places between two texts: longer than any stretch, so that no stretch spans two texts"""

MOST_PLACES: Final = 200
"""of one word; further ones are ignored, or a text of one repeated word would take minutes"""


@dataclass(frozen=True, slots=True)
class Indexed:
    """The texts that answers are checked against."""

    places: Mapping[str, tuple[int, ...]]
    """word -> its places, rising"""
    beginnings: frozenset[str]
    """first letters of the longer words"""
    has_numbers: bool
    """at least one number is written in digits"""
    denied: tuple[frozenset[str], ...]
    """content words around each negation"""
    origin: Mapping[int, tuple[int, int, int]]
    """place -> number of the text, start, end"""


@lru_cache(maxsize=256)
def indexed(texts: tuple[str, ...]) -> Indexed:
    """Return the index of `texts`; several arms' answers to one example share it."""
    places: dict[str, list[int]] = {}
    origin: dict[int, tuple[int, int, int]] = {}
    negations: list[frozenset[str]] = []
    numbers, place = False, 0
    for number, text in enumerate(texts):
        read = terms(text)
        for word, start, end in zip(read.words, read.starts, read.ends, strict=True):
            places.setdefault(word.key, []).append(place)
            origin[place] = (number, start, end)
            numbers = numbers or word.number
            place += 1
        negations += denied(read.words)
        place += APART
    return Indexed(
        places={key: tuple(at[:MOST_PLACES]) for key, at in places.items()},
        beginnings=frozenset(map(beginning, places)) - {""},
        has_numbers=numbers,
        denied=tuple(negations),
        origin=origin,
    )
