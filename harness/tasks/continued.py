"""Rows that go on with others: each turn of one conversation as a row of its own, with all that was said before.

The longer row holds the answer of the shorter one. In train it gives away what test asks.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from harness.types import Example

LABEL: Final = 60
"""characters that may stand between an input and its answer: a line break, and who speaks"""
FEWEST: Final = 3
"""words of an input; one that is shorter is a greeting, with which many conversations begin"""


def continued(counted: Sequence[Example], others: Sequence[Example]) -> dict[int, int]:
    """Return the counted rows with which others begin, answer and all: number -> number of the first such row."""
    found: dict[int, int] = {}
    for one, other in sorted(_pairs(counted, others)):
        found.setdefault(one, other)
    return found


def conversations(rows: Sequence[Example]) -> Iterator[tuple[int, int]]:
    """Yield the rows that are of one conversation; an input that stands several times begins several of them."""
    times = Counter(row.text for row in rows)
    yield from (pair for pair in _pairs(rows, rows) if times[rows[pair[0]].text] == 1)


def _pairs(counted: Sequence[Example], others: Sequence[Example]) -> Iterator[tuple[int, int]]:
    """Yield numbers of a counted row and of one that begins with it; sorted, what a text begins with is above it."""
    begin = [(row.text, 0, number) for number, row in enumerate(counted) if row.references and _is_long(row.text)]
    every = sorted([*begin, *((row.text, 1, number) for number, row in enumerate(others))])
    above: list[tuple[str, int]] = []
    for text, is_other, number in every:
        while above and not text.startswith(above[-1][0]):
            above.pop()
        if is_other:
            yield from ((one, number) for start, one in above if _goes_on(text, start, counted[one].references[0]))
        else:
            above.append((text, number))


def _is_long(text: str) -> bool:
    return len(text.split(None, FEWEST)) >= FEWEST


def _goes_on(text: str, start: str, answer: str) -> bool:
    """Return whether the answer to the beginning of a text stands next in it."""
    wanted = " ".join(answer.split())
    rest = text[len(start) : len(start) + 2 * len(answer) + LABEL]
    return bool(wanted) and 0 <= " ".join(rest.split()).find(wanted) <= LABEL
