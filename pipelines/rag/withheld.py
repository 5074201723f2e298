"""Passages that a question must not be shown, though they were retrieved: what is said of an answer without them.

They go after the search, so that nothing comes in their place, the others keep their order, and what was retrieved is
the same with and without them.
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from harness.types import Example, Passage
from pipelines.rag.protocols import Retrieved


def without_withheld(example: Example, retrieved: Retrieved) -> Retrieved:
    """Return what is left of the passages for an example; everything where it withholds nothing."""
    if not example.withheld:
        return retrieved
    gone = withheld(example, retrieved.passages)
    return replace(retrieved, passages=tuple(one for at, one in enumerate(retrieved.passages) if at not in gone))


def withheld(example: Example, passages: Sequence[Passage]) -> frozenset[int]:
    """Return the places of the passages that go.

    Those of the gold documents, and such as say the same under another id; or as many others, drawn by the example's
    id; or all.
    """
    if example.withheld == "all":
        return frozenset(range(len(passages)))
    support = support_of(example, passages)
    if example.withheld == "support":
        return frozenset(support)
    others = [at for at in range(len(passages)) if at not in support]
    return frozenset(Random(f"withheld/{example.id}").sample(others, min(len(support), len(others))))


def support_of(example: Example, passages: Sequence[Passage]) -> list[int]:
    """Return the places of the passages of the gold documents, and of such as say the same under another id."""
    texts = {passage.text for passage in passages if passage.document_id in example.evidence}
    return [at for at, passage in enumerate(passages) if passage.text in texts]
