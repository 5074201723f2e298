"""Words of units, currencies and months in the languages that are judged, from the CLDR (by Babel).

What it does not hold stands in languages/quantities.yaml.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from harness.text.language_files import language_file
from harness.text.tokens import folded

LANGUAGES: Final = ("en", "de", "fr", "es", "ru", "zh")
FORMS: Final = ("one", "few", "many", "other")
LETTERS: Final = frozenset("mghlw")
"""the only single letters that stand for a unit; others are names of variables or initials"""
DIMENSIONS: Final = frozenset(language_file("quantities")["dimensions"])
CODES: Final = tuple(language_file("quantities")["codes"])
"""currencies whose ISO code is read"""
NO_UNITS: Final = frozenset({"in", "to", "am", "as", "pt", "at", "min.", "节"})
"""symbols that are ordinary words"""


class Unit(NamedTuple):
    """What the word after a number says."""

    kind: str
    """money, percent or measure"""
    name: str
    """code of the currency; dimension; unit without a factor"""
    factor: float
    """multiplies into the base of the dimension"""


@cache
def units() -> Mapping[str, tuple[Unit, ...]]:
    """Return the units that a folded word or symbol may stand for: "pounds" is money or mass."""
    known: dict[str, dict[Unit, None]] = {}
    for word, unit in _words():
        if (
            word
            and word not in NO_UNITS
            and (len(word) > 1 or not word.isascii() or not word.isalpha() or word in LETTERS)
        ):
            known.setdefault(word, {})[unit] = None
    return {word: tuple(meanings) for word, meanings in known.items()}


def _words() -> Iterator[tuple[str, Unit]]:
    own = language_file("quantities")
    yield from ((folded(word), Unit("percent", "", 1.0)) for word in own["percent"])
    yield from ((folded(word), Unit("money", currency, 1.0)) for word, currency in own["money"].items())
    yield from ((currency.lower(), Unit("money", currency, 1.0)) for currency in CODES)
    for word, coin in own["coins"].items():
        yield from ((folded(word), Unit("money", currency, coin["of"])) for currency in coin["currencies"])
    yield from ((folded(word), _measure(name)) for word, name in own["units"].items())
    for code in LANGUAGES:
        yield from _measures(code)
        yield from _currencies(code)


@cache
def months() -> Mapping[str, int]:
    """Return number by the folded name of a month."""
    known: dict[str, int] = {}
    for code in LANGUAGES:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in _locale(code).months[context][width].items():
                    if not name[0].isdigit():
                        known.setdefault(folded(name).rstrip("."), int(number))
    known["sept"] = 9
    return known


def _measures(code: str) -> Iterator[tuple[str, Unit]]:
    for name, widths in _data(code)["unit_patterns"].items():
        if name.partition("-")[0] not in DIMENSIONS or name.endswith("-person"):
            continue
        for width in ("long", "short"):
            for form in FORMS:
                yield folded(widths[width].get(form, "").replace("{0}", "").strip()).strip("."), _measure(name)


def _measure(name: str) -> Unit:
    months = language_file("quantities")["months"].get(name)
    if months is not None:
        return Unit("measure", "duration-month", float(months))
    factor = language_file("quantities")["factors"].get(name)
    return Unit("measure", name, 1.0) if factor is None else Unit("measure", name.partition("-")[0], float(factor))


def _currencies(code: str) -> Iterator[tuple[str, Unit]]:
    for currency, forms in _data(code)["currency_names_plural"].items():
        yield from ((folded(forms.get(form, "")), Unit("money", currency, 1.0)) for form in FORMS)
    for currency, symbol in (*_locale(code).currency_symbols.items(), ("USD", "$")):
        if not re.fullmatch(r"[^\W\d_]{1,2}", symbol):
            yield folded(symbol), Unit("money", currency, 1.0)


def _data(code: str) -> Mapping[str, Any]:
    data: Mapping[str, Any] = _locale(code)._data
    return data


@cache
def _locale(code: str) -> Any:
    from babel import Locale  # half a megabyte per language

    return Locale.parse(code)
