"""Numbers in words, put together: "three hundred and forty thousand", "mille deux cents", "тысяча двести"."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from harness.judges.quantities.added_parts import added_part
from harness.judges.quantities.number_words import NumberKind, beginnings, cardinals, compound, ranks
from harness.judges.quantities.value import SPACE, WORD, plain
from harness.text.language_files import language_file
from harness.text.tokens import folded

AND: Final = re.compile(rf"{SPACE}(?:and|und){SPACE}", re.IGNORECASE)
MOST_PIECES: Final = 12
"""of one number"""
HUNDRED: Final = 100
AMBIGUOUS: Final = frozenset({2, 20})
"""scales whose English words have another meaning"""
OF_WORD: Final = re.compile(rf"{SPACE}of{SPACE}([^\W\d_]+)", re.IGNORECASE)
COINS: Final = frozenset({"cent", "cents"})
"""which are a hundred in French"""
YEAR_BEGINNINGS: Final = range(16, 21)
"""as in nineteen sixty-four"""
BEFORE_COIN: Final = re.compile(rf"(?:an?|one|per|pour|the|every|last|red|ein|un){SPACE}\Z", re.IGNORECASE)
"""before "cent", which is no hundred then"""
FRENCH: Final = re.compile(
    rf"(?<!\w)(?:deux|trois|quatre|cinq|six|sept|huit|neuf|mille)(?:{SPACE}|-)?\Z", re.IGNORECASE
)
LONGEST_BEFORE: Final = 12


class NumeralPiece(NamedTuple):
    """A part of a number in words."""

    value: int
    end: int
    scales: bool
    """what it follows is multiplied by it"""


class SpokenNumber(NamedTuple):
    """A number in words."""

    value: float
    end: int


def spoken(text: str, at: int) -> SpokenNumber | None:
    """Return the number in words that begins at a place, the longest that is one."""
    first = _piece(text, at)
    if first is None or (first.scales and not _begins(text, at, first)):
        return None
    return _together(text, first, 0.0)


def one_of_scale(text: str, end: int) -> SpokenNumber | None:
    """Return what "a thousand" says, of which the article ends at a place."""
    piece = _piece(text, end) if text[end : end + 1] in (" ", "-", "\u00a0") else None
    if piece is None or not piece.scales or not _is_meant(text, piece):
        return None
    return _together(text, piece, 1.0)


def _is_meant(text: str, piece: NumeralPiece) -> bool:
    """Return whether "couple" and "score" are numbers: a couple of days, a score of men; not of 7."""
    if piece.value not in AMBIGUOUS or text[piece.end - 5 : piece.end].casefold() not in ("ouple", "score", " pair"):
        return True
    of = OF_WORD.match(text, piece.end)
    return of is not None and plain(of[1]) not in cardinals()


def _together(text: str, first: NumeralPiece, current: float) -> SpokenNumber:
    total, smallest, end = 0.0, float("inf"), first.end
    piece: NumeralPiece | None = first
    for _ in range(MOST_PIECES):
        if piece is None or not _fits(piece, current, smallest):
            break
        end = piece.end
        if not piece.scales:
            current = _added(current, piece.value)
        elif piece.value == HUNDRED:
            current = (current or 1) * HUNDRED
        else:
            total, current, smallest = total + (current or 1) * piece.value, 0.0, _remaining(piece.value)
        more = added_part(text, end) if piece.scales and piece.value > HUNDRED else None
        if more is not None:
            return SpokenNumber(total + more.value * piece.value, more.end)
        piece = _next(text, end, current, smallest)
    return SpokenNumber(total + current, end)


def rank(text: str, at: int) -> SpokenNumber | None:
    """Return the place in a row that begins at a place: "third", "twenty-first"."""
    return _longest(text, at, "ranks")


def _fits(piece: NumeralPiece, current: float, smallest: float) -> bool:
    if piece.scales:
        return current < HUNDRED if piece.value == HUNDRED else piece.value < smallest
    if current == 0:
        return piece.value < smallest
    whole = current % HUNDRED == 0 and piece.value < HUNDRED
    return whole or (current in YEAR_BEGINNINGS and 10 <= piece.value < HUNDRED)


def _added(current: float, value: int) -> float:
    return current * HUNDRED + value if 0 < current < HUNDRED else current + value


def _remaining(scale: int) -> float:
    """Return below what a number must be that follows a scale; nothing follows a dozen."""
    return scale if scale >= 1000 else 0


def _next(text: str, end: int, current: float, smallest: float) -> NumeralPiece | None:
    """Return the piece that goes on with a number, behind "and" if need be."""
    piece = _piece(text, end)
    if piece is not None:
        return piece
    joint = AND.match(text, end) if current % HUNDRED == 0 and smallest else None
    piece = _piece(text, joint.end() - 1) if joint else None
    if piece is None or piece.scales or piece.value >= HUNDRED:
        return None
    following = _piece(text, piece.end)
    is_other = (
        following is not None and following.scales and (following.value == HUNDRED or following.value >= smallest)
    )
    return None if is_other else piece


def _begins(text: str, at: int, piece: NumeralPiece) -> bool:
    """Return whether a number may begin with a scale: "mil", "сто"; English needs "a" before it."""
    written = folded(text[at : piece.end].strip(" .\u00a0"))
    if written not in language_file("quantities")["beginning_scales"]:
        return False
    return written != "cent" or BEFORE_COIN.search(text[max(at - LONGEST_BEFORE, 0) : at]) is None


def _piece(text: str, at: int) -> NumeralPiece | None:
    """Return the number below a hundred, the hundreds or the scale that begin at a place."""
    word = WORD.match(text, at)
    if word is None:
        return None
    found = _longest(text, at, "cardinals")
    if found is not None:
        return NumeralPiece(int(found.value), found.end, False)
    end = word.end() - word.group().endswith(".")
    if (value := compound(word[1])) is not None:
        return NumeralPiece(value, end, False)
    scale = scales().get(plain(word[1]))
    if scale is None or (word[1].casefold() in COINS and not _is_french_hundred(text, word.start(), word[1])):
        return None
    return NumeralPiece(scale, end, True)


def _is_french_hundred(text: str, at: int, written: str) -> bool:
    """Return whether "cent" is no coin: two of them stand behind a French number, one begins a number."""
    return written == "cent" or FRENCH.search(text[max(at - LONGEST_BEFORE, 0) : at]) is not None


@cache
def scales() -> Mapping[str, int]:
    """Return what a word after a number multiplies by: thousand, dozen; not single letters."""
    known: Mapping[str, int] = language_file("quantities")["scales"]
    return {folded(name): factor for name, factor in known.items() if len(name) > 1}


def _longest(text: str, at: int, kind: NumberKind) -> SpokenNumber | None:
    known = cardinals() if kind == "cardinals" else ranks()
    best, position, name, going_on = None, at, "", beginnings(kind)
    while (after := WORD.match(text, position)) is not None:
        name = f"{name} {plain(after[1])}".lstrip()
        position = after.end() - after.group().endswith(".")
        if name in known:
            best = SpokenNumber(float(known[name]), position)
        if name not in going_on:
            break
    return best
