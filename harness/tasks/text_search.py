"""Texts looked up in documents: word for word whatever the case, white space and punctuation, or nearly."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from heapq import nsmallest
from typing import Final

from rapidfuzz import fuzz

from harness.text.tokens import WITHOUT_SPACES, words
from harness.types import Document, EvidenceSpan

MANY: Final = 5
"""documents: a text that stands in more of them tells none apart"""
RAREST: Final = 8
"""words of a text by which documents that may hold it are chosen"""
LIKE: Final = 85.0
"""least similarity of 100 (`rapidfuzz.fuzz.partial_ratio`) to call two texts nearly the same"""
LIKE_WORD: Final = 75.0
"""the same for two words: a typing error"""
FEWEST_WORDS: Final = 4
"""of a text that is looked for nearly; fewer are like anything"""
PER_OTHER_WORD: Final = 12
"""words of a text that allow for one that is not in the document: with another name it would say another thing"""
SHORTEST_WORD: Final = 3
"""letters of a word that counts in this"""
TRIED: Final = 3
"""documents with most of the words that are compared letter by letter"""
_NUMBER: Final = re.compile(r"\d+(?:[.,:]\d+)*")


class TextIndex:
    """Documents by the words of the texts that will be looked up.

    Args:
        documents: what texts are looked up in.
        wanted: the texts.
    """

    def __init__(self, documents: Sequence[Document], wanted: Iterable[str]) -> None:
        self._documents = documents
        self._holders: dict[str, set[int]] = {word: set() for text in wanted for word in words(text)}
        for number, document in enumerate(documents if self._holders else ()):
            for word in self._holders.keys() & set(words(document.text)):
                self._holders[word].add(number)

    def places(self, text: str) -> list[EvidenceSpan]:
        """Return where the text stands, in at most MANY + 1 documents."""
        rare = self._rarest(text)
        fitting = set.intersection(*(self._holders[word] for word in rare)) if rare else set[int]()
        found, held = list[EvidenceSpan](), 0
        for number in sorted(fitting):
            own = places_in(self._documents[number], text)
            found += own
            held += bool(own)
            if held > MANY:
                break
        return found

    def nearly(self, text: str) -> list[EvidenceSpan]:
        """Return where nearly the same text stands, the best places if there are several; [] for none.

        Numbers must be the same, and so must nearly all words but for typing errors.
        """
        rare = [word for word in self._rarest(text) if self._holders[word]]
        votes = Counter(number for word in rare for number in self._holders[word])
        most = nsmallest(TRIED, votes, key=lambda number: (-votes[number], number))
        chosen = [number for number in most if votes[number] >= len(rare) / 2]
        near = [one for number in chosen if (one := nearly_in(self._documents[number], text, rare)) is not None]
        best = max((likeness for likeness, _ in near), default=0.0)
        return [place for likeness, place in near if likeness == best]

    def _rarest(self, text: str) -> list[str]:
        return sorted(dict.fromkeys(words(text)), key=lambda word: len(self._holders[word]))[:RAREST]


def places_in(document: Document, text: str) -> list[EvidenceSpan]:
    """Return where the words of a text stand one after the other, whatever the case and what is between them."""
    pattern = _pattern(text)
    found = pattern.finditer(document.text) if pattern is not None else ()
    return [EvidenceSpan(document.id, match.start(), match.end()) for match in found]


@lru_cache(maxsize=64)
def _pattern(text: str) -> re.Pattern[str] | None:
    parts = re.findall(r"\w+", text)
    if not parts:
        return None
    before = "" if WITHOUT_SPACES.match(parts[0][0]) else r"(?<!\w)"
    after = "" if WITHOUT_SPACES.match(parts[-1][-1]) else r"(?!\w)"
    return re.compile(before + r"\W*".join(map(re.escape, parts)) + after, re.IGNORECASE)


def nearly_in(document: Document, text: str, rare: Sequence[str] = ()) -> tuple[float, EvidenceSpan] | None:
    """Return the place that is most like a text, and how like it is (0 to 100); None if nothing is like enough.

    Args:
        document: where to look.
        text: what to look for.
        rare: words of the text that show where in a long document to look; () looks everywhere.
    """
    if len(words(text)) < FEWEST_WORDS:
        return None
    first, end = _window(document.text, rare, len(text))
    around = document.text[first:end]
    found = fuzz.partial_ratio_alignment(_lower(text), _lower(around), score_cutoff=LIKE)
    if found is None or 2 * (found.dest_end - found.dest_start) < len(text):
        return None
    start, stop = _whole_words(around, found.dest_start, found.dest_end)
    said = f"{document.title} {around[start:stop]}"
    if not _numbers(text) <= _numbers(said) or not _same_words(text, said):
        return None
    return found.score, EvidenceSpan(document.id, first + start, first + stop)


def _lower(text: str) -> str:
    """Return the text in lower case where that moves no character."""
    lower = text.lower()
    return lower if len(lower) == len(text) else text


def _window(text: str, rare: Sequence[str], length: int) -> tuple[int, int]:
    """Return the part of a document, three times as long as what is looked for, that holds most of the rare words."""
    places = [match.span() for match in re.finditer("|".join(map(re.escape, rare)), _lower(text))] if rare else []
    if len(text) <= 3 * length or not places:
        return 0, len(text)
    most, best, last = 0, places[0][0], 0
    for number, (start, _) in enumerate(places):
        last = max(last, number)
        while last < len(places) and places[last][0] < start + length:
            last += 1
        if last - number > most:
            most, best = last - number, start
    return max(0, best - length), min(len(text), best + 2 * length)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range without parts of words at its ends."""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum() and not WITHOUT_SPACES.match(text[start]):
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum() and not WITHOUT_SPACES.match(text[end]):
        end += 1
    return start, end


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(text))


def _same_words(text: str, said: str) -> bool:
    """Return whether nearly all words of a text are among those said, a typing error apart."""
    wanted, there = {word for word in words(text) if len(word) >= SHORTEST_WORD}, set(words(said))
    return sum(not any(_alike(word, there)) for word in wanted - there) <= len(wanted) // PER_OTHER_WORD


def _alike(word: str, others: Iterable[str]) -> Iterator[bool]:
    return (fuzz.ratio(word, other) >= LIKE_WORD for other in others)
