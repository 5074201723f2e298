"""Ids as people and their tools write them: 007 in a table is 7 in a workbook and 7.0 where a cell was empty."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_NUMBER: Final = re.compile(r"(?P<sign>-?)0*(?P<digits>\d+)(?:\.0+)?")
_WHOLE: Final = re.compile(r"-?\d+\.0+")


def spelling(name: str) -> str:
    """Return an id without what other programs change in it: case, zeros before a number, .0 behind it, marks apart.

    macOS writes names of files with each mark behind its letter.
    """
    plain = unicodedata.normalize("NFC", name.strip().casefold())
    number = _NUMBER.fullmatch(plain)
    return f"{number['sign']}{number['digits']}" if number else plain


def as_written(name: str) -> str:
    """Return an id without the .0 that a column of numbers gets: 07 and 7 are two names, 7 and 7.0 are one."""
    return name.partition(".")[0] if _WHOLE.fullmatch(name) else name


class KnownIds:
    """Ids that are looked up as they are written, and then by their spelling.

    Args:
        ids: that are there.
    """

    def __init__(self, ids: Iterable[str]) -> None:
        self._exact = dict.fromkeys(ids)
        self._by_spelling: dict[str, list[str]] = {}
        for name in self._exact:
            self._by_spelling.setdefault(spelling(name), []).append(name)

    def find(self, name: str) -> list[str]:
        """Return the id that is written so; else those that are spelt so: several cannot be told apart."""
        return [name] if name in self._exact else self._by_spelling.get(spelling(name), [])


def in_words(names: Iterable[str], most: int = 3) -> str:
    """Return the first of some ids for a message: "'q1', 'q2', …"."""
    every = list(names)
    return ", ".join(map(repr, every[:most])) + (", …" if len(every) > most else "")
