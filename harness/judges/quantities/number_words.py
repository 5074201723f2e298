"""Words of numbers and of places in a row, in five languages, from num2words; what it lacks is in quantities.yaml."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Final, Literal

from harness.text.language_files import language_file
from harness.text.tokens import folded

LANGUAGES: Final = ("en", "de", "fr", "es", "ru")
COUNTED: Final = 100
"""numbers below it are known as words of their own; larger ones are put together"""
RUSSIAN_CASES: Final = "ngdaip"
GENDERS: Final = "mfn"
GERMAN_ENDINGS: Final = ("", "r", "n", "m", "s")
RANKS: Final = range(1, 32)
"""places in a row whose words are known: the days of a month, and centuries"""
LONGEST: Final = 60
"""letters of a German number"""
SINGLE: Final = ("hundert", "tausend")
NumberKind = Literal["cardinals", "ranks"]


@cache
def cardinals() -> Mapping[str, int]:
    """Return number by its folded words, spaces for hyphens; not the word for 1, an article in many languages."""
    known: dict[str, int] = {}
    for written, number in _cardinals():
        known.setdefault(_plain(written), number)
    known.update({_plain(written): number for written, number in language_file("quantities")["cardinals"].items()})
    return known


def _cardinals() -> Iterator[tuple[str, int]]:
    from num2words import num2words  # only where a text has quantities at all

    for code in LANGUAGES:
        yield from ((num2words(number, lang=code), number) for number in range(2, COUNTED))
    for number in (*range(2, COUNTED), *range(100, 1000, 100)):
        for case in RUSSIAN_CASES:
            for gender in "mf":
                yield num2words(number, lang="ru", case=case, gender=gender), number
    for number in range(200, 1000, 100):
        masculine = num2words(number, lang="es")
        yield from ((masculine, number), (f"{masculine[:-2]}as", number))


@cache
def ranks() -> Mapping[str, int]:
    """Return number by the folded words of a place in a row: "third", "dritten", "третьего"."""
    from num2words import num2words

    known: dict[str, int] = {}
    for number in RANKS:
        for code in ("en", "fr"):
            known.setdefault(_plain(num2words(number, lang=code, to="ordinal")), number)
        german = _plain(num2words(number, lang="de", to="ordinal"))
        known.update({f"{german}{ending}": number for ending in GERMAN_ENDINGS})
        for case in RUSSIAN_CASES:
            for gender in GENDERS:
                known[_plain(num2words(number, lang="ru", to="ordinal", case=case, gender=gender))] = number
    known.update({_plain(written): number for written, number in language_file("quantities")["ranks"].items()})
    return known


@lru_cache(maxsize=10_000)
def compound(written: str) -> int | None:
    """Return the number of a German word that is put together: "zweitausenddreihundert", "zwölfhundert"."""
    plain = folded(written)
    if len(plain) > LONGEST or not any(own in plain for own in SINGLE) or plain in SINGLE:
        return None
    rest = plain.removesuffix("e") if plain.endswith("hunderte") else plain
    thousands, found, below = rest.rpartition("tausend") if "tausend" in rest else ("", "", rest)
    upper = _below_thousand(thousands) if thousands else 1 if found else 0
    lower = _below_thousand(below) if below else 0
    return None if upper is None or lower is None else 1000 * upper + lower


def _below_thousand(plain: str) -> int | None:
    """Return a number in which "hundert" may stand."""
    hundreds, found, rest = plain.partition("hundert")
    upper = (_small(hundreds) if hundreds else 1) if found else 0
    lower = _small((rest if found else hundreds).removeprefix("und")) if (rest if found else hundreds) else 0
    return None if upper is None or lower is None else 100 * upper + lower


def _small(plain: str) -> int | None:
    return 1 if plain in ("ein", "eins", "eine") else cardinals().get(plain)


@cache
def first_words(kind: NumberKind) -> frozenset[str]:
    """Return the words with which the numbers, or the ranks, begin."""
    return frozenset(name.split()[0] for name in (cardinals() if kind == "cardinals" else ranks()))


@cache
def beginnings(kind: NumberKind) -> frozenset[str]:
    """Return the words that go on as one of the numbers, or of the ranks: "quatre", "quatre vingt"."""
    parts = [name.split() for name in (cardinals() if kind == "cardinals" else ranks())]
    return frozenset(" ".join(own[:count]) for own in parts for count in range(1, len(own)))


def _plain(written: str) -> str:
    return re.sub(r"[-\s]+", " ", folded(written)).strip()
