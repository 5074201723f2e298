"""Citations in answers ("It opened in 1894 [2]."): which passages each sentence names, and the answer without them.

A mark is a number in brackets, or several: [2], [1, 3], [1][3], [2-4], [passage 2], 【2】. It belongs to the sentence
that it stands in or right behind ("It opened in 1894. [2]"). What looks like a link, [2](address), is none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from harness.text.sentences import bounds

MARK: Final = re.compile(
    r"[ \t]{0,4}[\[［【]\s{0,2}\^?(?:(?:passage|source|document|doc)s?\s{0,2})?"
    r"(\d{1,3}(?:\s{0,2}(?:[,;&+–-]|and)\s{0,2}\d{1,3}){0,19})\s{0,2}[\]］】](?!\()",
    re.IGNORECASE,
)
"""every quantifier is bounded, so that a text takes linear time"""
NUMBER: Final = re.compile(r"(\d{1,3})(?:\s{0,2}[–-]\s{0,2}(\d{1,3}))?")
LONGEST_RANGE: Final = 20
"""passages that one range may name; of a longer one its ends count"""


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence of an answer that was freed of citations, and what it cites."""

    start: int
    """offset of its first character in the plain answer"""
    end: int
    """offset after the last character"""
    numbers: tuple[int, ...]
    """of the passages that it cites, counted from 1, in its order, each once; they may name no passage at all"""


def plain(answer: str) -> str:
    """Return the answer without its citations, and what spaces stood before them; the same text if it has none."""
    return _parted(answer)[0] if MARK.search(answer) else answer


def cited_sentences(answer: str) -> tuple[CitedSentence, ...]:
    """Return the sentences of `plain(answer)` that hold a letter or a digit, with their citations. Linear."""
    text, marks = _parted(answer)
    spans = [span for span in (_trimmed(text, *part) for part in bounds(text)) if _says_something(text, *span)]
    owned: list[dict[int, None]] = [{} for _ in spans]
    at = 0
    for place, numbers in marks:
        while at + 1 < len(spans) and spans[at + 1][0] < place:
            at += 1
        if spans:
            owned[at].update(dict.fromkeys(numbers))
    return tuple(CitedSentence(*span, tuple(own)) for span, own in zip(spans, owned, strict=True))


def _parted(answer: str) -> tuple[str, list[tuple[int, tuple[int, ...]]]]:
    """Return the text without marks, and for each mark its place in that text and its numbers."""
    parts, length, done = list[str](), 0, 0
    marks: list[tuple[int, tuple[int, ...]]] = []
    for mark in MARK.finditer(answer):
        before = answer[done : mark.start()]
        parts.append(before.lstrip(" \t") if not length or parts[-1].endswith("\n") else before)
        length += len(parts[-1])
        marks.append((length, tuple(_numbers(mark[1]))))
        done = mark.end()
    rest = answer[done:]
    parts.append(rest.lstrip(" \t") if marks and (not length or parts[-1].endswith("\n")) else rest)
    return "".join(parts), marks


def _numbers(inside: str) -> Iterator[int]:
    for found in NUMBER.finditer(inside):
        first, last = int(found[1]), int(found[2] or found[1])
        yield from range(first, last + 1) if first <= last <= first + LONGEST_RANGE else (first, last)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    stretch = text[start:end]
    first = start + len(stretch) - len(stretch.lstrip())
    return first, max(first, end - (len(stretch) - len(stretch.rstrip())))


def _says_something(text: str, start: int, end: int) -> bool:
    return any(map(str.isalnum, text[start:end]))
