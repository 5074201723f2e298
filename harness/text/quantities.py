"""Numbers in a text, exactly, each with its unit.

One policy for every way of writing them:

1. Thousands separators (comma, apostrophe, space, and the point where a second separator shows it) go: "1,000", "1 000"
   and "1000" are one number. A single separator before exactly three digits is read by the language: 1,000 is a
   thousand and 1.000 is one in English, the other way round where decimals have a comma.
2. Values are exact, never rounded: 3.50 is 3.5, and not 3.49. Fractions (1/2), scales (3.5 million, 2k) and, in texts
   without digits, the words for small numbers are read.
3. Units count where both sides state one that is known (languages/units.yaml): 5 °C is not 5 °F, $5 not €5. 12.5 % is
   12.5, since the question says what is asked for, but not 0.125. The month beside a day or a year counts like a unit:
   June 1905 is not May 1905, and 1905-05-12 is 12 May 1905.
4. "minus 5" is -5, and a number that is denied ("not 5 days") is no longer that number. 1e3, 10^3 and 1 x 10³ are 1000.
5. Codes (AB-37, 0042), times of day and dates that can be read in two ways are compared as they are written.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Final, NamedTuple

from harness.text.calendar_words import counted, months
from harness.text.language_files import FUNCTION_WORDS, NEGATIONS, language_file, words_of
from harness.text.tokens import UNSPACED, composed, folded

LONGEST: Final = 20_000
"""characters that are read"""
MOST_DIGITS: Final = 60
"""of one number; longer runs are keys and hashes, which are compared as they are written"""
SIGNS: Final = {"-": -1, "\u2212": -1, "\u2013": -1}
CURRENCY: Final = "$€£¥₹₨₺₽₴₩₪₫฿₦₱"
ONLY_BEFORE: Final[Mapping[str, str]] = language_file("units")["only_before"]
CODES: Final = (*ONLY_BEFORE, *str(language_file("units")["codes"]).split())
_NAMES: Final = sorted((*CODES, *str(language_file("units")["before"]).split()), reverse=True)
_SPELT: Final = "|".join(name for name in _NAMES if name.isalpha())
_SIGNED: Final = "|".join(re.escape(name) for name in _NAMES if not name.isalpha())
BEFORE: Final = rf"(?:{_SPELT})(?=[.\s])|(?:{_SIGNED})"
"""words for currencies that may stand before their number: PLN 20, Rs. 5, R$5; RS232 and rs1800562 are names"""
_CODE: Final = re.compile(
    rf"(?<![\w.,])(?<!\w[-_])(?:{'|'.join(CODES).upper()})(?=\d+(?:[.,'’]\d+)*(?i:k|m|bn)?(?![\w/]|-[^\W\d]))"
)
"""written to its number, in capital letters: EUR5, USD3m"""
_DATE: Final = r"\d{1,4}(?P<%s>[-/.])\d{1,2}(?P=%s)\d{1,4}(?![\w/]|[-.:]\d)"
_CLOCK: Final = r"\d{1,2}(?::\d\d){1,2}(?![\d:])"
_PRICED: Final = rf"(?=\.?\d)(?!{_DATE % ('between', 'between')}|{_CLOCK})"
"""what a currency stands before; before a date or a time it is none of its number"""
STARTS: Final = rf"(?:(?<![\w.,])|(?<=[{UNSPACED}]))"
SIGNED: Final = r"[-+\u2212\u2013]?"
NUMBER: Final = re.compile(
    rf"{STARTS}(?:"
    r"(?P<code>(?:[^\W\d_]{1,12}[-_]){1,4}(?=[^\W_]{0,12}\d)\w{1,30}(?:-\w{1,30}){0,4})"
    rf"|(?P<date>{_DATE % ('mark', 'mark')})"
    rf"|(?P<clock>{_CLOCK})"
    rf"|(?P<sign>[-\u2212\u2013+](?=(?:(?:{BEFORE})\.?\s?|[{CURRENCY}])?\.?\d))?"
    rf"(?:(?<!\d\s)(?P<code_before>{BEFORE})\.?\s?{_PRICED}|(?P<before>[{CURRENCY}])\s?)?"
    r"(?P<digits>\d{1,3}(?: \d{3})+(?:[.,]\d+)?(?!\d)|\.?\d+(?:[.,'’\u066b\u066c]\d+)*)"
    rf"(?:(?:e|\s?[x×·*]\s?10\s?(?:\^|\*\*))(?P<tens>{SIGNED}\d{{1,2}})(?!\w))?"
    rf"(?:\s?(?:\^|\*\*)\s?(?P<power>{SIGNED}\d{{1,2}})(?!\w))?"
    r"(?:(?:\s(?P<above>\d{1,3}))?\s?[/\u2044]\s?(?P<below>\d{1,9})(?![\d/\u2044]))?"
    r"(?P<scale>(?:k|m|bn)\b)?)"
)
WORD: Final = re.compile(
    rf"\s?-?([%‰]|°\s?[^\W\d_]|[^\W\d_]{{1,3}}\$|[^\W\d_]+[23]?(?:/[^\W\d_]+[23]?)?(?!\d)|[{CURRENCY}])"
)
RAISED: Final = re.compile(r"(?<=\d)[⁻⁺]?[⁰¹²³⁴-⁹]+")
"""an exponent, which Unicode's compatibility forms would make further digits of the number"""
VULGAR: Final = re.compile(r"(?<=\d)(?=[¼-¾⅐-⅞])")
"""between a number and its fraction, likewise"""
MONTH_AFTER: Final = re.compile(r"(?:st|nd|rd|th|er|\.)?\s(?:(?:of|de)\s)?([^\W\d_]{3,12})")
MONTH_BEFORE: Final = re.compile(r"(?<!\w)([^\W\d_]{3,12})\.?,?\s(?:de\s)?(?:\d{1,2}(?:st|nd|rd|th)?,?\s)?\Z")
DAYS: Final = range(1, 32)
YEARS: Final = range(1000, 2200)
CLOSE: Final = 60
"""characters before a number that may change it"""
TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’]t)?|[^\w\s]|\d+")
MINUS: Final = words_of("minus")
APPROXIMATELY: Final = words_of("approximately")
DENIALS: Final = NEGATIONS - {"t", "no"}
"""not "no", which is short for number"""
AFTER_DENIAL: Final = FUNCTION_WORDS - words_of("no_denial")
"""words between "not" and the number that it denies: "not in 1905", but "not only 5"  """
DENYING_SIGNS: Final = ("不", "没", "沒", "未", "非", "不是", "不到")
MOST_WORDS: Final = 3
"""of a number in words"""
DECIMAL_COMMA: Final = frozenset(str(language_file("units")["decimal_comma"]).split())
"""languages with a decimal comma"""
SCALES: Final[Mapping[str, int]] = {"k": 10**3, "m": 10**6, "bn": 10**9}


class Quantity(NamedTuple):
    """A number."""

    value: Fraction | str
    """a text that is no single number (a version, 2.3.1) as it is written"""
    unit: str
    """name of the unit; "" where none is known"""
    denied: bool = False
    """whether the text says that it is not this number"""


class _Place(NamedTuple):
    """A quantity and where it stands, its unit included."""

    quantity: Quantity
    start: int
    end: int


def quantities(text: str, decimal_comma: bool = False) -> list[Quantity]:
    """Return the numbers of a text in their order.

    Args:
        text: its first LONGEST characters are read.
        decimal_comma: whether its language has one; decides what 1,000 and 1.000 are.
    """
    return [place.quantity for place in _places(_prepared(text), decimal_comma)]


def is_quantity(text: str, decimal_comma: bool = False) -> bool:
    """Return whether a text is one number, and nothing else but a known unit, a sign and "about"."""
    read = _prepared(text)
    places = _places(read, decimal_comma)
    if len(places) != 1 or places[0].quantity.denied or isinstance(places[0].quantity.value, str):
        return False
    rest = f"{read[: places[0].start]} {read[places[0].end :]}"
    return all(word in MINUS | APPROXIMATELY or word in "~≈.()*" for word in TOKEN.findall(rest))


def same(one: Quantity, other: Quantity) -> bool:
    """Return whether both are one number, of one unit where both state one."""
    is_of_one_unit = not one.unit or not other.unit or _is_one_unit(one.unit, other.unit)
    return one.value == other.value and one.denied == other.denied and is_of_one_unit


def in_base_unit(one: Quantity) -> Quantity:
    """Return a quantity in the unit that its own is a multiple of: 7200 seconds for two hours; others as they are."""
    times, base = language_file("units")["multiples"].get(one.unit, (1, one.unit))
    return one._replace(value=one.value * Fraction(times), unit=base) if isinstance(one.value, Fraction) else one


def _is_one_unit(one: str, other: str) -> bool:
    """Return whether two units are one, or one is a kind of the other: 5 kr may be 5 NOK, and $5 5 CAD."""
    return one == other or one.partition(" (")[0] == other or other.partition(" (")[0] == one


def codes_apart(text: str) -> str:
    """Return a text with a space between the code of a currency in capital letters and its number: EUR 5 for EUR5."""
    return _CODE.sub(r"\g<0> ", text)


def _prepared(text: str) -> str:
    return composed(VULGAR.sub(" ", RAISED.sub(r"^\g<0>", codes_apart(text[:LONGEST])))).casefold()


def _places(read: str, decimal_comma: bool) -> list[_Place]:
    found = [place for match in NUMBER.finditer(read) for place in _of_match(read, match, decimal_comma)]
    return found or list(_in_words(read))


def _of_match(read: str, match: re.Match[str], decimal_comma: bool) -> Iterator[_Place]:
    written = match["code"] or match["clock"]
    if written or (match["date"] and not _date(match, decimal_comma)):
        yield _placed(read, match, (written or match["date"]).removeprefix("0"), match.end())
    elif match["date"]:
        year, month, day = _date(match, decimal_comma)
        for number in (day, year):
            yield _placed(read, match, Fraction(number), match.end(), f"month {month}")
    else:
        yield _number(read, match, decimal_comma)


def _date(match: re.Match[str], decimal_comma: bool) -> tuple[int, ...]:
    """Return year, month and day; nothing where it is no date, or may be two."""
    parts = match["date"].split(match["mark"])
    numbers = [int(part) for part in parts]
    orders = [numbers] if len(parts[0]) == 4 else [numbers[::-1]] if len(parts[2]) == 4 else []
    if orders and len(parts[0]) < 4 and match["mark"] != "." and not decimal_comma:
        orders.append([numbers[2], numbers[0], numbers[1]])
    sound = {tuple(own) for own in orders if own[1] in range(1, 13) and own[2] in DAYS}
    return sound.pop() if len(sound) == 1 else ()


def _number(read: str, match: re.Match[str], decimal_comma: bool) -> _Place:
    value, end = _value(match["digits"], decimal_comma), match.end()
    if isinstance(value, Fraction):
        value = _raised(value, match)
        if match["below"]:
            part = Fraction(1, int(match["below"]) or 1)
            value = value + int(match["above"]) * part if match["above"] else value * part
        value *= SIGNS.get(match["sign"] or "", 1) * SCALES.get(match["scale"] or "", 1)
        value, end = _scaled(read, value, end)
    return _placed(read, match, value, end, _currency(match) or _month(read, match, value))


def _currency(match: re.Match[str]) -> str:
    """Return the unit before a number; "" without one."""
    word = match["before"] or match["code_before"] or ""
    return _units().get(word) or ONLY_BEFORE.get(word, "")


def _raised(value: Fraction, match: re.Match[str]) -> Fraction:
    """Return the value with its exponents."""
    tens, power = ((match[name] or "").replace("\u2212", "-").replace("\u2013", "-") for name in ("tens", "power"))
    if power and value and len(match["digits"]) < MOST_DIGITS:
        value = Fraction(value ** int(power))
    return value * Fraction(10) ** int(tens or 0)


def _scaled(read: str, value: Fraction, end: int) -> tuple[Fraction, int]:
    word = WORD.match(read, end)
    return (value * _scales()[word[1]], word.end()) if word and word[1] in _scales() else (value, end)


def _month(read: str, match: re.Match[str], value: Fraction | str) -> str:
    """Return the month of a day or a year as the name of a unit."""
    whole = value.numerator if isinstance(value, Fraction) and value.denominator == 1 else 0
    if whole not in DAYS and whole not in YEARS:  # of an integer: a fraction is compared with each day and year
        return ""
    beside = (MONTH_AFTER.match(read, match.end()), MONTH_BEFORE.search(_before(read, match)))
    known = [months()[folded(word[1])] for word in beside if word and folded(word[1]) in months()]
    return f"month {known[0]}" if known else ""


def _placed(read: str, match: re.Match[str], value: Fraction | str, end: int, unit: str = "") -> _Place:
    """Return a quantity with what the words around it make of it."""
    word = None if unit else WORD.match(read, end)
    if word is not None and (known := _units().get(word[1].replace(" ", ""))):
        unit, end = known, word.end()
    words = TOKEN.findall(_before(read, match))
    if isinstance(value, Fraction) and words[-1:] and words[-1] in MINUS and not "".join(words[-2:-1]).isdigit():
        value, words = -value, words[:-1]
    return _Place(Quantity(value, unit, _is_denied(words)), match.start(), end)


def _before(read: str, match: re.Match[str]) -> str:
    return read[max(0, match.start() - CLOSE) : match.start()]


def _is_denied(words: list[str]) -> bool:
    """Return whether the last words deny what comes next."""
    earlier, last = ["", *words][-2:] if words else ("", "")
    if last in DENIALS or last.endswith((*DENYING_SIGNS, "n't", "n’t")):
        return True
    return last in AFTER_DENIAL and (earlier in DENIALS or earlier == "no" or earlier.endswith(("n't", "n’t")))


def _value(digits: str, decimal_comma: bool) -> Fraction | str:
    """Return what the digits with their separators are; a text where they are no single number."""
    if len(digits) > MOST_DIGITS:
        return digits
    plain = digits.replace("’", "'").replace("\u066b", "." if not decimal_comma else ",").replace("\u066c", "'")
    parts = re.split(r"[.,' ]", plain)
    marks = [mark for mark in plain if mark in ".,' "]
    if not marks:
        return digits if plain.startswith("0") and len(plain) >= len("007") else Fraction(plain)
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


def _in_words(read: str) -> Iterator[_Place]:
    """Yield the numbers of a text without digits, each the longest that is known."""
    found, end = list(re.finditer(r"[^\W\d_]+", read)), 0
    for at, match in enumerate(found):
        for last in found[at : at + MOST_WORDS][::-1]:
            value = counted().get(read[match.start() : last.end()].replace("-", " "))
            if value is not None and match.start() >= end:
                scaled, end = _scaled(read, Fraction(value), last.end())
                yield _placed(read, match, scaled, end)


@cache
def _units() -> Mapping[str, str]:
    """Word or sign -> name of the unit."""
    return {word: str(name) for name, words in language_file("units")["units"].items() for word in str(words).split()}


@cache
def _scales() -> Mapping[str, int]:
    """Word -> what it multiplies by."""
    return {word: 10**power for power, words in language_file("units")["scales"].items() for word in words.split()}
