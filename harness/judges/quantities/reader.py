"""Quantities of a text as values: numbers, percentages, money, measures, dates and times of day, with their places.

"36, 000", "36,000" and "36 thousand" are one value, as are "15:00" and "3 pm", "2024-03-05" and "5 March 2024",
"1.5 km" and "1,500 metres". Where a spelling has several readings ("1.234", "03/04/2024", "15 h") all are kept: two
quantities are equal if any of their readings are. Words of English, German, French, Spanish, Russian and Chinese are
known.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache, partial
from typing import Final

from harness.judges.quantities.dates import date, hour, month_and_day, time
from harness.judges.quantities.units import Unit, months, number_words, units
from harness.judges.quantities.value import SPACE, WORD, StatedValue, ValueReading
from harness.text.language_files import language_file, words_of
from harness.text.terms import word
from harness.text.tokens import folded

NUMBER: Final = re.compile(
    rf"\d{{1,3}}(?:(?:[.,'’]|{SPACE})\d{{3}}|,{SPACE}\d00)+(?!\d)(?:[.,]\d{{1,2}}(?!\d))?|\d+(?:[.,]\d+)?"
)
SCAN: Final = re.compile(r"\d|[^\W\d_]+|[$€£¥₽₹％]")
MARKS: Final = re.compile(rf"{SPACE}?([%％°$€£¥₽₹](?:[CF]\b)?)")
RANGE: Final = re.compile(rf"{SPACE}?(?:[-–—]|(?:to|bis|à|a|до)(?={SPACE})|至|到){SPACE}?", re.IGNORECASE)
SPAN: Final = re.compile(rf"{SPACE}(?:and|und|et|y|и){SPACE}", re.IGNORECASE)
BRITISH: Final = re.compile(r"tre(?=s?$)")
"""as in litres"""
ORDINAL: Final = re.compile(r"(?:st|nd|rd|th|er|e|º|ª)(?![^\W_])", re.IGNORECASE)
ONE: Final = words_of("one")
OF_HUNDRED: Final = "百分之"
_VERSION: Final = re.compile(r"\d{1,3}\.\d{1,2}\.\d{1,3}(?!\d)")
"""of a program; a date has its year last, in two or four figures"""
BETWEEN: Final = re.compile(r"(?:between|from|von|zwischen|entre|de|от|с|между)\s+[\d.,]+\Z", re.IGNORECASE)
OF: Final = re.compile(r"\s(?:of|de|d['’])(?=\s|[^\W\d_])", re.IGNORECASE)
PER: Final = re.compile(rf"{SPACE}?([^\W\d_]{{1,20}}/[^\W\d_]{{1,20}})")
WORD_BEFORE: Final = re.compile(rf"(?<!\w)([^\W\d_]+){SPACE}\Z")
LONGEST_WORD: Final = 40
"""characters"""
HALF: Final = re.compile(r"\s(?:and a half|und ein halb\w*|et demie?|y medi[oa]|с половиной)(?!\w)", re.IGNORECASE)
MOST_WORDS: Final = 3
"""of a unit, of a number in words"""
YEARS: Final = range(1000, 2200)
"""numbers that may be a year"""


@lru_cache(maxsize=1024)
def quantities(text: str) -> tuple[StatedValue, ...]:
    """Return the quantities of a text in order; none overlaps another."""
    found: list[StatedValue] = []
    position = 0
    for match in SCAN.finditer(text):
        at = match.start()
        if at < position:
            continue
        if match.group().isdigit():
            quantity = _at_digit(text, at)
        else:
            begin = _beginning(match.group())
            quantity = begin(text, at, match.end()) if begin else None
        if quantity is not None:
            found.append(quantity)
            position = quantity.end
    return tuple(_joined(text, found))


def _at_digit(text: str, at: int) -> StatedValue | None:
    """Return the quantity that begins with a digit; None inside of a name such as A12."""
    if at and ((text[at - 1].isalnum() and text[at - 1].isascii()) or text[at - 1] == "_"):
        return None
    if _VERSION.match(text, at):
        return None
    return date(text, at) or time(text, at) or _number(text, at)


@lru_cache(maxsize=100_000)
def _beginning(written: str) -> Callable[[str, int, int], StatedValue | None] | None:
    """Return what reads the quantity that may begin with a word; None for nearly every word."""
    plain = folded(written)
    if plain in months():
        return partial(month_and_day, month=months()[plain])
    if plain in _hours():
        return partial(hour, minutes=60.0 * _hours()[plain])
    unit = units().get(plain)
    if unit is not None and unit[0].kind == "money":
        return partial(_prefixed, meanings=unit)
    if plain in ONE:
        return _one
    if plain in _first_words():
        return _in_words
    return _chinese if _CHINESE.match(written) or written.startswith(OF_HUNDRED) else None


def _number(text: str, at: int, known: tuple[Sequence[float], int] | None = None) -> StatedValue:
    """Return a number with its scale and unit.

    Args:
        text: holds it.
        at: where it begins.
        known: its values and where its figures end, if they are known.
    """
    start, (values, end) = at, known or _figures(text, at)
    negative = at > 0 and text[at - 1] in "-−" and not text[max(at - 2, 0) : at - 1].isalnum()
    if negative:
        start, values = at - 1, [-value for value in values]
    ordinal = ORDINAL.match(text, end)
    if ordinal:
        end = ordinal.end()
    elif half := HALF.match(text, end):
        values, end = [value + 0.5 for value in values], half.end()
    else:
        values, end = _scaled(text, values, end)
    before, start = _symbol_before(text, start)
    meanings, unit_end = (before, end) if before else _unit_after(text, end)
    if not meanings and (last := _range_end(text, end)):
        meanings, unit_end = _unit_after(text, last)[0], end
    if meanings:
        readings = [
            ValueReading(own.kind, "" if own.kind == "percent" else own.name, (value * own.factor,))
            for own in meanings
            for value in values
        ]
        return StatedValue(tuple(readings), start, max(end, unit_end), frozenset(), text[at:end])
    readings = [ValueReading("number", "", (value,)) for value in values]
    if len(values) == 1 and text[at:end].isdigit() and int(values[0]) in YEARS:
        readings.append(ValueReading("date", "", (values[0], None, None)))
    return StatedValue(tuple(readings), start, end, _nouns(text, start, end), text[at:end])


def _figures(text: str, at: int) -> tuple[list[float], int]:
    """Return what the figures at a place may mean, and where they end."""
    match = NUMBER.match(text, at)
    assert match is not None, "a digit begins a number"
    plain = re.sub(rf"{SPACE}|['’]", "", match.group())
    marks = [mark for mark in plain if mark in ".,"]
    if not marks:
        return [float(plain)], match.end()
    head, tail = plain.rsplit(marks[-1], 1)
    decimal = float(f"{re.sub('[.,]', '', head)}.{tail}")
    whole = float(re.sub("[.,]", "", plain))
    if len(set(marks)) > 1:
        return [decimal if marks.count(marks[-1]) == 1 else whole], match.end()
    if len(marks) > 1:
        return [whole], match.end()
    if len(tail) != 3 or not 1 <= len(head) <= 3 or head == "0":
        return [decimal], match.end()
    return [whole, decimal], match.end()  # 1.234 is written for 1234 in some languages and for 1.234 in others


def _scaled(text: str, values: Sequence[float], end: int) -> tuple[list[float], int]:
    scales = language_file("quantities")["scales"]
    scaled = list(values)
    while (after := WORD.match(text, end)) is not None:
        written = after[1]
        name = folded(written) if folded(written) in scales else written[0]
        if name not in scales or (len(name) == 1 and name.isascii() and written != name):
            break
        scaled = [value * scales[name] for value in scaled]
        end = after.end() if name == folded(written) else after.start(1) + 1
        of = OF.match(text, end)
        end = of.end() if of and _unit_after(text, of.end())[0] else end
    return scaled, end


def _symbol_before(text: str, start: int) -> tuple[tuple[Unit, ...], int]:
    before = text[max(start - 2, 0) : start].rstrip()
    if before[-1:] in set("$€£¥₽₹"):
        return units().get(before[-1], ()), start - 1 - (text[start - 1] != before[-1])
    if text[max(start - len(OF_HUNDRED), 0) : start] == OF_HUNDRED:
        return (Unit("percent", "", 1.0),), start - len(OF_HUNDRED)
    return (), start


def _unit_after(text: str, end: int) -> tuple[tuple[Unit, ...], int]:
    """Return the meanings of the longest unit after a number, and where it ends."""
    if (mark := MARKS.match(text, end)) is not None and folded(mark[1]) in units():
        return units()[folded(mark[1])], mark.end()
    if (rate := PER.match(text, end)) is not None and folded(rate[1]) in units():
        return units()[folded(rate[1])], rate.end()
    words, places, at = list[str](), list[int](), end
    while len(words) < MOST_WORDS and (after := WORD.match(text, at)) is not None:
        words.append(BRITISH.sub("ter", folded(after[1])))
        at = after.end()
        places.append(at)
    for count in range(len(words), 0, -1):
        if (name := " ".join(words[:count])) in units():
            return units()[name], places[count - 1]
    if words and not words[0].isascii():  # a script without spaces
        first = WORD.match(text, end)
        for length in range(min(4, len(words[0])), 0, -1):
            if first and words[0][:length] in units():
                return units()[words[0][:length]], first.start(1) + length
    return (), end


def _range_end(text: str, end: int) -> int:
    """Return where the second number of "5-7 days" ends; 0 where no range begins."""
    joint = RANGE.match(text, end) or (SPAN.match(text, end) if BETWEEN.search(text[max(end - 30, 0) : end]) else None)
    last = NUMBER.match(text, joint.end()) if joint else None
    return last.end() if last else 0


def _nouns(text: str, start: int, end: int) -> frozenset[str]:
    after = WORD.match(text, _range_end(text, end) or end)
    before = WORD_BEFORE.search(text[max(start - LONGEST_WORD, 0) : start])
    near = [word(found[1]) for found in (before, after) if found is not None]
    return frozenset(known.key for known in near if known.content)


def _prefixed(text: str, at: int, end: int, meanings: tuple[Unit, ...]) -> StatedValue | None:
    """Return an amount whose currency stands before it: "EUR 5"."""
    place = end + (text[end : end + 1] in (" ", "\u00a0", "."))
    if not text[place : place + 1].isdigit():
        return None
    values, figures_end = _figures(text, place)
    values, figures_end = _scaled(text, values, figures_end)
    return StatedValue(
        tuple(ValueReading("money", own.name, (value,)) for own in meanings for value in values), at, figures_end
    )


def _in_words(text: str, at: int, _: int) -> StatedValue | None:
    """Return a number in words, the longest that is known."""
    best, end, position, parts = None, at, at, list[str]()
    while len(parts) < 2 * MOST_WORDS and (after := WORD.match(text, position)) is not None:
        parts.append(folded(after[1]))
        position = after.end() - after.group().endswith(".")
        known = number_words().get(" ".join(parts))
        if known is not None:
            best, end = known, position
    return None if best is None else _number(text, at, ([float(best)], end))


def _one(text: str, at: int, end: int) -> StatedValue | None:
    """Return "a week", "one and a half hours"; elsewhere the word is an article."""
    if HALF.match(text, end) is None and not any(
        unit.name.startswith("duration") for unit in _unit_after(text, end)[0]
    ):
        return _in_words(text, at, end)
    return _number(text, at, ([1.0], end))


def _chinese(text: str, at: int, _: int) -> StatedValue | None:
    if text.startswith(OF_HUNDRED, at):
        at += len(OF_HUNDRED)
    match = _CHINESE.match(text, at)
    if match is None or (
        text[at - 3 : at] != OF_HUNDRED
        and len(match.group()) == 1
        and text[match.end() : match.end() + 1] not in _COUNTERS
    ):
        return None
    total, digit = 0, 0
    for character in match.group():
        if character in _SCALES:
            total, digit = total + max(digit, 1) * _SCALES[character], 0
        else:
            digit = _DIGITS.index(character)
    return _number(text, at, ([float(total + digit)], match.end()))


_DIGITS: Final = "零一二三四五六七八九"
_SCALES: Final = {"十": 10, "百": 100, "千": 1000}
_CHINESE: Final = re.compile(f"[{_DIGITS}{''.join(_SCALES)}]+")
_COUNTERS: Final = frozenset("个個名位条條次天年月日周点點小分元万萬亿億公米升克")
"""what follows one character that is meant as a number; others begin words"""


def _joined(text: str, found: Sequence[StatedValue]) -> Iterator[StatedValue]:
    """Yield quantities, "1 h 30 min" as one."""
    kept: StatedValue | None = None
    for quantity in found:
        both = None if kept is None else _sum(kept, quantity, text[kept.end : quantity.start])
        if kept is not None and both is None:
            yield kept
        kept = both or quantity
    if kept is not None:
        yield kept


def _sum(one: StatedValue, other: StatedValue, between: str) -> StatedValue | None:
    first, second = one.readings[-1], other.readings[-1]
    same = (first.kind, first.unit) == (second.kind, second.unit) == ("measure", "duration")
    if not same or between.strip() not in ("", ",", "and", "und", "et", "y", "и"):
        return None
    seconds = (first.value[0] or 0.0, second.value[0] or 0.0)
    if seconds[1] >= seconds[0]:
        return None
    return StatedValue((ValueReading("measure", "duration", (sum(seconds),)),), one.start, other.end)


@cache
def _first_words() -> frozenset[str]:
    return frozenset(name.split()[0] for name in number_words())


@cache
def _hours() -> dict[str, int]:
    return {folded(name): hour for name, hour in language_file("quantities")["hours"].items()}
