"""Every two arms on every metric: how far apart, how surely, and what it would take to tell."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.contrasts import power
from harness.analysis.contrasts.estimates import Estimate, Weights, combined, estimates
from harness.analysis.result import CONTROLS, Comparison, Difference
from harness.analysis.stats import bootstrap as stats
from harness.analysis.stats.bootstrap import Floats

TIE: Final = 1e-9
"""values nearer than this are the same: means over seeds differ by rounding"""

Pair = tuple[str, str]


def comparisons(source: ComparisonData) -> tuple[Comparison, ...]:
    """Return every two arms on every metric, metric by metric.

    p is adjusted (Holm) over the pairs of arms that one could choose; pairs with a control, which answer another
    question, are a family of their own, so that asking for controls makes no choice harder to call.
    """
    pairs = [(later, earlier) for earlier, later in combinations(source.arms, 2)]
    families = [[pair for pair in pairs if bool(CONTROLS & {*pair}) == controls] for controls in (False, True)]
    found = [one for family in families if family for one in _family(source, family)]
    place = {column.metric: number for number, column in enumerate(source.columns)}
    return tuple(sorted(found, key=lambda one: place[one.metric]))


def _family(source: ComparisonData, pairs: Sequence[Pair]) -> Iterator[Comparison]:
    weights: list[Weights] = [{first: 1.0, second: -1.0} for first, second in pairs]
    found = estimates(source, weights)
    adjusted = stats.holm_over_rows(np.stack([one.p for one in found]))
    sizes = (~np.isnan(adjusted)).sum(axis=0)
    for number, pair in enumerate(pairs):
        apart = combined(source, weights[number])
        for place in range(len(source.columns)):
            yield _comparison(
                source, pair, place, found[number], float(adjusted[number, place]), int(sizes[place]), apart[:, place]
            )


def _comparison(
    source: ComparisonData, pair: Pair, place: int, found: Estimate, adjusted: float, family: int, apart: Floats
) -> Comparison:
    column, difference = source.columns[place], _difference(found, place, adjusted)
    better = -apart if column.higher_is_better is False else apart
    told = difference is not None and difference.low is not None
    return Comparison(
        first=pair[0],
        second=pair[1],
        metric=column.metric,
        higher_is_better=column.higher_is_better,
        difference=difference,
        wins=int((better > TIE).sum()),
        ties=int((np.abs(better) <= TIE).sum()),
        losses=int((better < -TIE).sum()),
        family=family,
        with_control=bool(CONTROLS & {*pair}),
        detectable=float(power.detectable(found)[place]) if told else None,
        needed=float(power.examples_needed(found, family)[place]) if told else None,
    )


def _difference(found: Estimate, place: int, adjusted: float) -> Difference | None:
    mean, low, high, n = found.numbers(place)
    if mean is None:
        return None
    return Difference(mean, low, high, n, float(found.p[place]), adjusted)
