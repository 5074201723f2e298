"""Dates and times of day in a text: "5 March 2024", "2024-03-05", "3 pm", "15 Uhr", "下午3点"."""

import re
from functools import cache
from typing import Final

from harness.judges.quantities.units import months
from harness.judges.quantities.value import SPACE, WORD, StatedValue, ValueReading
from harness.text.language_files import language_file
from harness.text.tokens import folded

DATE: Final = re.compile(
    r"(?:(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})|(?P<a>\d{1,2})[./-](?P<b>\d{1,2})[./-](?P<c>\d{4}|\d\d)"
    r"|(?:(?P<zy>\d{4})年)?(?P<zm>\d{1,2})月(?:(?P<zd>\d{1,2})[日号])?)(?!\d)"
)
CLOCK: Final = re.compile(r"(?P<h>[01]?\d|2[0-4])(?P<sep>[:h.：])(?P<m>[0-5]\d)(?::[0-5]\d)?(?![\d:%])")
HOUR: Final = re.compile(r"(?P<h>[01]?\d|2[0-4])(?![\d.,:])")
DAY: Final = re.compile(r"\d{1,2}(?!\d)")
AFTER_DAY: Final = re.compile(
    rf"(?:st|nd|rd|th|er|\.)?(?:{SPACE}(?:of|de)(?={SPACE}))?{SPACE}?(?P<month>[^\W\d_]+)\.?,?", re.IGNORECASE
)
AFTER_MONTH: Final = re.compile(rf"\.?{SPACE}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d.:])", re.IGNORECASE)
YEAR: Final = re.compile(rf"(?:,?{SPACE}|{SPACE}de{SPACE})?(?P<y>\d{{4}})(?!\d)")
MERIDIEM: Final = re.compile(rf"{SPACE}?(?P<m>[ap])\.?m\b\.?", re.IGNORECASE)
_LENGTHS: Final = ("h", "heures", "heure", "часов", "час", "часа", "horas")
"""words that say the time of day and how long something takes"""


def date(text: str, at: int) -> StatedValue | None:
    """Return the date that begins with the digit at a place; None if there is none."""
    match = DATE.match(text, at)
    if match is None:
        return _day_and_month(text, at)
    part = match.groupdict()
    if part["y"]:
        dates = [(part["y"], part["m"], part["d"])]
    elif part["zm"]:
        dates = [(part["zy"], part["zm"], part["zd"])]
    else:
        year = part["c"] if len(part["c"]) == 4 else f"20{part['c']}"
        dates = [(year, part["b"], part["a"]), (year, part["a"], part["b"])]
    readings = [_dated(*(None if own is None else int(own) for own in own_date)) for own_date in dates]
    known = tuple(dict.fromkeys(reading for reading in readings if reading))
    return StatedValue(known, at, match.end()) if known else None


def _day_and_month(text: str, at: int) -> StatedValue | None:
    day = DAY.match(text, at)
    after = AFTER_DAY.match(text, day.end()) if day else None
    month = months().get(folded(after["month"])) if after else None
    if not day or not after or month is None:
        return None
    year = YEAR.match(text, after.end())
    reading = _dated(int(year["y"]) if year else None, month, int(day.group()))
    return StatedValue((reading,), at, year.end() if year else after.end()) if reading else None


def month_and_day(text: str, at: int, end: int, month: int) -> StatedValue | None:
    """Return "March 5, 2024" or "March 2024"; a month alone is a word ("may")."""
    day = AFTER_MONTH.match(text, end)
    end = day.end() if day else end
    year = YEAR.match(text, end)
    if not day and not year:
        return None
    reading = _dated(int(year["y"]) if year else None, month, int(day["d"]) if day else None)
    return StatedValue((reading,), at, year.end() if year else end) if reading else None


def time(text: str, at: int) -> StatedValue | None:
    """Return a time of day: with a colon, or an hour with a word that says so."""
    clock = CLOCK.match(text, at) or HOUR.match(text, at)
    if clock is None:
        return None
    minutes = 60.0 * int(clock["h"]) + int(clock.groupdict().get("m") or 0)
    half, end = _half_of_day(text, at, clock.end())
    word_end = _clock_word(text, clock.end())
    separator = clock.groupdict().get("sep", "")
    if half is not None:
        minutes = minutes % 720 + 60 * half
    elif separator not in (":", "：", "h") and not word_end:
        return None
    readings = [ValueReading("time", "", (minutes,))]
    if half is None and not separator and word_end and text[clock.end() : word_end].strip().casefold() in _LENGTHS:
        readings.append(ValueReading("measure", "duration", (60 * minutes,)))
    return StatedValue(tuple(readings), at, max(end, word_end, clock.end()))


def hour(text: str, at: int, end: int, minutes: float) -> StatedValue:
    """Return the time that a word such as "noon" says."""
    return StatedValue((ValueReading("time", "", (minutes,)),), at, end)


def _dated(year: int | None, month: int | None, day: int | None) -> ValueReading | None:
    """Return the reading of a date; None for a thirteenth month."""
    if not 1 <= (month or 1) <= 12 or not 1 <= (day or 1) <= 31:
        return None
    return ValueReading("date", "", tuple(None if part is None else float(part) for part in (year, month, day)))


def _half_of_day(text: str, start: int, end: int) -> tuple[int | None, int]:
    """Return the hours that "pm" and its like add to a time between the two places, and where it ends."""
    halves = language_file("quantities")["meridiem"]
    if (match := MERIDIEM.match(text, end)) is not None:
        return halves[f"{match['m'].casefold()}m"], match.end()
    if (after := WORD.match(text, end)) is not None and folded(after[1]) in halves:
        return halves[folded(after[1])], after.end()
    return halves.get(text[start - 2 : start]), end


def _clock_word(text: str, end: int) -> int:
    """Return where a word for the hour of day ends; 0 without one."""
    after = WORD.match(text, end)
    if after and (folded(after[1]) in _clock_words() or after[1][0] in "点點"):
        return after.end() if folded(after[1]) in _clock_words() else after.start(1) + 1
    return 0


@cache
def _clock_words() -> frozenset[str]:
    return frozenset(map(folded, language_file("quantities")["clock"]))
