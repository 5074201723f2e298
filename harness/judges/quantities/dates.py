"""Dates in a text: "5 March 2024", "2024-03-05", "the twenty-first of June", "1er juin"."""

import re
from typing import Final

from harness.judges.quantities.spoken import rank
from harness.judges.quantities.units import months
from harness.judges.quantities.value import SPACE, StatedValue, ValueReading
from harness.text.tokens import folded

DATE: Final = re.compile(
    r"(?:(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})|(?P<a>\d{1,2})[./-](?P<b>\d{1,2})[./-](?P<c>\d{4}|\d\d)"
    r"|(?:(?P<zy>\d{4})年)?(?P<zm>\d{1,2})月(?:(?P<zd>\d{1,2})[日号])?)(?!\d)"
)
DAY: Final = re.compile(r"\d{1,2}(?!\d)")
AFTER_DAY: Final = re.compile(
    rf"(?:st|nd|rd|th|er|º|\.º?|-?(?:го|е))?(?:{SPACE}(?:of|de)(?={SPACE}))?{SPACE}?(?P<month>[^\W\d_]+)\.?,?",
    re.IGNORECASE,
)
AFTER_MONTH: Final = re.compile(
    rf"\.?{SPACE}(?:the{SPACE})?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[.:]\d)", re.IGNORECASE
)
YEAR: Final = re.compile(rf"(?:,?{SPACE}|{SPACE}de{SPACE})?(?P<y>\d{{4}})(?!\d)")


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
    return _with_month(text, at, int(day.group()), day.end()) if day else None


def spoken_date(text: str, at: int) -> StatedValue | None:
    """Return the date that begins with a place in a row: "twenty-first of June", "premier juin"."""
    day = rank(text, at)
    return _with_month(text, at, int(day.value), day.end) if day else None


def _with_month(text: str, at: int, day: int, end: int) -> StatedValue | None:
    after = AFTER_DAY.match(text, end)
    month = months().get(folded(after["month"])) if after else None
    if after is None or month is None:
        return None
    year = YEAR.match(text, after.end())
    reading = _dated(int(year["y"]) if year else None, month, day)
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


def _dated(year: int | None, month: int | None, day: int | None) -> ValueReading | None:
    """Return the reading of a date; None for a thirteenth month."""
    if not 1 <= (month or 1) <= 12 or not 1 <= (day or 1) <= 31:
        return None
    return ValueReading("date", "", tuple(None if part is None else float(part) for part in (year, month, day)))
