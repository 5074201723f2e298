"""A text as terms, which judges compare: words with their offsets and weights."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from harness.text.language_files import DATE_WORDS, FUNCTION_WORDS, NEGATIONS, NUMBER_WORDS
from harness.text.tokens import WITHOUT_SPACES, folded

MARKS: Final = "\u0300-\u036f"
TERM: Final = re.compile(rf"{WITHOUT_SPACES.pattern}|\d+(?:[.,:]\d+)*|(?:[^\W\d_]|[{MARKS}])+")

ENGLISH_ENDINGS: Final = ("ingly", "edly", "ings", "ing", "ied", "ies", "ed", "es", "ly", "s")
RUSSIAN_ENDING: Final = re.compile(r"(?<=\w{4})[аеёиоуыэюяйьмвх]{1,3}$")
RUSSIAN: Final = re.compile(r"[а-яё]")

PLACEHOLDER: Final = "UNK"
"""written by models with a fixed vocabulary for an unknown word: not a name"""

FUNCTION_WEIGHT: Final = 0.25
FACT_WEIGHT: Final = 1.5
"""of numbers and dates, which people check first. Weights are fixed: if they were counted in the collection, an
answer's score would depend on unrelated documents."""


@dataclass(frozen=True, slots=True)
class Word:
    """What is known of a word, independent of its place."""

    key: str
    """folded, without its ending; equal keys are the same word"""
    weight: float
    content: bool
    number: bool
    negates: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one text, as columns of equal length."""

    words: tuple[Word, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    named: tuple[bool, ...]
    """written like a name: a capital letter inside a sentence"""

    def __len__(self) -> int:
        return len(self.words)


def terms(text: str, start: int = 0, end: int = sys.maxsize) -> Terms:
    """Return the terms of text[start:end] with offsets into `text`; scripts without spaces by character."""
    matches = [(match.group(), *match.span()) for match in TERM.finditer(text, start, end)]
    if not matches:
        return Terms((), (), (), ())
    written, starts, ends = zip(*matches, strict=True)
    words = tuple(map(word, written))
    named = [
        token[0].isupper() and token != PLACEHOLDER and known.content
        for token, known in zip(written, words, strict=True)
    ]
    named[0] = False  # a sentence begins with a capital letter
    return Terms(words, starts, ends, tuple(named))


@lru_cache(maxsize=200_000)
def word(written: str) -> Word:
    """Return the properties of a word as it is written."""
    plain = folded(written)
    number = plain[0].isdigit() or plain in NUMBER_WORDS
    content = number or plain not in FUNCTION_WORDS
    return Word(_key(plain, number), _weight(plain, number), content, number and plain[0].isdigit(), plain in NEGATIONS)


def _key(plain: str, number: bool) -> str:
    if number:
        return NUMBER_WORDS.get(plain) or re.sub(r"[,.](?=\d{3}(?:\D|$))", "", plain)
    if len(plain) <= 4:
        return plain
    if RUSSIAN.search(plain):
        return RUSSIAN_ENDING.sub("", plain)
    for ending in ENGLISH_ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= 3:
            return plain[: -len(ending)]
    return plain


def _weight(plain: str, number: bool) -> float:
    if number or plain in DATE_WORDS:
        return FACT_WEIGHT
    return FUNCTION_WEIGHT if plain in FUNCTION_WORDS else 1.0


def beginning(key: str) -> str:
    """Return the beginning that other forms of the same word share; "" for short words."""
    return key[:5] if len(key) >= 5 else ""


def denied(words: Sequence[Word]) -> list[frozenset[str]]:
    """Return, for each negation, the content words next to it: one before, two after."""
    near = []
    for at, word in enumerate(words):
        if word.negates:
            before, after = _contents(words[max(at - 4, 0) : at]), _contents(words[at + 1 : at + 6])
            near.append(frozenset(before[-1:] + after[:2]))
    return near


def _contents(words: Sequence[Word]) -> list[str]:
    return [word.key for word in words if word.content and not word.negates]
