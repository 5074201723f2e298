"""Whether two rows with one question answer the same, something else in other words, or what cannot both be right.

Compared are, in this order: whether one says yes and the other no, or one denies what the other says; the values that
they state, however they are written ($1,000 and 1000 dollars, 2024-05-12 and 12 May 2024); and their words. Of short
answers that are one, one holds the words of the other, or they are spelt alike; long ones share words that carry
meaning. Options are compared as options: B and "B) A river" are one, A is another.
"""

import re
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from typing import Final, Literal, NamedTuple

from harness.tasks.audit import jaccard
from harness.text.calendar_words import counted, months
from harness.text.language_files import FUNCTION_WORDS, NEGATIONS, language_file, words_of
from harness.text.quantities import Quantity, in_base_unit, quantities, same
from harness.text.tokens import folded, normalised, words
from harness.types import Example

Verdict = Literal["same", "otherwise", "contradict"]
DIGITS: Final = re.compile(r"\d+")
ALIKE: Final = 0.7
"""similarity of the spelling of two short answers that are one"""
SHORT: Final = 8
"""words of an answer that is short"""
SHARED: Final = 0.2
"""share of the words of the shorter of two long answers that the other has, where both say the same"""
READ: Final = 2_000
"""characters of an answer that are compared"""
KEPT: Final = 50_000
"""answers that are kept as they were read"""
YES, NO = words_of("said_yes"), words_of("said_no")
WITHOUT: Final = words_of("without")
ZERO: Final = ("0", "zero")
_SAID: Final = re.compile(rf"\A\W*({'|'.join(sorted(YES | NO))})(?:\s*[,.;:!–—](?!\s*\d)|\s+-\s|\s*\Z)")
"""yes or no, before what else is said; not the short form of number (No. 5)"""
_OPTION: Final = re.compile(r"\(?([^\W\d_])\)\s+(\S.*)")
"""a label and the text of an option"""


class _Answer(NamedTuple):
    """What is read of an answer."""

    plain: str
    words: frozenset[str]
    meant: frozenset[str]
    """words that carry meaning; without negations, and without yes and no at its beginning"""
    rest: frozenset[str]
    """these without figures, units and months"""
    is_denied: bool
    lacks: bool
    """whether a negation is one of a noun (without, sin), which denies no statement"""
    said: str
    """"yes" or "no" where it begins with it; "" otherwise"""


def compared(one: Example, other: Example) -> Verdict:
    """Return whether two rows with one question have one answer; "contradict" where no answer is right in both."""
    if one.answerable != other.answerable:
        return "contradict"
    if not one.answerable or not set(one.references).isdisjoint(other.references):
        return "same"
    if _is_of_options(one) or _is_of_options(other):
        return "contradict" if _options(one).isdisjoint(_options(other)) else "same"
    verdicts = [answers_compared(mine, theirs) for mine in one.references for theirs in other.references]
    return "same" if "same" in verdicts else verdicts[0]


def answers_compared(one: str, other: str) -> Verdict:
    """Return the same of two answers."""
    one, other = one[:READ], other[:READ]
    mine, theirs = _read(one), _read(other)
    if mine.plain == theirs.plain:
        return "same"
    if (said := _by_yes_and_no(mine, theirs) or _by_yes_and_no(theirs, mine)) is not None:
        return said
    if _is_denial(mine, theirs) or _is_denial(theirs, mine):
        return "contradict"
    values = _by_values(one, other)
    if values == "contradict":
        return "contradict"
    is_short = min(len(mine.words), len(theirs.words)) <= SHORT
    if values == "same" and is_short and _is_within(mine.rest, theirs.rest):
        return "same"
    return "same" if _are_alike(mine, theirs, is_short) else "otherwise"


def _by_yes_and_no(one: _Answer, other: _Answer) -> Verdict | None:
    """Return what a yes or no decides: against another one, and where it is all that is said; None for nothing."""
    if one.said and other.said:
        is_all = not one.meant or not other.meant
        return "contradict" if one.said != other.said else "same" if is_all else None
    if one.said and not one.meant:
        return "same" if (one.said == "no") is other.is_denied else "contradict"
    return None


def _is_denial(one: _Answer, other: _Answer) -> bool:
    """Return whether one answer denies what the other says; "none" denies no zero."""
    if other.is_denied or other.lacks or (not one.meant and other.plain in ZERO):
        return False
    return (one.is_denied and one.meant <= other.meant) or (one.lacks and one.meant == other.meant)


def _by_values(one: str, other: str) -> Verdict | None:
    """Return whether two answers state the same values; None where one of them states none."""
    before: tuple[tuple[Quantity, ...], ...] = ()
    for decimal_comma in (False, True):
        mine, theirs = _values(one, decimal_comma), _values(other, decimal_comma)
        if before == (mine, theirs):
            break  # most numbers are read alike: they have been compared
        before = (mine, theirs)
        if not mine or not theirs:
            return None
        if any(isinstance(own.value, str) for own in (*mine, *theirs)):
            return _by_figures(one, other, all(isinstance(own.value, str) for own in (*mine, *theirs)))
        if _are_among(mine, theirs) or _are_among(theirs, mine):
            return "same"
    return "contradict"


def _by_figures(one: str, other: str, is_sure: bool) -> Verdict | None:
    """Return the same for codes and times of day, which are compared as they are written; 3 pm may be 15:00."""
    figures = (frozenset(DIGITS.findall(text)) for text in (one, other))
    return "same" if _is_within(*figures) else "contradict" if is_sure else None


def _are_among(some: Collection[Quantity], others: Collection[Quantity]) -> bool:
    return all(any(_is_one(own, other) for other in others) for own in some)


def _is_one(own: Quantity, other: Quantity) -> bool:
    """Return whether two values are one: 24 months and two years, but no number without a unit is 24 months."""
    if same(own, other):
        return True
    is_other_unit = bool(own.unit and other.unit) and own.unit != other.unit  # in one unit they would differ as much
    return is_other_unit and same(in_base_unit(own), in_base_unit(other))


def _are_alike(one: _Answer, other: _Answer, is_short: bool) -> bool:
    if not one.words or not other.words:
        return False
    if not is_short:
        left, right = one.words - FUNCTION_WORDS or one.words, other.words - FUNCTION_WORDS or other.words
        return len(left & right) >= SHARED * min(len(left), len(right))
    is_of_one_value = DIGITS.findall(one.plain) == DIGITS.findall(other.plain)
    return _is_within(one.words, other.words) or (is_of_one_value and jaccard(one.plain, other.plain) >= ALIKE)


def _is_within(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether one of two sets holds the other."""
    return one <= other or other <= one


@lru_cache(KEPT)
def _read(text: str) -> _Answer:
    found = _SAID.match(folded(text))
    said = ("yes" if found[1] in YES else "no") if found else ""
    plain = normalised(text)
    every = words(text)
    told = words(folded(text)[found.end() :]) if found else every
    denying = {at: word for at, word in enumerate(told) if word in NEGATIONS and _denies(told, at)}
    of_nouns = WITHOUT.issuperset(denying.values())
    meant = frozenset(word for at, word in enumerate(told) if at not in denying) - FUNCTION_WORDS
    rest = frozenset(word for word in meant if not any(map(str.isdigit, word))) - _words_of_values()
    return _Answer(plain, frozenset(every), meant, rest, not of_nouns, of_nouns and bool(denying), said)


def _denies(told: Sequence[str], at: int) -> bool:
    """Return whether a negation is one: "t" of "isn't" and not of a shirt, "no" not short for number."""
    if told[at] == "t":
        return at > 0 and told[at - 1].endswith("n")
    return told[at] != "no" or not "".join(told[at + 1 : at + 2]).isdigit()


@lru_cache(KEPT)
def _values(text: str, decimal_comma: bool) -> tuple[Quantity, ...]:
    if decimal_comma and len(DIGITS.findall(text)) < 2:
        return _values(text, False)  # nothing stands on both sides of a sign that could be a comma
    return tuple(quantities(text, decimal_comma))


@cache
def _words_of_values() -> frozenset[str]:
    """Return names of units and months, and numbers in words."""
    units = [word for names in language_file("units")["units"].values() for word in str(names).split()]
    scales = [word for names in language_file("units")["scales"].values() for word in names.split()]
    return frozenset(word for text in (*units, *scales, *months(), *counted()) for word in words(text))


def _is_of_options(row: Example) -> bool:
    return bool(row.choices) or any(_OPTION.fullmatch(text.strip()) for text in row.references)


def _options(row: Example) -> set[str]:
    """Return the references of a row, and of those with a label (B) A river) label and text."""
    texts = [" ".join(folded(text).split()).rstrip(" .") for text in row.references]
    parts = [part for text in texts if (found := _OPTION.fullmatch(text)) for part in found.groups()]
    return {*texts, *parts}
