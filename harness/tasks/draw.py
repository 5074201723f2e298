"""Random draws that are the same in every run: a limited split, and splits taken from another one."""

import random
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from harness.types import Split

T = TypeVar("T")

SEED: Final = 20_260
"""not a setting: two runs with the same limit must have the same examples"""


def limited(items: Sequence[T], limit: int | None) -> Sequence[T]:
    """Return at most `limit` items in their order; a smaller limit draws a subset of what a larger one draws."""
    if limit is None or limit >= len(items):
        return items
    return [items[index] for index in sorted(_shuffled(len(items))[: max(limit, 0)])]


def carved(items: Sequence[T], shares: Mapping[Split, float], rest: Split) -> dict[Split, list[T]]:
    """Distribute items, each to one split, in their order.

    Args:
        items: to distribute.
        shares: part of the items that each split gets; it gets at least one item.
        rest: the split that gets what is left.
    """
    order = _shuffled(len(items))
    drawn: dict[Split, list[T]] = {}
    for split, share in shares.items():
        count = max(1, round(share * len(items)))
        drawn[split] = [items[index] for index in sorted(order[:count])]
        order = order[count:]
    return {rest: [items[index] for index in sorted(order)], **drawn}


def _shuffled(count: int) -> list[int]:
    order = list(range(count))
    random.Random(SEED).shuffle(order)
    return order
