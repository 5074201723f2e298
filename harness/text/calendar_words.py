"""Names of months and numbers in words, in several languages: from the CLDR (Babel) and from num2words."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from harness.text.tokens import folded

LANGUAGES: Final = ("en", "de", "fr", "es", "ru")
COUNTED: Final = 100
"""numbers below it are known in words"""


@cache
def months() -> Mapping[str, int]:
    """Return folded name, or abbreviation without its point -> number of the month."""
    from babel import Locale  # half a megabyte per language

    known = {"sept": 9}
    for code in LANGUAGES:
        for widths in Locale.parse(code).months.values():
            for number, name in (*widths["wide"].items(), *widths["abbreviated"].items()):
                known.setdefault(folded(name).rstrip("."), int(number))
    return known


@cache
def counted() -> Mapping[str, int]:
    """Return words, with spaces for hyphens -> number; not the word for 1, an article in many languages."""
    from num2words import num2words  # only where a text without digits is read

    known: dict[str, int] = {}
    for code in LANGUAGES:
        for number in range(2, COUNTED):
            known.setdefault(folded(num2words(number, lang=code)).replace("-", " "), number)
    return known
