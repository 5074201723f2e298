"""Numbers in a text, exactly, each with its unit.

One policy for every way of writing them:

1. Thousands separators (comma, apostrophe, space, and the point where a second separator shows it) go: "1,000", "1 000"
   and "1000" are one number. A single separator before exactly three digits is read by the language: 1,000 is a
   thousand and 1.000 is one in English, the other way round where decimals have a comma.
2. Values are exact, never rounded: 3.50 is 3.5, and not 3.49. Fractions (1/2), scales (3.5 million, 2k) and, in texts
   without digits, the words for small numbers are read.
3. Units count where both sides state one that is known (languages/units.yaml): 5 °C is not 5 °F, $5 not €5. 12.5 % is
   12.5, since the question says what is asked for, but not 0.125.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Final, NamedTuple

from harness.text.language_files import NUMBER_WORDS, language_file
from harness.text.tokens import composed

LONGEST: Final = 20_000
"""characters that are read"""
MOST_DIGITS: Final = 60
"""of one number; longer runs are keys and hashes, which are compared as they are written"""
SIGNS: Final = {"-": -1, "\u2212": -1, "\u2013": -1}
CURRENCY: Final = "$€£¥₹"
NUMBER: Final = re.compile(
    rf"(?<![\w.,])(?P<sign>[-\u2212\u2013+](?=[{CURRENCY}]?\.?\d))?(?P<before>[{CURRENCY}])?(?:(?<=[{CURRENCY}])\s?)?"
    r"(?P<digits>\d{1,3}(?: \d{3})+(?:[.,]\d+)?(?!\d)|\.?\d+(?:[.,'’\u066b\u066c]\d+)*)"
    r"(?:\s?[/\u2044]\s?(?P<below>\d{1,9})(?![\d/\u2044]))?"
    r"(?P<scale>(?:k|m|bn)\b)?"
)
WORD: Final = re.compile(r"\s?-?([%‰]|°\s?[^\W\d_]|[^\W\d_]+|[$€£¥₹])")
DECIMAL_COMMA: Final = frozenset(str(language_file("units")["decimal_comma"]).split())
"""languages with a decimal comma"""
SCALES: Final[Mapping[str, int]] = {"k": 10**3, "m": 10**6, "bn": 10**9}


class Quantity(NamedTuple):
    """A number."""

    value: Fraction | str
    """a text that is no single number (a version, 2.3.1) as it is written"""
    unit: str
    """name of the unit; "" where none is known"""


def quantities(text: str, decimal_comma: bool = False) -> list[Quantity]:
    """Return the numbers of a text in their order.

    Args:
        text: its first LONGEST characters are read.
        decimal_comma: whether its language has one; decides what 1,000 and 1.000 are.
    """
    read = composed(text[:LONGEST]).casefold()
    found = [_quantity(read, match, decimal_comma) for match in NUMBER.finditer(read)]
    return found or list(_in_words(read))


def same(one: Quantity, other: Quantity) -> bool:
    """Return whether both are one number, of one unit where both state one."""
    return one.value == other.value and (not one.unit or not other.unit or one.unit == other.unit)


def _quantity(read: str, match: re.Match[str], decimal_comma: bool) -> Quantity:
    value = _value(match["digits"], decimal_comma)
    end = match.end()
    if isinstance(value, Fraction):
        below = int(match["below"] or 1)
        value *= Fraction(SIGNS.get(match["sign"] or "", 1) * SCALES.get(match["scale"] or "", 1), below or 1)
        word = WORD.match(read, end)
        if word is not None and word[1] in _scales():
            value, end = value * _scales()[word[1]], word.end()
    return Quantity(value, _units().get(match["before"] or "", "") or _unit_after(read, end))


def _unit_after(read: str, end: int) -> str:
    word = WORD.match(read, end)
    return "" if word is None else _units().get(word[1].replace(" ", ""), "")


def _value(digits: str, decimal_comma: bool) -> Fraction | str:
    """Return what the digits with their separators are; a text where they are no single number."""
    if len(digits) > MOST_DIGITS:
        return digits
    plain = digits.replace("’", "'").replace("\u066b", "." if not decimal_comma else ",").replace("\u066c", "'")
    parts = re.split(r"[.,' ]", plain)
    marks = [mark for mark in plain if mark in ".,' "]
    if not marks:
        return Fraction(plain)
    last, others = marks[-1], set(marks[:-1])
    grouped = all(len(part) == 3 for part in parts[1:]) and 1 <= len(parts[0]) <= 3
    if len(set(marks)) == 1 and grouped and _is_thousands(last, len(marks), decimal_comma):
        return Fraction("".join(parts))
    if last in ".," and last not in others and len(others) <= 1 and _are_groups(parts[:-1]):
        return Fraction(f"{''.join(parts[:-1]) or '0'}.{parts[-1]}")
    return digits


def _is_thousands(mark: str, times: int, decimal_comma: bool) -> bool:
    """Return whether a separator before three digits separates thousands."""
    return mark in "' " or times > 1 or (mark == ".") is decimal_comma


def _are_groups(parts: list[str]) -> bool:
    return len(parts) == 1 or (1 <= len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:]))


def _in_words(read: str) -> Iterator[Quantity]:
    for match in re.finditer(r"[^\W\d_]+", read):
        if match[0] in NUMBER_WORDS:
            yield Quantity(Fraction(NUMBER_WORDS[match[0]]), _unit_after(read, match.end()))


@cache
def _units() -> Mapping[str, str]:
    """Word or sign -> name of the unit."""
    return {word: str(name) for name, words in language_file("units")["units"].items() for word in str(words).split()}


@cache
def _scales() -> Mapping[str, int]:
    """Word -> what it multiplies by."""
    return {word: 10**power for power, words in language_file("units")["scales"].items() for word in words.split()}
