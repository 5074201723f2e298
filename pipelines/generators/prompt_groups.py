"""Prompts that begin with the same passages: which are read together, and whether an order by them is worth it.

A batch reads each beginning that several of its prompts have once, and then what is left of every prompt. What is left
is padded to the longest, so prompts are put together that leave alike much, instead of prompts of one length.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from pipelines.device import length_batches

WORTH: Final = 32
"""tokens from which on a beginning is read for itself"""
FEWER: Final = 0.8
"""Share of the tokens read in order of length up to which the order by passages is taken: above it, decoding (which is
the same) and a pass more per batch leave too little to gain (measured: benchmarks/bench_generate.py)"""
MORE_BATCHES: Final = 1.1
"""times as many batches as in order of length that it may make, as each takes a whole decoding"""


@dataclass(frozen=True, slots=True)
class PromptGroup:
    """Prompts that begin alike, or one that does not."""

    places: tuple[int, ...]
    """positions of the prompts"""
    begins: int
    """tokens that are read once for all; of a prompt alone those that are kept for the arm"""
    rest: int
    """tokens of the longest prompt after them"""


def answer_batches(
    prompts: Sequence[Sequence[int]], batch_tokens: int, batch_size: int, known: int
) -> tuple[list[list[int]], bool]:
    """Return batches in order of length, or of passages where that reads clearly fewer tokens; and whether it does.

    Depends on the prompts alone, so that an interrupted pass goes on with the same batches.

    Args:
        prompts: token ids of each.
        batch_tokens: the most padded tokens in a batch (one prompt may exceed it alone).
        batch_size: the most prompts in one.
        known: tokens that all begin with and that are kept.
    """
    by_length = length_batches([len(ids) for ids in prompts], batch_tokens, batch_size)
    by_passages = list(_filled(groups_of(prompts, batch_size, known), batch_tokens, batch_size))
    whole = sum(tokens_whole([prompts[at] for at in batch], known) for batch in by_length)
    once = sum(tokens_read(batch, known) for batch in by_passages)
    if once >= FEWER * whole or len(by_passages) > MORE_BATCHES * len(by_length):
        return by_length, False
    return [[at for group in batch for at in group.places] for batch in by_passages], True


def groups_of(prompts: Sequence[Sequence[int]], most: int, known: int) -> list[PromptGroup]:
    """Return the groups that spare the most tokens, of neighbours in the order of their ids.

    Args:
        prompts: token ids of each.
        most: prompts in one group.
        known: tokens that all begin with and that are kept.
    """
    ids: Sequence[Any] = prompts  # lists or arrays: of one kind, so that they can be compared
    order = sorted(range(len(ids)), key=ids.__getitem__)
    alike = [0, *(begin_alike(prompts[one], prompts[other]) for one, other in pairwise(order))]
    lengths = [len(prompts[at]) for at in order]
    cuts = _cuts(alike, lengths, most, known)
    groups, end = [], len(order)
    while end:
        begin, begins = cuts[end]
        groups.append(PromptGroup(tuple(order[begin:end]), begins, max(lengths[begin:end]) - begins))
        end = begin
    return groups[::-1]


def _cuts(alike: Sequence[int], lengths: Sequence[int], most: int, known: int) -> list[tuple[int, int]]:
    """Return for each end the start and the shared tokens of the last group, by dynamic programming."""
    spared, cuts = [0], [(0, 0)]
    for end in range(1, len(lengths) + 1):
        best, cut = spared[end - 1], (end - 1, min(known, lengths[end - 1] - 1))
        begins = lengths[end - 1] - 1  # a token at least is left to read of each
        for start in range(end - 2, max(-1, end - 1 - most), -1):
            begins = min(begins, alike[start + 1], lengths[start] - 1)
            if begins - known < WORTH:
                break
            gain = spared[start] + (end - start - 1) * (begins - known)
            if gain > best:
                best, cut = gain, (start, begins)
        spared.append(best)
        cuts.append(cut)
    return cuts


def _filled(groups: Sequence[PromptGroup], batch_tokens: int, batch_size: int) -> Iterator[list[PromptGroup]]:
    """Yield batches of groups that leave alike much; prompts that are alone leave most, and come first."""
    batch: list[PromptGroup] = []
    for group in sorted(groups, key=lambda one: (-one.rest, -one.begins, one.places)):
        room = _room([*batch, group], batch_tokens, batch_size) - sum(len(one.places) for one in batch)
        first, second = _parted(group, room)
        if first is not None:
            batch.append(first)
        if second is not None:
            if batch:
                yield batch
            batch = [second]
    if batch:
        yield batch


def _parted(group: PromptGroup, room: int) -> tuple[PromptGroup | None, PromptGroup | None]:
    """Return what fits and what does not; parts have two prompts at least, as one alone would be read whole."""
    count = len(group.places)
    if count <= room:
        return group, None
    fits = min(room, count - 2)
    if fits < 2:
        return None, group
    return replace(group, places=group.places[:fits]), replace(group, places=group.places[fits:])


def _room(groups: Sequence[PromptGroup], batch_tokens: int, batch_size: int) -> int:
    """Return how many prompts a batch of these groups may have."""
    width = max(group.begins for group in groups) + max(group.rest for group in groups)
    return min(batch_size, batch_tokens // width)


def split(groups: Sequence[PromptGroup]) -> list[PromptGroup]:
    """Return the groups of a batch with prompts that are alone read in two parts as well, as long as the others'.

    Else what is left of each prompt would be padded to such a prompt as a whole.
    """
    longest = max((group.begins for group in groups if len(group.places) > 1), default=0)
    return [_split_at(group, longest) if len(group.places) == 1 else group for group in groups]


def _split_at(group: PromptGroup, begins: int) -> PromptGroup:
    length = group.begins + group.rest
    begins = max(group.begins, min(begins, length - 1))
    return replace(group, begins=begins, rest=length - begins)


def tokens_read(groups: Sequence[PromptGroup], known: int) -> int:
    """Return the tokens, padding included, that a batch of these groups computes beyond those that are known."""
    parts = split(groups)
    begins, rest = max(group.begins for group in parts), max(group.rest for group in parts)
    return len(parts) * (begins - known) + sum(len(group.places) for group in parts) * rest


def tokens_whole(prompts: Sequence[Sequence[int]], known: int) -> int:
    """Return the same for a batch whose prompts are read one beside the other."""
    return len(prompts) * (max(map(len, prompts)) - known)


def begin_alike(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many tokens two prompts begin with; by halves, as parts are compared at once."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low
