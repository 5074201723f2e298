"""What the values of a column look like: texts, a word or two, or names of things. Its own name alone says little."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from itertools import islice
from statistics import median
from typing import Any, Final

from harness.tasks.columns import look_up
from harness.text.tokens import WITHOUT_SPACES, words

READ: Final = 200
"""values that are looked at"""
OPENING: Final = 400
"""characters of each"""
MOST: Final = 0.8
"""share of the values that look alike"""
FEWEST: Final = 3
"""values from which on one that is always the same is a constant"""
REPEATED: Final = 4
"""rows per value from which on short values are kinds of rows, no questions"""
SHORT: Final = 6
"""words that the name of a kind or a file has at most"""
PASSAGE: Final = 12
"""words from which on a text without a full stop is a passage, no title"""
FILES: Final = frozenset(
    (
        *("pdf", "doc", "docx", "odt", "rtf", "md", "txt", "rst", "htm", "html", "csv", "tsv", "xls", "xlsx", "ppt"),
        *("pptx", "json", "jsonl", "xml", "yaml", "epub", "png", "jpg", "jpeg", "mp3", "wav"),
    )
)
"""endings of files"""
_ENDS: Final = re.compile(r"[.!?:…。！？।؟][\"'”’»)\]]*\s*\Z")


class Look(IntEnum):
    """From what is surely no text to what surely is one."""

    NAMES = 0
    """ids, numbers, dates, addresses, files, or always the same"""
    WORDS = 1
    """a word, a word with a number, or one of few kinds"""
    TEXTS = 2


def column_look(rows: Iterable[Mapping[str, Any]], column: str) -> Look:
    """Return what the values of a column are."""
    values = _values(rows, column)
    if not values or _share(map(_is_name, values)) >= MOST or (len(values) >= FEWEST and len(set(values)) == 1):
        return Look.NAMES
    length = median(map(_words, values))
    is_kind = length <= SHORT and len(values) >= 2 * REPEATED and len(set(values)) * REPEATED <= len(values)
    return Look.WORDS if length < 2 or is_kind else Look.TEXTS


def holds_places(rows: Iterable[Mapping[str, Any]], column: str) -> bool:
    """Return whether a column holds addresses or names of files."""
    values = _values(rows, column)
    return bool(values) and _share(map(_is_place, values)) >= MOST


def holds_passages(rows: Iterable[Mapping[str, Any]], column: str, *, surely: bool) -> bool:
    """Return whether a column holds texts that can answer a question.

    Args:
        rows: the first of a file.
        column: with a text or a list of texts.
        surely: whether the name of the column says so; else titles of documents are told apart.
    """
    values = _values(rows, column)
    if not values or _share(map(_is_name, values)) >= MOST:
        return False
    lengths = list(map(_words, values))
    if surely:
        return median(lengths) >= 2 or len(values) < FEWEST
    are_sentences = _share(bool(_ENDS.search(value)) for value in values) >= MOST
    return median(lengths) >= PASSAGE or (median(lengths) >= 2 and are_sentences)


def _values(rows: Iterable[Mapping[str, Any]], column: str) -> list[str]:
    cells = (look_up(row, (column,))[1] for row in rows)
    return list(islice((text for cell in cells for text in _texts(cell)), READ))


def _texts(cell: Any) -> Iterator[str]:
    if isinstance(cell, list):
        for item in cell:
            yield from _texts(item)
    elif cell is not None and str(cell).strip():
        yield " ".join(str(cell).split())


def _words(text: str) -> int:
    """Return the number of words without a digit."""
    return sum(not any(map(str.isdigit, word)) for word in words(text[:OPENING]))


def _is_place(text: str) -> bool:
    """Return whether a text is an address or the name of a file."""
    if len(text.split()) > SHORT:
        return False
    _, dot, ending = text.rpartition(".")
    is_file = bool(dot) and ending.casefold() in FILES and not {"?", "!"} & set(text)
    return is_file or (" " not in text and ("://" in text or text.startswith("www.") or _is_mail(text)))


def _is_mail(text: str) -> bool:
    name, at, host = text.partition("@")
    return bool(name and at) and "." in host.strip(".")


def _is_name(text: str) -> bool:
    one = " " not in text and not WITHOUT_SPACES.search(text)
    return _is_place(text) or (one and any(map(str.isdigit, text)))


def _share(found: Iterable[bool]) -> float:
    each: Sequence[bool] = list(found)
    return sum(each) / len(each)
