"""The pieces of an example's evidence, and which passages hold them: what is counted of a retrieval.

A piece is a place in a gold document, or several of which any will do; a gold document without known places is one
piece, and any passage of it holds it. A passage of another document that says the same at the same place counts, too:
a knowledge base may hold one text under several ids.
"""

import sys
from collections.abc import Mapping, Sequence
from typing import Final

from harness.text.tokens import words
from harness.types import THE_INPUT, Document, EvidenceSpan, Example, Passage

Piece = tuple[EvidenceSpan, ...]
"""places of one and the same thing"""

MOST: Final = 0.5
"""share of a place that a passage must hold: where a place is cut in two, one of them does"""
LONG: Final = 80
"""characters of a place that will do as well if the passage has hardly others: of a place longer than all passages"""
WHOLE: Final = 0.8
"""share of a place that passages must hold together to show all of it"""
END: Final = sys.maxsize
"""end of a place that is a whole document"""
FEWEST_WORDS: Final = 8
"""of a passage that is the same under another id; a shorter one ("Yes.") says something else under another title"""


def pieces(example: Example) -> tuple[Piece, ...]:
    """Return the pieces of the evidence; () where it is unknown or the input itself."""
    return () if example.evidence == THE_INPUT else pieces_of(example.evidence, example.spans)


def pieces_of(documents: Sequence[str], spans: Sequence[EvidenceSpan]) -> tuple[Piece, ...]:
    """Return the pieces: documents without a span as a whole, and spans with one number as one piece."""
    placed = {span.document_id for span in spans}
    found: dict[object, list[EvidenceSpan]] = {
        name: [EvidenceSpan(name, 0, END)] for name in documents if name not in placed
    }
    for number, span in enumerate(spans):
        found.setdefault(("place", number) if span.piece is None else ("piece", span.piece), []).append(span)
    return tuple(map(tuple, found.values()))


def holds(passage: Passage, piece: Piece, documents: Mapping[str, Document]) -> bool:
    """Return whether a passage holds one of the places, or lies in it.

    Args:
        passage: that was shown.
        piece: of the evidence.
        documents: gold documents by id; one that is missing is known by its id alone.
    """
    return any(is_of(passage, place.document_id, documents) and _overlap(passage, place) for place in piece)


def _overlap(passage: Passage, place: EvidenceSpan) -> bool:
    """Return whether a passage has enough of a place in its own document."""
    common = min(passage.end, place.end) - max(passage.start, place.start)
    if place.end == END or common >= MOST * max(1, place.end - place.start):
        return True
    return common >= max(LONG, MOST * (passage.end - passage.start))


def is_of(passage: Passage, document_id: str, documents: Mapping[str, Document]) -> bool:
    """Return whether a passage is of that document, or says the same under another id."""
    if passage.document_id == document_id:
        return True
    document = documents.get(document_id)
    if document is None or document.text[passage.start : passage.end] != passage.text:
        return False
    return len(words(passage.text)) >= FEWEST_WORDS


def share_shown(place: EvidenceSpan, passages: Sequence[Passage]) -> float:
    """Return the share of a place that passages of its document hold together."""
    covered, at = 0, place.start
    for passage in sorted(passages, key=lambda one: one.start):
        end = min(passage.end, place.end)
        covered += max(0, end - max(at, passage.start))
        at = max(at, end)
    return covered / max(1, place.end - place.start)
