"""Evidence cut into overlapping windows that a model can read at once."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from harness.judges.claims import TextSpan, sentences
from harness.text.terms import terms


class EvidenceWindow(NamedTuple):
    """A part of one evidence text."""

    text: int
    """number of the evidence text"""
    span: TextSpan


def fitting_windows(text: str, size: int, fits: Callable[[str], bool]) -> list[TextSpan]:
    """Return the windows of a text; one that does not fit is cut into windows of half as many words.

    Args:
        text: evidence.
        size: most words of a window.
        fits: whether the model can read this much text besides the claim.
    """
    spans: list[TextSpan] = []
    for start, end in windows_of(text, size):
        if size == 1 or fits(text[start:end]):
            spans.append(TextSpan(start, end))
        else:
            halves = fitting_windows(text[start:end], size // 2, fits)
            spans += [TextSpan(start + begin, start + stop) for begin, stop in halves]
    return list(dict.fromkeys(spans))


def windows_of(text: str, size: int) -> list[TextSpan]:
    """Return runs of whole sentences of at most `size` words; each shares about half with the one before.

    A sentence of more words is cut. Text without a letter or digit has no window.
    """
    pieces = [(part, len(terms(text, *part))) for sentence in sentences(text) for part in _parts(text, sentence, size)]
    spans: list[TextSpan] = []
    first = 0
    while first < len(pieces):
        last, length = first, pieces[first][1]
        while last + 1 < len(pieces) and length + pieces[last + 1][1] <= size:
            last += 1
            length += pieces[last][1]
        spans.append(TextSpan(pieces[first][0].start, pieces[last][0].end))
        if last + 1 == len(pieces):
            break
        first = max(first + 1, (first + last + 2) // 2)
    return spans


def _parts(text: str, sentence: TextSpan, size: int) -> Iterator[TextSpan]:
    starts = terms(text, *sentence).starts
    for start, end in pairwise([sentence.start, *starts[size::size], sentence.end]):
        yield TextSpan(start, end)
