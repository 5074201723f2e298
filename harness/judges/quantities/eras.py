"""Decades, centuries and Roman numerals: "the 1990s", "nineties", "XIVe siècle", "Chapter IV", "Henry the Eighth"."""

import re
from dataclasses import replace
from functools import cache
from typing import Final

from harness.judges.quantities.number_words import cardinals
from harness.judges.quantities.spoken import rank, spoken
from harness.judges.quantities.value import SPACE, WORD, StatedValue, ValueReading, plain
from harness.text.language_files import language_file, words_of
from harness.text.tokens import folded

DECADE: Final = re.compile(
    rf"(?P<c>\d\d)?(?P<d>\d0)(?:['’]?s(?!\w)|-?er(?:n)?(?:{SPACE}?-?Jahre?n?)?(?!\w)|-[ехм]\w?{SPACE}год\w{{1,3}}|年代)"
)
DECADE_BEHIND: Final = re.compile(rf"{SPACE}(?:(?P<c>\d\d)?(?P<d>[1-9]0)(?!\d)|(?P<w>[^\W\d_]+(?:-[^\W\d_]+)?))")
"""années 1970, años noventa"""
CENTURY: Final = re.compile(
    rf"{SPACE}?(?:-?\w{{1,2}}{SPACE})?(?:century|centuries|jahrhunderts?|siècles?|век\w{{0,2}}|世纪)(?!\w)|{SPACE}?世纪",
    re.IGNORECASE,
)
ROMAN: Final = re.compile(r"(?=[IVX])(X{0,3}(?:IX|IV|V?I{0,3}))(?P<rank>e|ème|er|è)?(?![^\W_])\.?")
ROMAN_DIGITS: Final = {"I": 1, "V": 5, "X": 10}
LONGEST_WORD: Final = 40
BEFORE: Final = re.compile(rf"(?<!\w)([^\W\d_]+){SPACE}\Z")
DIGITS: Final = re.compile(r"\d{1,2}(?!\d)")
ORDINAL_MARK: Final = re.compile(r"(?:st|nd|rd|th|e|ème|er|\.|º|-?(?:й|го|м|му|ом))?")


def decade_in_digits(text: str, at: int) -> StatedValue | None:
    """Return "1990s", "90er Jahre", "1990年代"."""
    match = DECADE.match(text, at)
    if match is None or (match["d"] == "00" and match["c"] is None):
        return None
    known = _decade(match["c"], float(match["d"]), at, match.end())
    if match["d"] != "00":
        return known
    return replace(known, readings=(*known.readings, ValueReading("century", "", (float(match["c"]) + 1,))))


def decade_behind(text: str, at: int, end: int) -> StatedValue | None:
    """Return "années 1970", "años noventa", of which the first word ends at a place."""
    match = DECADE_BEHIND.match(text, end)
    if match is None:
        return None
    if match["d"]:
        return _decade(match["c"], float(match["d"]), at, match.end())
    number = spoken(text, match.start("w"))
    is_one = number is not None and number.value in range(20, 100, 10)
    return _decade(None, number.value, at, number.end) if number and is_one else None


def decade_in_words(text: str, at: int, end: int) -> StatedValue | None:
    """Return "the nineties", "achtziger Jahre", "девяностые годы"."""
    known = language_file("quantities")["decades"]
    name = folded(text[at:end])
    before = BEFORE.search(text[max(at - LONGEST_WORD, 0) : at])
    after = WORD.match(text, end)
    follows = after is not None and plain(after[1]) in known["years"]
    if name in known["alone"] and before and plain(before[1]) in known["before"]:
        return _decade(None, float(known["alone"][name]), at, end)
    if name in known["with_years"] and after and follows:
        return _decade(None, float(known["with_years"][name]), at, after.end() - after.group().endswith("."))
    return None


def spoken_decade(text: str, at: int) -> StatedValue | None:
    """Return "nineteen-nineties"."""
    first = WORD.match(text, at)
    second = WORD.match(text, first.end()) if first else None
    tens = language_file("quantities")["decades"]["alone"].get(plain(second[1])) if second else None
    century = cardinals().get(plain(first[1])) if first else None
    if second is None or tens is None or century not in range(16, 21):
        return None
    return _decade(str(century), float(tens), at, second.end())


def century(text: str, at: int) -> StatedValue | None:
    """Return "14th century", "fourteenth century", "XIXe siècle", "14. Jahrhundert"."""
    number, end = _number_of_century(text, at)
    after = CENTURY.match(text, end) if number else None
    return _of_century(number, at, after.end()) if after else None


def century_behind(text: str, at: int, end: int) -> StatedValue | None:
    """Return "siglo XIV", "siglo catorce"."""
    start = end + 1
    number, number_end = _number_of_century(text, start)
    if not number and (words := spoken(text, start)) is not None:
        number, number_end = int(words.value), words.end
    return _of_century(number, at, number_end) if 0 < number < 40 else None


def _number_of_century(text: str, at: int) -> tuple[int, int]:
    if digits := DIGITS.match(text, at):
        mark = ORDINAL_MARK.match(text, digits.end())
        return int(digits.group()), mark.end() if mark else digits.end()
    if roman := ROMAN.match(text, at):
        return _of_roman(roman[1]), roman.end()
    words = rank(text, at)
    return (int(words.value), words.end) if words else (0, at)


def roman(text: str, at: int) -> StatedValue | None:
    """Return "IV" behind "Chapter", or two signs and more behind a name."""
    match = ROMAN.match(text, at)
    before = BEFORE.search(text[max(at - LONGEST_WORD, 0) : at])
    if match is None or not match[1] or before is None:
        return None
    numbered = plain(before[1]) in words_of("numbered")
    if not numbered and (len(match[1]) < 2 or not before[1][0].isupper() or before[1].isupper()):
        return None
    return StatedValue(
        (ValueReading("number", "", (float(_of_roman(match[1])),)),), at, match.end(1), frozenset(), match[1]
    )


def _of_roman(written: str) -> int:
    """Return what signs up to XXXIX stand for."""
    values = [ROMAN_DIGITS[sign] for sign in written]
    return sum(-own if own < then else own for own, then in zip(values, [*values[1:], 0], strict=True))


def _decade(century: str | None, tens: float, at: int, end: int) -> StatedValue:
    value = (None if century is None else float(century), tens)
    return StatedValue((ValueReading("decade", "", value),), at, end)


def _of_century(number: int, at: int, end: int) -> StatedValue:
    return StatedValue((ValueReading("century", "", (float(number),)),), at, end)


@cache
def decade_words() -> frozenset[str]:
    """Return the words that may say a decade by themselves or with "years"."""
    known = language_file("quantities")["decades"]
    return frozenset((*known["alone"], *known["with_years"]))
