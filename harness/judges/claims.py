"""An answer cut into sentences and the checkable claims within them, with offsets.

Courtesies ("Let me know if you need anything else.") and sentences without content words ("Yes, we do.") claim
nothing and are left out; true questions are kept and marked. A statement that follows a courtesy in its sentence, and
one that only ends in a question mark ("It opened in 1904, right?"), are claims.
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
"""content words that both halves need for a sentence to be cut into two claims"""

LONGEST: Final = 100
"""words of one claim; a longer sentence is cut"""

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
"""a speaker who offers service: his "I" does not claim anything about himself"""
CITATION: Final = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")


class TextSpan(NamedTuple):
    """A part of a text."""

    start: int
    end: int


class Piece(NamedTuple):
    """A claim before it is judged."""

    sentence: int
    span: TextSpan
    terms: Terms
    asks: bool
    """a question"""
    personal: bool
    """the speaker claims something about himself: what he likes, thinks or did"""


def sentences(text: str) -> list[TextSpan]:
    """Return the sentences of `text` that hold a letter or digit, trimmed, in order."""
    spans = (TextSpan(start, end) for start, end in bounds(text))
    return [_trimmed(text, span) for span in spans if any(map(str.isalnum, text[span.start : span.end]))]


def claims(text: str) -> list[Piece]:
    """Return the checkable claims of `text` in order, without citations such as [2]."""
    plain = CITATION.sub(lambda mark: " " * len(mark.group()), text)
    pieces = []
    for number, sentence in enumerate(sentences(plain)):
        wording = plain[sentence.start : sentence.end].replace("’", "'")
        serves = SERVICE.search(wording) is not None
        for stretch, asks in _stretches(wording, sentence.start):
            for span, words in _parts(plain, stretch):
                if any(word.content for word in words.words):
                    personal = not serves and any(word.key in FIRST_PERSON for word in words.words)
                    pieces.append(Piece(number, span, words, asks, personal))
    return pieces


def _stretches(sentence: str, offset: int) -> Iterator[tuple[TextSpan, bool]]:
    """Yield the parts of a sentence that are not courtesies, and whether each only asks."""
    begin = substance(sentence)
    if begin is None:
        return
    for start, end, asks in stretches(sentence[begin:]):
        yield TextSpan(offset + begin + start, offset + begin + end), asks


def _parts(text: str, sentence: TextSpan) -> Iterator[tuple[TextSpan, Terms]]:
    start = sentence.start
    whole = terms(text, sentence.start, sentence.end)
    contents = [begin for begin, word in zip(whole.starts, whole.words, strict=True) if word.content]
    for joint in JOINT.finditer(text, sentence.start, sentence.end):
        before = bisect_left(contents, joint.start()) - bisect_left(contents, start)
        after = len(contents) - bisect_left(contents, joint.end())
        if min(before, after) >= FEWEST_WORDS:
            yield from _pieces(text, TextSpan(start, joint.start()), terms(text, start, joint.start()))
            start = joint.end()
    rest = whole if start == sentence.start else terms(text, start, sentence.end)
    yield from _pieces(text, TextSpan(start, sentence.end), rest)


def _pieces(text: str, span: TextSpan, words: Terms) -> Iterator[tuple[TextSpan, Terms]]:
    """Yield the part, whose terms are `words`, whole or in pieces of LONGEST words."""
    if len(words) <= LONGEST:
        yield _trimmed(text, span), words
        return
    cuts = [span.start, *words.starts[LONGEST::LONGEST], span.end]
    for start, end in pairwise(cuts):
        yield _trimmed(text, TextSpan(start, end)), terms(text, start, end)


def _trimmed(text: str, span: TextSpan) -> TextSpan:
    part = text[span.start : span.end]
    start = span.start + len(part) - len(part.lstrip())
    return TextSpan(start, start + len(part.strip()))
