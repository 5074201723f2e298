"""Evidence in pieces that a model with a short memory can read: whole sentences, overlapping, with offsets."""

from collections.abc import Iterator
from itertools import pairwise

from harness.judges.claims import Span, sentences
from harness.judges.terms import terms


def windows(text: str, size: int) -> list[Span]:
    """Return stretches of whole sentences of at most `size` words; each shares about half with the one before.

    A sentence of more words is cut. Text without a letter or digit has no window.
    """
    pieces = [(part, len(terms(text, *part))) for sentence in sentences(text) for part in _parts(text, sentence, size)]
    found: list[Span] = []
    first = 0
    while first < len(pieces):
        last, held = first, pieces[first][1]
        while last + 1 < len(pieces) and held + pieces[last + 1][1] <= size:
            last += 1
            held += pieces[last][1]
        found.append(Span(pieces[first][0].start, pieces[last][0].end))
        if last + 1 == len(pieces):
            break
        first = max(first + 1, (first + last + 2) // 2)
    return found


def _parts(text: str, sentence: Span, size: int) -> Iterator[Span]:
    starts = terms(text, *sentence).starts
    for start, end in pairwise([sentence.start, *starts[size::size], sentence.end]):
        yield Span(start, end)
