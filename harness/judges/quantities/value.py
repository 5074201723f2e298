"""Values of a text: what a quantity is, and when two are the same or could stand for each other."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Final, NamedTuple

from harness.text.tokens import folded

SPACE: Final = "[ \u00a0\u202f\u2009]"
WORD: Final = re.compile(rf"{SPACE}?-?([^\W\d_]{{1,60}}(?:['’][^\W\d_]{{1,60}})?)\.?")
CLOSE: Final = 1e-6
UNITED: Final = frozenset({"money", "percent", "measure"})
"""kinds of values that have a unit"""
CALENDAR: Final = "duration-month"
"""months and what is counted in them: no fixed number of days"""
SHARED: Final = ("money", "percent")
"""kinds whose unit need not be repeated"""
Value = tuple[float | None, ...]


@lru_cache(maxsize=100_000)
def plain(written: str) -> str:
    """Return a word folded; texts have the same ones again and again."""
    return folded(written)


class ValueReading(NamedTuple):
    """One meaning of a spelling."""

    kind: str
    """number, percent, money, measure, date, time, decade, century"""
    unit: str
    """currency or dimension; "" for none"""
    value: Value
    """the number in the base of its dimension; (year, month, day) or (century, year in it) of a decade, with None for
    what is not said; minutes of the day"""


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A value in a text."""

    readings: tuple[ValueReading, ...]
    """at least one"""
    start: int
    """offset of its first character"""
    end: int
    """offset after its last character, unit included"""
    nouns: frozenset[str] = frozenset()
    """keys of the words around a bare number: what is counted ("12 rooms") or numbered ("room 12")"""
    figures: str = ""
    """the number as it is written, without its unit"""
    factor: float = 0.0
    """how much its unit is of the base of its dimension; 0 without one"""
    counts: bool = False
    """a word that may be what a bare number counts stands behind it"""
    is_part: bool = False
    """it is a share of something: "a fifth", which may be said as 20 % but stands in no percentage's place"""

    @property
    def kinds(self) -> frozenset[tuple[str, str]]:
        """Kinds and units of its readings."""
        return frozenset((reading.kind, reading.unit) for reading in self.readings)


def equal(one: StatedValue, other: StatedValue) -> bool:
    """Return whether some reading of both is the same value, or one leaves out its unit: "21 degrees, 27 inland"."""
    return (
        _leaves_out(one, other)
        or _leaves_out(other, one)
        or any(
            (mine.kind, mine.unit) == (its.kind, its.unit) and _same(mine.value, its.value)
            for mine, its in product(one.readings, other.readings)
        )
    )


def _leaves_out(one: StatedValue, other: StatedValue) -> bool:
    """Return whether a bare number that counts nothing has the figures of a value with a unit."""
    if one.counts or not one.figures or one.figures.casefold() != other.figures.casefold():
        return False
    kinds = {kind for kind, _ in other.kinds}
    return {kind for kind, _ in one.kinds} <= {"number", "time"} and bool(kinds) and kinds <= UNITED


def comparable(one: StatedValue, other: StatedValue) -> bool:
    """Return whether the two can be values of the same thing: of one kind and dimension, with a noun in common.

    The same figures with another unit are.
    """
    if equal(one, other) or has_other_unit(one, other):
        return True
    if one.nouns and other.nouns and not one.nouns & other.nouns:
        return False
    return bool(_compared_by(one) & _compared_by(other))


def has_other_unit(one: StatedValue, other: StatedValue) -> bool:
    """Return whether both are written with the same figures and mean different values, by their units."""
    bare = any(kind in ("number", "date") for kind, _ in one.kinds | other.kinds)
    return bool(one.figures) and one.figures == other.figures and not bare and not equal(one, other)


def inheriting(one: StatedValue, other: StatedValue) -> StatedValue:
    """Return a bare number with what another one counts: "12 crowns for adults and 7 for children"."""
    if {kind for kind, _ in one.kinds} != {"number"}:
        return one
    paid = [
        ValueReading(own.kind, own.unit, reading.value)
        for reading in one.readings
        for own in other.readings
        if own.kind in SHARED
    ]
    return replace(one, readings=(*one.readings, *paid), nouns=one.nouns or other.nouns)


def _compared_by(one: StatedValue) -> frozenset[tuple[str, str]]:
    """Return what rivals share: a part competes with parts, lengths of time from months on with those of their unit."""
    if one.is_part:
        return frozenset({("part", "")})
    return frozenset(
        (kind, "" if kind == "money" else f"{unit} {one.factor}" if unit == CALENDAR else unit)
        for kind, unit in one.kinds
    )


def _same(one: Value, other: Value) -> bool:
    return all(
        mine is None or its is None or abs(mine - its) <= CLOSE * max(1.0, abs(mine))
        for mine, its in zip(one, other, strict=True)
    )
