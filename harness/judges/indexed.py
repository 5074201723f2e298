"""Evidence as a judge searches it: every term of every text in one row, and where each word stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from harness.text.terms import beginning, denied, terms

APART: Final = 1_000
"""places between two texts: longer than any stretch, so what stands in different texts never stands side by side"""

MOST_PLACES: Final = 200
"""of one word; further ones are passed over, or a text of one word repeated would take minutes"""


@dataclass(frozen=True, slots=True)
class Indexed:
    """The texts that answers are held against."""

    places: Mapping[str, tuple[int, ...]]
    """word -> its places, rising"""
    beginnings: frozenset[str]
    """first letters of the longer words"""
    has_numbers: bool
    """some number is written in digits"""
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
        found = terms(text)
        for one, start, end in zip(found.words, found.starts, found.ends, strict=True):
            places.setdefault(one.key, []).append(place)
            origin[place] = (number, start, end)
            numbers = numbers or one.number
            place += 1
        negations += denied(found.words)
        place += APART
    return Indexed(
        places={key: tuple(at[:MOST_PLACES]) for key, at in places.items()},
        beginnings=frozenset(map(beginning, places)) - {""},
        has_numbers=numbers,
        denied=tuple(negations),
        origin=origin,
    )
