"""Parts of a whole: "two thirds", "2/3", "½", "half a litre", "a quarter of", "zweieinhalb", "полчаса"."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from harness.judges.quantities.added_parts import HALF_OF, PartOfWhole
from harness.judges.quantities.number_words import cardinals
from harness.judges.quantities.spoken import scales, spoken
from harness.judges.quantities.units import units
from harness.judges.quantities.value import SPACE, WORD, plain
from harness.text.language_files import language_file, words_of
from harness.text.tokens import folded

ONE: Final = words_of("one")
SIGN: Final = re.compile("[¼-¾⅐-⅞]")
DIGITS: Final = re.compile(
    rf"(?:(?P<whole>\d{{1,6}}){SPACE}?(?P<sign>[¼-¾⅐-⅞])|(?:(?P<and>\d{{1,4}}){SPACE})?"
    r"(?P<above>\d{1,2})[/⁄](?P<below>\d{1,3})(?![\d/⁄.,-]\d|\d|[/⁄]))"
)
SURE: Final = re.compile(r"(?:tel|tiers|tercio)\Z", re.IGNORECASE)
"""parts that are no places in a row"""
MOST_PARTS: Final = 100
OF: Final = re.compile(rf"{SPACE}(?:of|der|des|de[lr]?|d['’]|von|vom|du)(?!\w)", re.IGNORECASE)
OF_IT: Final = re.compile(
    rf"{OF.pattern}|{SPACE}(?:off|more|less|fewer|larger|smaller|higher|lower|cheaper)(?!\w)", re.IGNORECASE
)
TO_UNIT: Final = re.compile(
    rf"(?:{SPACE}(?:of|de|d['’](?=\w)))?(?:{SPACE}(?:an?|one|une?|un[oa]|ein|eine[nrms]?)(?!\w))?(?=[^\W\d_]|-|{SPACE})",
    re.IGNORECASE,
)
"""between a part and what it is part of: half of a litre"""
BEFORE_HALF: Final = re.compile(
    rf"{SPACE}?-?(?:of|the|an?|all|its|his|her|their|our|your|my|these|those|them)(?!\w)", re.IGNORECASE
)
LIMITING: Final = re.compile(
    rf"(?<!\w)(?:only|just|about|almost|nearly|over|than|least|most|exactly|roughly|around|other){SPACE}half\Z",
    re.IGNORECASE,
)
LONGEST_BEFORE: Final = 16
SHARE_OF: Final = re.compile(rf"{SPACE}(?:out of|in|sur|de cada|von){SPACE}", re.IGNORECASE)
"""one in ten"""
SPANISH_PARTS: Final = re.compile(rf"{SPACE}partes?(?!\w)|{SPACE}част(?:ь|и|ей)(?!\w)", re.IGNORECASE)


def part_in_digits(text: str, at: int) -> PartOfWhole | None:
    """Return "2/3", "2 1/2" or "2½" at a digit or sign."""
    if SIGN.match(text, at):
        return PartOfWhole(unicodedata.numeric(text[at]), at + 1)
    match = DIGITS.match(text, at)
    if match is None:
        return None
    if match["sign"]:
        return PartOfWhole(int(match["whole"]) + unicodedata.numeric(match["sign"]), match.end())
    above, below = int(match["above"]), int(match["below"])
    if not 0 < above < below <= MOST_PARTS:
        return None
    return PartOfWhole(int(match["and"] or 0) + above / below, match.end())


def part_in_words(text: str, at: int) -> PartOfWhole | None:
    """Return the part that words say, a numerator among them or not."""
    first = WORD.match(text, at)
    if first is None:
        return None
    name = plain(first[1])
    if name in ONE:
        return _behind_one(text, first.end()) or _one_in(text, first.end())
    if name in _own("needs_parts") and (below := _below(text, at, _own("needs_parts"))) is not None:
        return below
    if name == "quarter":
        word = WORD.match(text, first.end())
        return PartOfWhole(0.25, first.end(), True) if word and plain(word[1]) in units() else None
    if name in _own("halves"):
        return _half(text, name, first.end())
    if (share := _own("shares").get(name)) is not None:
        return PartOfWhole(share, first.end())
    if (value := mixed(name)) is not None:
        return PartOfWhole(value, first.end(), name not in _own("mixed"))
    return _behind_number(text, at)


def _behind_one(text: str, end: int) -> PartOfWhole | None:
    """Return "a third of": without "of" a third is one more."""
    below = _below(text, end, _own("parts"))
    told = below is not None and (
        SURE.search(text, end, below.end) or OF_IT.match(text, below.end) or text[end : end + 1] == "-"
    )
    if below is not None and (told or _is_measured(text, below.end)):
        return below
    word = WORD.match(text, end)
    if word is not None and plain(word[1]) in _own("halves"):
        return _half(text, plain(word[1]), word.end())
    return None


def _behind_number(text: str, at: int) -> PartOfWhole | None:
    """Return "two thirds", "nine out of ten"."""
    above = spoken(text, at)
    if above is None or above.value >= MOST_PARTS:
        return None
    below = _below(text, above.end, _own("parts")) or _below(text, above.end, _own("many_parts"))
    if below is not None:
        return PartOfWhole(above.value * below.value, below.end)
    return _out_of(text, above.value, above.end)


def _one_in(text: str, end: int) -> PartOfWhole | None:
    return _out_of(text, 1.0, end)


def _out_of(text: str, above: float, end: int) -> PartOfWhole | None:
    """Return "one in ten": both numbers in words."""
    joint = SHARE_OF.match(text, end)
    below = spoken(text, joint.end()) if joint else None
    if joint is None or below is None or not above < below.value <= MOST_PARTS:
        return None
    if joint.group().strip().casefold() == "in" and above != 1:
        return None
    return PartOfWhole(above / below.value, below.end)


def _below(text: str, end: int, known: Mapping[str, float]) -> PartOfWhole | None:
    """Return the part that a word such as "thirds" stands for."""
    word = WORD.match(text, end)
    below = known.get(plain(word[1])) if word else None
    if word is None or below is None:
        return None
    end = word.end() - word.group().endswith(".")
    further = SPANISH_PARTS.match(text, end)
    if further is None and plain(word[1]) in _own("needs_parts"):
        return None
    return PartOfWhole(1 / below, further.end() if further else end)


def _half(text: str, name: str, end: int) -> PartOfWhole | None:
    """Return "half" where it is said of something."""
    if name == "half" and (BEFORE_HALF.match(text, end) or LIMITING.search(text[max(end - LONGEST_BEFORE, 0) : end])):
        return PartOfWhole(HALF_OF, end, not OF.match(text, end) and _is_measured(text, end))
    return PartOfWhole(HALF_OF, end, True) if _is_measured(text, end) else None


def _is_measured(text: str, end: int) -> bool:
    """Return whether a unit or a scale follows."""
    joint = TO_UNIT.match(text, end)
    word = WORD.match(text, joint.end()) if joint else None
    return word is not None and (plain(word[1]) in units() or plain(word[1]) in scales())


@lru_cache(maxsize=10_000)
def mixed(name: str) -> float | None:
    """Return what "anderthalb", "zweieinhalb" and "полтора" stand for; the part of a unit as in "полчаса" is 0.5."""
    if (value := _own("mixed").get(name)) is not None:
        return float(value)
    number, found, ending = name.partition("einhalb")
    if found and len(ending) <= 2 and (number in cardinals() or number == "ein"):
        return cardinals().get(number, 1) + HALF_OF
    return None


@lru_cache(maxsize=10_000)
def joined_part(name: str) -> tuple[float, str] | None:
    """Return the part and the unit or scale of one word: полчаса, Dreiviertelstunde, Viertelliter."""
    for beginning, part in _own("prefixes").items():
        rest = name.removeprefix(beginning)
        if rest != name and (rest in units() or rest in scales()):
            return float(part), rest
    return None


@cache
def _own(name: str) -> Mapping[str, float]:
    known = language_file("quantities")["fractions"][name]
    return (
        {folded(word): value for word, value in known.items()} if isinstance(known, dict) else dict.fromkeys(known, 0.5)
    )


@cache
def part_beginnings() -> frozenset[str]:
    """Return the words with which parts begin, numerators left out."""
    return frozenset((*_own("halves"), *_own("needs_parts"), *_own("shares"), *_own("mixed"), *ONE, "quarter"))
