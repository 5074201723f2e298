"""A text cut into sentences, in every script, and into clauses: the smallest parts that can refuse or state something.

A full stop does not end a sentence after a title or a single letter (Dr. Smith, z. B., J. R.), after "No." before a
number, and after a number before a month or a small letter (am 3. Mai, 12. listopadu). Full-width signs end one without
a space, but not within a number (３．５), nor in a quotation after which the sentence goes on (「はい。」と答えた).
"""

import re
from collections.abc import Iterator
from typing import Final

from harness.text.language_files import DATE_WORDS, expression

END: Final = re.compile(r"(?<![.!?])[.!?]++[\"'”’»)\]]*(?=\s)|(?:[。！？；;…｡]|．(?!\d))+[”’」』）》\"]*|\n+")
"""a run of signs is matched once, from its first one: matching from each of them would cost quadratic time"""
ABBREVIATION: Final = expression("abbreviation")
NUMBERED: Final = re.compile(r"\b(?:no|nos|nr|№|núm|num|n|ст|п)\.$", re.IGNORECASE)
ORDINAL: Final = re.compile(r"\b\d{1,2}\.$")
QUOTED: Final = re.compile(r"[」』”’][ \u3000]?(?:と|って|という|[、，,])")
"""after a full stop within quotation marks: the sentence around them goes on"""
LOOK_BACK: Final = 10
WORD: Final = re.compile(rf"\s{{0,{LOOK_BACK}}}([^\W\d_]+)")


def bounds(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each stretch between two sentence ends; together they are the whole text.

    Linear in the length of the text.
    """
    start = 0
    for end in END.finditer(text):
        if not _goes_on(text, start, end):
            yield start, end.end()
            start = end.end()
    yield start, len(text)


def sentences(text: str) -> list[str]:
    """Return the sentences of `text` that hold a letter or a digit, trimmed, in order."""
    parts = (text[start:end].strip() for start, end in bounds(text))
    return [part for part in parts if any(map(str.isalnum, part))]


def _goes_on(text: str, start: int, end: re.Match[str]) -> bool:
    if end.group()[0] != ".":
        return end.group()[-1] in "」』”’" and QUOTED.match(text, end.end() - 1) is not None
    before = text[max(start, end.start() - LOOK_BACK) : end.start() + 1]
    after = text[end.end() : end.end() + LOOK_BACK]
    if ABBREVIATION.search(before):
        return True
    if NUMBERED.search(before):
        return after.lstrip()[:1].isdigit()
    return ORDINAL.search(before) is not None and _follows_an_ordinal(after)


def _follows_an_ordinal(after: str) -> bool:
    word = WORD.match(after)
    return word is not None and (word[1][0].islower() or word[1].casefold() in DATE_WORDS)


TURN: Final = expression("turn")
"""where a sentence turns from one statement to another"""

CONCESSION: Final = expression("concession")
CHINESE_CONCESSION: Final = re.compile(r"^\s*(?:虽然|尽管)")


def clauses(text: str) -> list[str]:
    """Return the clauses of `text` in order, without empty ones.

    A cut is made after every sentence, where a sentence turns ("…, but …"), and after a leading
    concession ("Although …, …"). Texts of many sentences cost linear time.
    """
    plain = (" ".join(text[start:end].split()) for start, end in bounds(text))  # the patterns take single spaces
    parts = (part for sentence in plain for part in _turns(sentence))
    return [part.strip() for part in parts if any(map(str.isalnum, part))]


def _turns(sentence: str) -> list[str]:
    if CONCESSION.match(sentence) or CHINESE_CONCESSION.match(sentence):
        conceded, comma, rest = sentence.replace("，", ",").partition(",")
        if comma:
            return [conceded, *TURN.split(rest)]
    return TURN.split(sentence)
