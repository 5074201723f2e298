"""An answer cut into sentences and the checkable claims within them, with offsets.

Courtesies ("Let me know if you need anything else."), clauses that only repeat the question (`harness.judges.echoes`)
and sentences without content words ("Yes, we do.") claim nothing and are left out; true questions are kept and marked.
A statement that follows a courtesy in its sentence, and one that only ends in a question mark ("It opened in 1904,
right?"), are claims. Items of a list are claims without their markers; a row of a table and a line of code are one
claim each, whatever signs they hold (`harness.judges.blocks`).
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from harness.judges.blocks import AnswerBlock, blocks, without_markers
from harness.judges.echoes import Echo
from harness.judges.judge import Claim
from harness.text.language_files import FIRST_PERSON, expression
from harness.text.questions import stretches
from harness.text.sentences import bounds
from harness.text.statements import LIST, content_words, has_figure, is_clause, parts, states
from harness.text.terms import Terms, terms
from harness.text.tokens import LONGEST_ANSWER
from harness.types import Verdict

FEWEST_WORDS: Final = 5
"""content words that both halves need for a sentence to be cut into two claims"""

LONGEST: Final = 100
"""words of one claim; a longer sentence is cut"""

JOINT: Final = expression("joint")
SERVICE: Final = expression("service")
"""a speaker who offers service: his "I" does not claim anything about himself"""
OUTSIDE: Final = "| \t\r\n"
"""signs around the cells of a row, which are no part of it"""
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


def claims(text: str, asked: str = "") -> list[Piece]:
    """Return the checkable claims of an answer in order, without citations such as [2].

    Args:
        text: the answer; its first LONGEST_ANSWER characters are read.
        asked: what was asked; "" where it is unknown: then nothing counts as repeated.
    """
    plain = CITATION.sub(lambda mark: " " * len(mark.group()), text[:LONGEST_ANSWER])
    plain, echo = without_markers(plain), Echo(asked)
    stated = [(block.kind, span) for block in blocks(plain) for span in _statements(plain, block)]
    pieces: list[Piece] = []
    for number, (kind, span) in enumerate(stated):
        pieces += _of_prose(plain, span, number, echo) if kind == "prose" else _of_line(plain, span, number)
    told = [piece for piece in pieces if piece.asks or not echo.repeats(piece.terms)]
    return told if any(not piece.asks for piece in told) else pieces


def _statements(text: str, block: AnswerBlock) -> Iterator[TextSpan]:
    """Yield the sentences of prose, and a row or line of code as a whole."""
    part = text[block.start : block.end]
    if block.kind == "prose":
        yield from (TextSpan(block.start + start, block.start + end) for start, end in sentences(part))
    elif any(map(str.isalnum, part)):
        bare = part.strip(OUTSIDE)
        start = block.start + part.index(bare)
        yield TextSpan(start, start + len(bare))


def _of_prose(text: str, sentence: TextSpan, number: int, echo: Echo) -> Iterator[Piece]:
    wording = text[sentence.start : sentence.end].replace("’", "'")
    serves = SERVICE.search(wording) is not None
    for stretch, asks in _stretches(wording, sentence.start, echo):
        for span, words in _parts(text, stretch):
            if any(word.content for word in words.words):
                personal = not serves and any(word.key in FIRST_PERSON for word in words.words)
                yield Piece(number, span, words, asks, personal)


def _of_line(text: str, line: TextSpan, number: int) -> Iterator[Piece]:
    for span, words in _pieces(text, line, terms(text, *line)):
        if any(word.content for word in words.words):
            yield Piece(number, span, words, asks=False, personal=False)


def judged(
    answer: str,
    piece: Piece,
    support: float,
    threshold: float,
    evidence: tuple[int | None, int, int],
    supported: bool | None = None,
) -> Claim:
    """Return the claim of one piece of `answer`, judged by its support.

    Args:
        answer: holds the piece.
        piece: the claim.
        support: how likely the evidence supports it.
        threshold: least support of a supported claim.
        evidence: number of the text that fits best, start and end of the span in it; (None, 0, 0) without one.
        supported: the verdict where something else than the threshold decides.
    """
    supported = support >= threshold if supported is None else supported
    verdict: Verdict = "question" if piece.asks else "supported" if supported else "unsupported"
    words, (number, begin, end) = float(len(piece.terms)), evidence
    return Claim(answer[slice(*piece.span)], *piece.span, piece.sentence, words, support, verdict, number, begin, end)


def _stretches(sentence: str, offset: int, echo: Echo) -> Iterator[tuple[TextSpan, bool]]:
    """Yield the parts of a sentence that neither are courtesies nor say what was asked, and whether each only asks."""
    polite = substance(sentence)
    begin = None if polite is None else echo.substance(sentence, polite)
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


COURTESY: Final = expression("courtesy")
WISH: Final = expression("wish")
"""a promise or request of service; without a figure and in few words it states no fact"""
JOINING: Final = re.compile(r"^(?:and|or|but|und|oder|aber|et|ou|mais|y|o|pero|и|или|но)\s+", re.IGNORECASE)
FEW: Final = 3


def substance(sentence: str) -> int | None:
    """Return where the first statement of a sentence begins; None where all of it is courtesy.

    0 for a sentence that does not begin with a courtesy, and for a courtesy that holds a figure itself (a telephone
    number can be checked).
    """
    opener = COURTESY.match(sentence)
    if opener is None:
        return 0
    offers = any(opener.groupdict().values())
    for start, end in parts(sentence):
        part = sentence[start:end]
        if start == 0 and has_figure(part):
            return 0
        if start > 0 and _states(part, offers):
            return start
    return None


def _states(part: str, offers: bool) -> bool:
    if not states(part):
        return False
    if has_figure(part):
        return True
    plain = JOINING.sub("", part.strip())
    if COURTESY.match(plain) or (WISH.match(plain) and content_words(plain) < FEW):
        return False
    return not (offers and LIST.search(part) and not is_clause(part))
