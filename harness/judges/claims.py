"""An answer cut into sentences and the checkable claims within them, with offsets.

Courtesies ("Let me know if you need anything else.") and sentences without content words ("Yes, we do.") claim
nothing and are left out; true questions are kept and marked. A statement does not escape behind either: what follows a
courtesy in its sentence, and what only wears a question mark ("It opened in 1904, right?"), is a claim.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from harness.judges.courtesies import substance
from harness.text.function_words import FIRST_PERSON
from harness.text.questions import stretches
from harness.text.sentences import bounds
from harness.text.terms import Terms, terms

FEWEST_WORDS: Final = 5
"""content words that both halves need before a sentence is cut in two claims"""

LONGEST: Final = 100
"""words of one claim; a sentence that never ends is cut"""

JOINT: Final = re.compile(
    r"[;；]\s*|\s[–—]\s|——"
    r"|,\s+(?=(?:but|while|whereas|although|yet|aber|während|obwohl|mais|tandis que|pero|mientras|aunque|но|а|хотя)\s)"
    r"|，(?=(?:但是|但|而|不过|然而|虽然))",
    re.IGNORECASE,
)
SERVICE: Final = re.compile(
    r"\b(?:i'm|i am) (?:\w+ )?(?:sorry|afraid|happy|glad|pleased)\b"
    r"|\bi'(?:ll|d)\b|\blet me\b|\bmy (?:records|notes)\b"
    r"|\bi (?:can|could|will|would|see|checked|found|understand|apologi[sz]e|don't see|show|recommend|suggest)\b"
    r"|\bich (?:kann|werde|sehe|empfehle)\b|\btut mir leid\b|\bje (?:peux|vais|vois|suis désolée?)\b|\blo siento\b"
    r"|\bpuedo\b|\bя (?:могу|вижу|рекомендую)\b|\bмне жаль\b",
    re.IGNORECASE,
)
"""a speaker who serves and says nothing of himself"""
CITATION: Final = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")


class Span(NamedTuple):
    """A part of a text."""

    start: int
    end: int


class Piece(NamedTuple):
    """A claim not judged yet."""

    sentence: int
    span: Span
    terms: Terms
    asks: bool
    """a question"""
    personal: bool
    """one speaker says something of himself: what he likes, thinks or did"""


def sentences(text: str) -> list[Span]:
    """Return the sentences of `text` that hold a letter or digit, trimmed, in order."""
    found = (Span(start, end) for start, end in bounds(text))
    return [_trimmed(text, one) for one in found if any(map(str.isalnum, text[one.start : one.end]))]


def claims(text: str) -> list[Piece]:
    """Return the checkable claims of `text` in order; citations such as [2] are no part of what is claimed."""
    plain = CITATION.sub(lambda mark: " " * len(mark.group()), text)
    found = []
    for number, sentence in enumerate(sentences(plain)):
        said = plain[sentence.start : sentence.end].replace("’", "'")
        serves = SERVICE.search(said) is not None
        for stretch, asks in _stretches(said, sentence.start):
            for span, words in _parts(plain, stretch):
                if any(one.content for one in words.words):
                    personal = not serves and any(one.key in FIRST_PERSON for one in words.words)
                    found.append(Piece(number, span, words, asks, personal))
    return found


def _stretches(said: str, offset: int) -> Iterator[tuple[Span, bool]]:
    """Yield what a sentence says besides courtesies, and whether that only asks."""
    begin = substance(said)
    if begin is None:
        return
    for start, end, asks in stretches(said[begin:]):
        yield Span(offset + begin + start, offset + begin + end), asks


def _parts(text: str, sentence: Span) -> Iterator[tuple[Span, Terms]]:
    start = sentence.start
    whole = terms(text, sentence.start, sentence.end)
    contents = [begin for begin, one in zip(whole.starts, whole.words, strict=True) if one.content]
    for joint in JOINT.finditer(text, sentence.start, sentence.end):
        before = bisect_left(contents, joint.start()) - bisect_left(contents, start)
        after = len(contents) - bisect_left(contents, joint.end())
        if min(before, after) >= FEWEST_WORDS:
            yield from _pieces(text, Span(start, joint.start()), terms(text, start, joint.start()))
            start = joint.end()
    rest = whole if start == sentence.start else terms(text, start, sentence.end)
    yield from _pieces(text, Span(start, sentence.end), rest)


def _pieces(text: str, span: Span, words: Terms) -> Iterator[tuple[Span, Terms]]:
    """Yield the part, whose terms are `words`, whole or in pieces of LONGEST words."""
    if len(words) <= LONGEST:
        yield _trimmed(text, span), words
        return
    cuts = [span.start, *words.starts[LONGEST::LONGEST], span.end]
    for start, end in pairwise(cuts):
        yield _trimmed(text, Span(start, end)), terms(text, start, end)


def _trimmed(text: str, span: Span) -> Span:
    part = text[span.start : span.end]
    start = span.start + len(part) - len(part.lstrip())
    return Span(start, start + len(part.strip()))
