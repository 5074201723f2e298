"""What an example says of the passages in its prompt: which are withheld, how many are noise, where the right one is.

All of it happens after the search, so that what was retrieved is the same with and without it.
"""

from collections.abc import Sequence
from dataclasses import replace

from harness.types import Example, Passage
from pipelines.rag.protocols import Retrieved
from pipelines.rag.withheld import support_of, without_withheld


def arranged(example: Example, retrieved: Retrieved) -> Retrieved:
    """Return the passages as an example wants them shown; as they were retrieved for one that says nothing of it."""
    left = without_withheld(example, retrieved)
    if example.noise is None and example.place is None:
        return left
    return replace(left, passages=_placed(example, _noisy(example, left.passages)))


def _noisy(example: Example, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """Return the support and as many of the best other passages as make the wanted share; at 1 the others alone.

    Where the gold documents were not retrieved there is no share, and all are shown; of too few others all.
    """
    support = support_of(example, passages)
    if example.noise is None or not support:
        return passages
    others = [at for at in range(len(passages)) if at not in support]
    if example.noise >= 1.0:
        return tuple(passages[at] for at in others)
    wanted = round(len(support) * example.noise / (1.0 - example.noise))
    kept = {*support, *others[:wanted]}
    return tuple(one for at, one in enumerate(passages) if at in kept)


def _placed(example: Example, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """Return the passages with the support first, in the middle or last; the others keep their order."""
    if example.place is None:
        return passages
    places = support_of(example, passages)
    support, others = _parted(passages, places)
    before = {"first": 0, "middle": len(others) // 2, "last": len(others)}[example.place]
    return (*others[:before], *support, *others[before:])


def _parted(passages: Sequence[Passage], places: Sequence[int]) -> tuple[list[Passage], list[Passage]]:
    """Return the passages at these places, and the rest."""
    chosen = [passages[at] for at in places]
    return chosen, [one for at, one in enumerate(passages) if at not in places]
