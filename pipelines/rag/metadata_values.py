"""What metadata say, as numbers, dates and versions that can be compared. What cannot be read for sure is not guessed.

A date is read however it is written, as long as it can mean one day alone: 05/03/2024 is March or May.
"""

import math
import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

Order = tuple[int | str, ...]
"""compares as what a value stands for"""

NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
PART_OF_A_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d))?", re.ASCII)
VERSION: Final = re.compile(r"([^\W\d_]{0,20})[ ._-]?(\d+(?:\.\d+)*)")
LIKE_A_DATE: Final = re.compile(r"\d{1,2}\.\d{1,2}\.(?:\d\d){1,2}", re.ASCII)
LONGEST: Final = 40
"""characters of a date"""
MISSING: Final = frozenset({"", "nan", "nat", "none", "null", "n/a", "na", "-"})
"""how tables write that there is no value"""
WAYS: Final = (
    "%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d", "%d %B %Y", "%d %b %Y", "%d. %B %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y",
    "%b %d %Y", "%b. %d, %Y", "%d-%b-%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%a, %d %b %Y %H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S GMT", "%Y-%m-%d", "%B %Y", "%b %Y",
)  # fmt: skip
"""of writing a date, beside ISO 8601"""


def is_missing(value: str) -> bool:
    """Return whether a value says that there is none."""
    return value.strip().casefold() in MISSING


def number_of(value: str) -> float | None:
    """Return a finite number that is written as usual; None for all else, such as "nan" or "1_0"."""
    text = value.strip()
    number = float(text) if NUMBER.fullmatch(text) else math.nan
    return number if math.isfinite(number) else None


@lru_cache(maxsize=2**16)
def date_of(value: str) -> tuple[int, ...] | None:
    """Return year, month, day, hour, minute, second, microsecond, as far as they are given; times of a zone in UTC."""
    text = value.strip()
    if match := PART_OF_A_DATE.fullmatch(text):
        year, month = int(match[1]), match[2]
        return (year,) if month is None else (year, int(month)) if 1 <= int(month) <= 12 else None
    found, way = _moment(text)
    if found is None:
        return None
    moment = found if found.tzinfo is None else found.astimezone(UTC)
    parts = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.microsecond)
    return parts if ":" in text else parts[: 3 if "d" in way else 2]


def _moment(text: str) -> tuple[datetime | None, str]:
    """Return a date and the way in which it is written."""
    with suppress(ValueError):
        return datetime.fromisoformat(text), "iso 8601, to the day"
    for way in WAYS if len(text) <= LONGEST and any(map(str.isdigit, text)) else ():
        with suppress(ValueError):
            return datetime.strptime(text, way), way
    return None, ""


def _version_of(value: str) -> Order | None:
    """Return the letters of a version and its numbers: v1.10 comes after v1.9."""
    match = VERSION.fullmatch(value.strip())
    if match is None or LIKE_A_DATE.fullmatch(match[2]):
        return None
    return (match[1].casefold(), *map(int, match[2].split(".")))


def orders(values: Collection[str]) -> tuple[Mapping[str, Order], str]:
    """Return what the values of one key compare by: all of them as dates, or else all as versions of one name.

    Returns:
        Value -> its order, none for values that say that there is none; and the first value that does not fit the
        others, "" if all do. Then there is no order at all.
    """
    there = [value for value in dict.fromkeys(values) if not is_missing(value)]
    dates = {value: date for value in there if (date := date_of(value)) is not None}
    versions = {value: version for value in there if (version := _version_of(value)) is not None}
    if len(dates) == len(there):
        return dates, ""
    if len(versions) == len(there) and len({version[0] for version in versions.values()}) == 1:
        return versions, ""
    best: Mapping[str, Order] = dates if len(dates) >= len(versions) else versions
    return {}, next((value for value in there if value not in best), there[-1])
