"""Reciprocal rank fusion: joins rankings whose scores cannot be compared."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

Ranking = list[tuple[int, float]]
"""(passage number, score), best first."""


def fuse(rankings: Sequence[Ranking], constant: int) -> Ranking:
    """Return the numbers by the sum of 1 / (constant + rank), rank counted from 1.

    Equal sums are ordered by number, so that the order never depends on the order of the rankings.
    Source: Cormack, Clarke and Büttcher, "Reciprocal rank fusion", SIGIR 2009 (constant 60).
    """
    total: dict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, (number, _) in enumerate(ranking, 1):
            total[number] += 1 / (constant + rank)
    return ordered(total.items())


def ordered(scored: Iterable[tuple[int, float]]) -> Ranking:
    """Return the pairs by falling score, equal scores by rising number."""
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))
