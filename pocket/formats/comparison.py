"""How far an answer follows a format: its structure, the values that it should hold, and those of the exemplar."""

import re
from collections.abc import Collection, Sequence

from rapidfuzz.distance import Levenshtein

MARK = "\u241f"
"""stands for a value"""


def structure_match(answer: str, expected: str, values: Collection[str]) -> float:
    """Return from 0 to 1 how alike the texts are when every value is the same mark: edit distance over signs.

    Args:
        answer: as written.
        expected: as it should have been written.
        values: all that may stand for a value, of the input and of the exemplar.
    """
    return float(Levenshtein.normalized_similarity(_marked(answer, values), _marked(expected, values)))


def share_found(answer: str, values: Sequence[str]) -> float:
    """Return the share of the values that stand in the answer as whole words; 1 for none."""
    return sum(_stands(value, answer) for value in values) / len(values) if values else 1.0


def copied(answer: str, values: Collection[str], expected: str) -> float:
    """Return the share of the exemplar's values in the answer, but for those that the right answer holds as well."""
    own = [value for value in values if not _stands(value, expected)]
    return sum(_stands(value, answer) for value in own) / len(own) if own else 0.0


def _stands(value: str, text: str) -> bool:
    return re.search(_whole(value), text) is not None


def _whole(value: str) -> str:
    """Return the pattern of a value that is no part of a longer word or number; signs may touch it."""
    return rf"(?<![^\W_]){re.escape(value)}(?![^\W_])"


def _marked(text: str, values: Collection[str]) -> str:
    longest_first = sorted(set(values), key=len, reverse=True)
    return re.sub("|".join(map(_whole, longest_first)) or r"(?!)", MARK, text)
