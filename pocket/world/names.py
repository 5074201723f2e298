"""Names from an open inventory of syllables, and the draw of every other value.

An eighth of all names is reserved: worlds for pre-training never use a reserved name, and the shipped
and held-out worlds use no other. So nothing that the model is asked about has been seen by it.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, Literal

ONSETS: Final = ("B", "D", "F", "G", "H", "K", "L", "M", "N", "P", "R", "S", "T", "V", "Z", "Br", "Tr", "St")
FIRST: Final = tuple(
    onset + rime
    for number, onset in enumerate(ONSETS)
    for rime in ("al", "er", "in", "or", "un", "es", "am", "ol", "ir")[number % 2 :: 2]
)
SECOND: Final = tuple(
    onset + rime
    for number, onset in enumerate(("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z"))
    for rime in ("ak", "en", "ix", "on", "us", "ey", "ard", "ell", "ov", "im")[number % 2 :: 2]
)
TOWN_ENDINGS: Final = ("ford", "holm", "wick", "stead", "haven", "moor")
GIVEN: Final = tuple(
    onset + rime
    for number, onset in enumerate(("B", "D", "F", "H", "J", "K", "L", "M", "N", "P", "R", "S", "T", "V", "W", "Y"))
    for rime in ("adra", "elio", "inea", "oro", "amika", "esel", "ovin", "etta")[number % 2 :: 2]
)
MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

Pool = Literal["open", "reserved"]


def is_reserved(name: str) -> bool:
    """Return whether the name is kept for shipped and held-out worlds."""
    return zlib.crc32(name.encode()) % 8 == 0


@dataclass
class Mint:
    """Draws names and values; never the same distinctive name twice."""

    rng: Random
    """the only source of chance"""
    pool: Pool = "open"
    """which part of the names may be used"""
    used: set[str] = field(default_factory=set)
    """distinctive names already given out"""

    def name(self) -> str:
        """Return a new distinctive name, such as Belvar; one in eight has three syllables."""
        while True:
            rng = self.rng
            middle = rng.choice(SECOND) if rng.random() < 0.12 else ""
            name = rng.choice(FIRST) + middle + rng.choice(SECOND)
            if self._take(name):
                return name

    def lookalike(self, name: str) -> str:
        """Return a new name that begins like the given one."""
        stem = next(first for first in sorted(FIRST, key=len, reverse=True) if name.startswith(first))
        endings = [ending for ending in SECOND if self._free(stem + ending)]
        if not endings:
            return self.name()
        taken = stem + self.rng.choice(endings)
        self.used.add(taken)
        return taken

    def person(self) -> str:
        """Return a given name and a surname."""
        while True:
            surname = self.rng.choice(FIRST) + self.rng.choice(SECOND)
            if is_reserved(surname) == (self.pool == "reserved"):
                return f"{self.rng.choice(GIVEN)} {surname}"

    def town(self) -> str:
        """Return a place name."""
        return self.rng.choice(FIRST) + self.rng.choice(TOWN_ENDINGS)

    def one_of(self, choices: Sequence[str]) -> str:
        """Return one of the choices."""
        return self.rng.choice(choices)

    def whole(self, low: int, high: int, step: int = 1) -> str:
        """Return a whole number from low to high, both included, in steps."""
        return str(self.rng.randrange(low, high + 1, step))

    def date(self) -> str:
        """Return a day, such as 14 May 2031."""
        return f"{self.rng.randint(1, 28)} {self.rng.choice(MONTHS)} {self.rng.randint(2021, 2039)}"

    def date_after(self, date: str) -> str:
        """Return a day of the year after the given one."""
        year = int(date.split()[-1]) + 1
        return f"{self.rng.randint(1, 28)} {self.rng.choice(MONTHS)} {year}"

    def month(self) -> str:
        """Return a month and year, such as May 2031."""
        return f"{self.rng.choice(MONTHS)} {self.rng.randint(2021, 2039)}"

    def code(self) -> str:
        """Return letters and digits, such as KT 4821."""
        return f"{self.rng.choice('ABCDEFGHKLMNPRSTV')}{self.rng.choice('ABCDEFGHKLMNPRSTV')} {self.whole(1000, 9999)}"

    def _free(self, name: str) -> bool:
        return name not in self.used and is_reserved(name) == (self.pool == "reserved")

    def _take(self, name: str) -> bool:
        free = self._free(name)
        if free:
            self.used.add(name)
        return free
