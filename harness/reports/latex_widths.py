"""How wide the columns of a LaTeX table are, in widths of a digit: tables that fit a page without being scaled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from harness.reports.cells import Block, Strip
from harness.reports.latex_text import PIECE, pieces

GAP: Final = 1.5
"""between two columns"""
TEXT: Final = 24.0
"""most of a column of words, where there is more to set next to it"""
HEADING: Final = 10.0
"""most of a heading, likewise"""
WIDE: Final = {
    **dict.fromkeys("ijl.,:;![]()'", 0.56),
    **dict.fromkeys("frstI*", 0.78),
    **dict.fromkeys("mw%", 1.6),
    **dict.fromkeys("+-=<>−±×", 1.55),
    **dict.fromkeys("ABCDEFGHJKLNOPQRTUVXYZΔ–_", 1.45),
    **dict.fromkeys("MW→", 2.0),
    " ": 0.67,
}
"""of Computer Modern and its likes; whatever is not named is as wide as a digit, or two of them (Chinese, Japanese)"""


@dataclass(frozen=True, slots=True)
class Width:
    """One column."""

    digits: float
    """room that it gets"""
    breaks: bool
    """whether some cell has to be set in more than one line"""


def size(text: str) -> float:
    """Return the width of a text on one line."""
    return sum(WIDE.get(character, float(cell_len(character))) for character in text)


def strip_width(strip: Strip) -> float:
    """Return the room that a column asks for where there is little."""
    heading, cells = strip
    return max(_asked(heading, HEADING), *(_asked(cell.text, TEXT) for cell in cells))


def widths(block: Block, room: float) -> list[Width]:
    """Return the columns' widths: as wide as they are where that fits, words set in several lines where not."""
    strips = [(heading, [row[place] for row in block.rows]) for place, heading in enumerate(block.headings)]
    natural = [max(map(size, [heading, *(cell.text for cell in cells)])) for heading, cells in strips]
    least = [max(_longest(text) for text in [heading, *(cell.text for cell in cells)]) for heading, cells in strips]
    given = [min(strip_width(one), whole) for one, whole in zip(strips, natural, strict=True)]
    room -= GAP * (len(given) - 1)
    given = _shrunk(given, least, room) if sum(given) > room else _grown(given, natural, room)
    return [Width(one, breaks=one < whole) for one, whole in zip(given, natural, strict=True)]


def lines(texts: Sequence[str], of: Sequence[Width]) -> int:
    """Return how many lines a row takes, about."""
    return max(_lines(text, one) for text, one in zip(texts, of, strict=True))


def _lines(text: str, width: Width) -> int:
    if not width.breaks:
        return 1
    done, used = 1, 0.0
    for part in pieces(text):
        wanted = size(part)
        if used and used + wanted > width.digits:
            done, used = done + 1, 0.0
        used += wanted + WIDE[" "]
    return done


def _asked(text: str, most: float) -> float:
    """A number with its interval whole; of words no more than `most`, unless one of them is longer."""
    return size(text) if text[:1] in "+-.0123456789" else min(size(text), max(most, _longest(text)))


def _longest(text: str) -> float:
    return max(map(size, pieces(text)), default=0.0) if PIECE.search(text) else 0.0


def _shrunk(given: list[float], least: list[float], room: float) -> list[float]:
    """Take from the widest columns first, never below their longest word."""
    given = list(given)
    while sum(given) > room:
        place = max(range(len(given)), key=lambda one: (given[one] > least[one], given[one]))
        if given[place] <= least[place]:
            break
        given[place] = max(least[place], given[place] - 1.0)
    return given


def _grown(given: list[float], natural: list[float], room: float) -> list[float]:
    """Give what is left to the columns that are narrower than their cells."""
    given = list(given)
    for place, whole in sorted(enumerate(natural), key=lambda one: one[1] - given[one[0]]):
        more = min(whole - given[place], room - sum(given))
        given[place] += max(0.0, more)
    return given
