"""Rankings of passages: how they are ordered, and how several are joined."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.rag.metadata_values import Order

Ranking = list[tuple[int, float]]
"""(passage number, score), best first."""


def fuse(rankings: Sequence[Ranking], rrf_k: int) -> Ranking:
    """Join rankings whose scores cannot be compared, by reciprocal rank fusion: the sum of 1 / (rrf_k + rank).

    Ranks count from 1. Equal sums are ordered by number, so that the order never depends on the order of the rankings.
    Source: Cormack, Clarke and Büttcher, "Reciprocal rank fusion", SIGIR 2009 (rrf_k = 60).
    """
    total: dict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, (number, _) in enumerate(ranking, 1):
            total[number] += 1 / (rrf_k + rank)
    return ordered(total.items())


def ordered(scored: Iterable[tuple[int, float]]) -> Ranking:
    """Return the pairs by falling score, equal scores by rising number."""
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))


def newest_first(ranking: Ranking, titles: Mapping[int, str], dates: Mapping[int, Order]) -> Ranking:
    """Return the ranking with passages of one title in the order of their dates, the latest first.

    They change places among themselves alone, and the places keep their scores: what else was found is not displaced.

    Args:
        ranking: best first.
        titles: passage number -> title; a passage without stays where it is.
        dates: passage number -> what grows with time; () for none, which comes last.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, (number, _) in enumerate(ranking):
        if number in titles:
            places[titles[number]].append(place)
    numbers = [number for number, _ in ranking]
    for own in places.values():
        by_date = sorted((numbers[place] for place in own), key=lambda number: dates[number], reverse=True)
        for place, number in zip(own, by_date, strict=True):
            numbers[place] = number
    return [(number, score) for number, (_, score) in zip(numbers, ranking, strict=True)]


def highest(scores: NDArray[np.float32], n: int) -> Ranking:
    """Return the at most n best of the scores above 0; equal scores by rising number, also at the cut."""
    numbers = np.flatnonzero(scores > 0)
    if len(numbers) > n:
        least = np.partition(scores[numbers], len(numbers) - n)[len(numbers) - n]
        numbers = numbers[scores[numbers] >= least]
    best = numbers[np.lexsort((numbers, -scores[numbers]))][:n]
    return list(zip(best.tolist(), scores[best].tolist(), strict=True))
