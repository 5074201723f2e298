"""Quantities of a text as values: numbers, parts, percentages, money, measures, dates and times, with their places.

"36, 000", "36,000" and "36 thousand" are one value, as are "15:00" and "3 pm", "2024-03-05" and "5 March 2024",
"1.5 km" and "1,500 metres", "a quarter" and "25 %", "two years" and "24 months", "12" and "a dozen". Where a spelling
has several readings ("1.234", "03/04/2024", "15 h", "half past three") all are kept: two quantities are equal if any of
their readings are. Words of English, German, French, Spanish, Russian and Chinese are known.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache, partial
from typing import Final

from harness.judges.quantities import eras, parts
from harness.judges.quantities.added_parts import PartOfWhole, added_part
from harness.judges.quantities.amounts import nouns, number, of_one_word, part
from harness.judges.quantities.chinese import BEGINNINGS, chinese_number, chinese_value
from harness.judges.quantities.clock import chinese_time, hour, or_time, spoken_time, time, time_beginnings
from harness.judges.quantities.dates import date, month_and_day, spoken_date
from harness.judges.quantities.figures import figures, letter_scale, scaled, unit_after
from harness.judges.quantities.number_words import compound, first_words
from harness.judges.quantities.spoken import one_of_scale, rank, spoken
from harness.judges.quantities.units import Unit, months, units
from harness.judges.quantities.value import StatedValue, ValueReading
from harness.text.language_files import language_file, words_of
from harness.text.tokens import folded

SCAN: Final = re.compile(
    rf"\d|[¼-¾⅐-⅞]|中午|午夜|正午|[{BEGINNINGS}半]|[^\W\d_{BEGINNINGS}半中午正]+|[中午正]|[$€£¥₽₹％]"
)
ONE: Final = words_of("one")
_VERSION: Final = re.compile(r"\d{1,3}\.\d{1,2}\.\d{1,3}(?!\d)")
"""of a program; a date has its year last, in two or four figures"""
HALF_SIGN: Final = "半"
LEAST_RANK: Final = 2
"""the first is said of too much"""
A_PART: Final = re.compile(r"(?<!\w)(?:an?|one)\s\Z", re.IGNORECASE)
GLUED: Final = re.compile(r"[A-Za-z]")
"""behind figures that are part of a name: 3d"""
COINS: Final = range(100)
HOUR: Final = 3600.0
MINUTES: Final = re.compile(r"([0-5]?\d)\s?m\.?")
"""behind hours: 2h 30m"""
END: Final = re.compile(r"\s?(?:[.,;:!?)]|$)")
JOINTS: Final = ("", ",", "and", "und", "et", "y", "и")
Reader = Callable[[str, int, int], StatedValue | None]


@lru_cache(maxsize=1024)
def quantities(text: str) -> tuple[StatedValue, ...]:
    """Return the quantities of a text in order; none overlaps another."""
    found: list[StatedValue] = []
    position = 0
    for match in SCAN.finditer(text):
        at = match.start()
        if at < position:
            continue
        if match.group().isdecimal():
            quantity = _at_digit(text, at)
        else:
            begun = (read(text, at, match.end()) for read in _beginnings(match.group()))
            quantity = next((own for own in begun if own is not None), None)
        if quantity is not None:
            found.append(quantity if quantity.start >= position else replace(quantity, start=position))
            position = quantity.end
    return tuple(_joined(text, found))


def _at_digit(text: str, at: int) -> StatedValue | None:
    """Return the quantity that begins with a digit; None inside of a name such as A12."""
    if at and ((text[at - 1].isalnum() and text[at - 1].isascii()) or text[at - 1] == "_"):
        return None
    if _VERSION.match(text, at):
        return None
    for read in (eras.decade_in_digits, eras.century, date, spoken_time, time, _part_in_digits):
        if (found := read(text, at)) is not None:
            return found
    known = or_time(text, at, number(text, at))
    return None if GLUED.match(text, known.end) and text[known.end - 1].isdecimal() else known


def _part_in_digits(text: str, at: int, _: int = 0) -> StatedValue | None:
    known = parts.part_in_digits(text, at)
    return part(text, at, known) if known else None


@lru_cache(maxsize=100_000)
def _beginnings(written: str) -> tuple[Reader, ...]:
    """Return what reads the quantities that may begin with a word; nothing for nearly every word."""
    plain = folded(written)
    if written[0] in BEGINNINGS or written == HALF_SIGN:
        return (_chinese,)
    if parts.SIGN.match(written):
        return (_part_in_digits,)
    return tuple(_of_word(written, plain))


def _of_word(written: str, plain: str) -> Iterator[Reader]:
    if plain in months():
        yield partial(month_and_day, month=months()[plain])
    if plain in _hours():
        yield partial(hour, minutes=60.0 * _hours()[plain])
    if plain in language_file("quantities")["decades"]["years"]:
        yield eras.decade_behind
    if plain == "siglo":
        yield eras.century_behind
    if eras.ROMAN.fullmatch(written):
        yield lambda text, at, _: eras.century(text, at) or eras.roman(text, at)
    if plain in eras.decade_words():
        yield eras.decade_in_words
    unit = units().get(plain)
    if unit is not None and unit[0].kind == "money":
        yield partial(_prefixed, meanings=unit)
    yield from _of_number_word(plain)


def _of_number_word(plain: str) -> Iterator[Reader]:
    begins = plain in first_words("cardinals") or compound(plain) is not None
    if begins or plain in _times():
        yield lambda text, at, _: spoken_time(text, at)
    if plain in first_words("ranks"):
        yield _of_rank
    if begins or plain in parts.part_beginnings() or parts.mixed(plain) is not None:
        yield _part_in_words
    if parts.joined_part(plain) is not None:
        yield _of_one_word
    if plain in ONE:
        yield _one
    if begins or plain in language_file("quantities")["beginning_scales"]:
        yield _in_words


def _part_in_words(text: str, at: int, _: int) -> StatedValue | None:
    known = parts.part_in_words(text, at)
    return part(text, at, known) if known else None


def _of_one_word(text: str, at: int, end: int) -> StatedValue | None:
    known = parts.joined_part(folded(text[at:end]))
    return of_one_word(text, at, end, known) if known else None


def _of_rank(text: str, at: int, end: int) -> StatedValue | None:
    """Return a date, a century or a place in a row: "the twenty-first of June", "third"."""
    if (found := spoken_date(text, at) or eras.century(text, at)) is not None:
        return found
    place = rank(text, at)
    if place is None or spoken(text, at) is not None:
        return None
    if place.value < LEAST_RANK and not _is_ruler(text, at):
        return None
    if folded(text[at:end]) in units():
        return None
    values = [ValueReading("number", "", (place.value,))]
    if A_PART.search(text[max(at - 4, 0) : at]):  # a third took the bus, a third bus came
        values += [ValueReading("number", "", (1 / place.value,)), ValueReading("percent", "", (100 / place.value,))]
    return StatedValue(tuple(values), at, place.end, nouns(text, at, place.end))


def _is_ruler(text: str, at: int) -> bool:
    """Return whether a place in a row belongs to a name: Henry the Second."""
    return text[at : at + 1].isupper() and text[max(at - 4, 0) : at].casefold() == "the "


def _prefixed(text: str, at: int, end: int, meanings: tuple[Unit, ...]) -> StatedValue | None:
    """Return an amount whose currency stands before it: "EUR 5"."""
    place = end + (text[end : end + 1] in (" ", "\u00a0", "."))
    if not text[place : place + 1].isdigit():
        return None
    values, figures_end = figures(text, place)
    letter, figures_end = letter_scale(text, figures_end, True)
    values, figures_end = scaled(text, [value * letter for value in values], figures_end)
    return StatedValue(
        tuple(ValueReading("money", own.name, (value,)) for own in meanings for value in values), at, figures_end
    )


def _in_words(text: str, at: int, _: int) -> StatedValue | None:
    """Return a number in words, the longest that is known."""
    if (decade := eras.spoken_decade(text, at)) is not None:
        return decade
    found = spoken(text, at)
    if found is None:
        return None
    return or_time(text, at, number(text, at, ([found.value], found.end)))


def _one(text: str, at: int, end: int) -> StatedValue | None:
    """Return "a week", "a thousand", "one and a half hours"; elsewhere the word is an article."""
    if (large := one_of_scale(text, end)) is not None:
        return number(text, at, ([large.value], large.end))
    is_long = any(unit.name.startswith("duration") for unit in unit_after(text, end)[0])
    return number(text, at, ([1.0], end)) if is_long or added_part(text, end) is not None else None


def _chinese(text: str, at: int, _: int) -> StatedValue | None:
    if text[at] == HALF_SIGN:
        return part(text, at, PartOfWhole(0.5, at + 1 + (text[at + 1 : at + 2] in "个個"), True))
    if (found := chinese_time(text, at) or chinese_value(text, at)) is not None:
        return found
    known = chinese_number(text, at)
    if known is None:
        return None
    value, end = known
    if text[end : end + 2] in ("个半", "個半"):
        value, end = value + 0.5, end + 2
    return number(text, at, ([value], end))


def _joined(text: str, found: Sequence[StatedValue]) -> Iterator[StatedValue]:
    """Yield quantities, "1 h 30 min" as one."""
    kept: StatedValue | None = None
    for quantity in found:
        both = None if kept is None else _sum(kept, quantity, text)
        if kept is not None and both is None:
            yield kept
        kept = both or quantity
    if kept is not None:
        yield kept


def _sum(one: StatedValue, other: StatedValue, text: str) -> StatedValue | None:
    """Return an amount with its smaller unit, or with coins that have none: "2 m 10 cm", "five euros fifty"."""
    joint = text[one.end : other.start].strip()
    if joint not in JOINTS or (joint == "," and ("measure", "duration") not in one.kinds):
        return None
    added = _added(one, other, text)
    if not added or any(value >= one.factor for value in added.values()):
        return None
    readings = tuple(
        own._replace(value=((own.value[0] or 0.0) + added[own.kind, own.unit],))
        for own in one.readings
        if (own.kind, own.unit) in added
    )
    smaller = min(one.factor, other.factor or one.factor)
    return StatedValue(readings, one.start, other.end, factor=smaller) if readings else None


def _added(one: StatedValue, other: StatedValue, text: str) -> dict[tuple[str, str], float]:
    """Return what a smaller amount adds to one before it, by kind and unit."""
    if one.factor == HOUR and (minutes := MINUTES.fullmatch(text, other.start, other.end)) is not None:
        return {("measure", "duration"): 60.0 * int(minutes[1])}
    coins = other.readings[0].value[0] or 0.0
    bare = {kind for kind, _ in other.kinds} == {"number"}
    if _is_money(one) and bare and coins in COINS and END.match(text, other.end):
        return {(own.kind, own.unit): coins / 100 for own in one.readings}
    return {(own.kind, own.unit): own.value[0] or 0.0 for own in other.readings if own.kind in ("measure", "money")}


def _is_money(one: StatedValue) -> bool:
    return {kind for kind, _ in one.kinds} == {"money"}


@cache
def _hours() -> dict[str, int]:
    return {folded(name): hour for name, hour in language_file("quantities")["hours"].items()}


@cache
def _times() -> frozenset[str]:
    return frozenset(time_beginnings())
