"""The training row that is most like a question and its answer: by weighted words in common.

Nothing in an adapter says which row an answer came from. The nearest row is a guess, and whoever shows it says so.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from harness.text.terms import terms
from harness.types import Example

LONGEST = 4_000
"""characters of a row that are read"""


class NearestRows:
    """Training rows by their content words: rare words count most, and long rows gain nothing by their length.

    Args:
        rows: to find one among.
    """

    def __init__(self, rows: Sequence[Example]) -> None:
        self.rows = rows
        words = [_words(row_text(row)) for row in rows]
        counts = Counter(word for own in words for word in own)
        self._weight = {word: math.log(1 + len(rows) / count) for word, count in counts.items()}
        self._holding: dict[str, list[int]] = defaultdict(list)
        for number, own in enumerate(words):
            for word in own:
                self._holding[word].append(number)
        self._length = [math.sqrt(sum(self._weight[word] ** 2 for word in own)) for own in words]

    def of(self, text: str) -> Example | None:
        """Return the row that is most like the text; of equal ones the first; None where none shares a word."""
        shared: dict[int, float] = defaultdict(float)
        for word in sorted(_words(text)):
            for number in self._holding.get(word, ()):
                shared[number] += self._weight[word] ** 2
        best = min(shared, key=lambda number: (-shared[number] / self._length[number], number), default=None)
        return None if best is None else self.rows[best]


def row_text(row: Example) -> str:
    """Return what a row taught: its input and its answer."""
    return f"{row.text}\n{row.references[0]}" if row.references else row.text


def _words(text: str) -> frozenset[str]:
    return frozenset(word.key for word in terms(text, 0, LONGEST).words if word.content or word.number)
