"""Where the facts of an example stand in its gold documents, if these are longer than a passage."""

from collections.abc import Sequence
from typing import Final

from harness.tasks.text_search import places_in
from harness.types import Document, EvidenceSpan

LONG: Final = 600
"""characters of a document from which on it may be cut into several passages; a shorter one is evidence as a whole"""
NEAR: Final = 300
"""characters in which all facts stand together: one sentence or two say them"""
FEWEST_LETTERS: Final = 4
"""of a fact without a digit that is looked for"""


def fact_places(
    facts: Sequence[str], documents: Sequence[Document], first_piece: int, shortest: int = LONG
) -> list[EvidenceSpan]:
    """Return the places of the facts in the long documents.

    Facts that stand near each other are one piece of evidence, wherever they do; else each fact is a piece, and any
    place of it will do. A document that holds none of the facts has no place, and is evidence as a whole.

    Args:
        facts: of one example.
        documents: its gold documents.
        first_piece: number of the first piece that is made here.
        shortest: characters of a document above which its places are looked for.
    """
    long = [document for document in documents if len(document.text) > shortest]
    telling = [fact for fact in dict.fromkeys(facts) if _tells(fact)]
    by_fact = [[place for document in long for place in places_in(document, fact)] for fact in telling]
    by_fact = [places for places in by_fact if places]
    pieces = [together] if (together := _together(by_fact)) else by_fact
    return [
        EvidenceSpan(place.document_id, place.start, place.end, number)
        for number, places in enumerate(pieces, first_piece)
        for place in places
    ]


def _tells(fact: str) -> bool:
    """Return whether a fact shows where it stands: "yes" and "A" are said anywhere."""
    return len(fact.strip()) >= FEWEST_LETTERS or any(character.isdigit() for character in fact)


def _together(by_fact: Sequence[Sequence[EvidenceSpan]]) -> list[EvidenceSpan]:
    """Return the shortest stretches around each place of the rarest fact that hold all facts; [] if none does."""
    if len(by_fact) < 2:
        return []
    rarest, *others = sorted(by_fact, key=len)
    stretches = []
    for place in rarest:
        start, end = place.start, place.end
        for places in others:
            near = [one for one in places if one.document_id == place.document_id]
            if not near:
                break
            best = min(near, key=lambda one: max(end, one.end) - min(start, one.start))
            start, end = min(start, best.start), max(end, best.end)
        else:
            stretches.append(EvidenceSpan(place.document_id, start, end))
    return [stretch for stretch in stretches if stretch.end - stretch.start <= NEAR]
