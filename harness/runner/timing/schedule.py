"""Which requests are timed, and in which order: the arms take turns, so that drift hits all alike."""

import random
from collections.abc import Iterator, Sequence
from typing import TypeVar

from harness.runner.timing.settings import Timing
from harness.types import Example

T = TypeVar("T")


def drawn(examples: Sequence[Example], timing: Timing) -> list[Example]:
    """Return the examples that are asked, in random order; all of them if there are fewer than wanted."""
    return random.Random(timing.seed).sample(list(examples), min(timing.examples, len(examples)))


def rounds(examples: Sequence[Example], ways: Sequence[T], repeats: int) -> Iterator[tuple[int, Example, T]]:
    """Yield (repeat, example, way): each way once per request, and each as often first as any other."""
    turn = 0
    for repeat in range(repeats):
        for example in examples:
            first = turn % len(ways)
            for way in (*ways[first:], *ways[:first]):
                yield repeat, example, way
            turn += 1
