"""Every two arms on every metric: the difference, its uncertainty, and how many examples would decide it.

Power is the usual two-sided calculation (Cohen 1988, ch. 2; Miller, Adding Error Bars to Evals, 2024, §5) on the
measured clustered standard error plus the seed variance, which more examples do not lessen.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.contrasts.estimates import Estimate, Weights, combined, estimates
from harness.analysis.result import ArmComparison
from harness.analysis.stats import bootstrap as stats
from harness.analysis.stats.bootstrap import Floats
from harness.analysis.stats.seed_variance import reach

TIE: Final = 1e-9
"""values nearer than this are the same: means over seeds differ by rounding"""
POWER: Final = 0.8
ALPHA: Final = 0.05

Pair = tuple[str, str]


def comparisons(source: ComparisonData) -> tuple[ArmComparison, ...]:
    """Return every two arms on every metric, metric by metric.

    p is adjusted (Holm) over the pairs without controls; pairs with a control answer another question and are a
    family of their own, so that adding controls does not make the other pairs harder to decide.
    """
    pairs = [(later, earlier) for earlier, later in combinations(source.arms, 2)]
    families = [[pair for pair in pairs if _with_control(source, pair) == controls] for controls in (False, True)]
    compared = [one for family in families if family for one in _family(source, family)]
    place = {column.metric: number for number, column in enumerate(source.columns)}
    return tuple(sorted(compared, key=lambda one: place[one.metric]))


def detectable(contrast: Estimate) -> Floats:
    """Return, per metric, the smallest true difference that a test at α .05 detects with 80 % power."""
    return reach(ALPHA, contrast.error, contrast.degrees, contrast.seed_variance, POWER)


def examples_needed(contrast: Estimate, comparisons: int) -> Floats:
    """Return, per metric, how many examples would show the observed difference, were it the true one.

    At α / comparisons, the first threshold of Holm's procedure. Infinite where the seed variance alone hides the
    difference, or where there is none; never fewer than there are.

    Args:
        contrast: the difference.
        comparisons: how many p is adjusted for.
    """
    alpha = ALPHA / comparisons
    by_seeds = reach(alpha, np.zeros_like(contrast.error), contrast.degrees, contrast.seed_variance, POWER)
    by_examples = reach(alpha, contrast.error, contrast.degrees, (), POWER)
    left = contrast.mean**2 - by_seeds**2
    needed = np.divide(contrast.n * by_examples**2, left, out=np.full_like(left, np.inf), where=left > 0)
    return np.asarray(np.maximum(needed, contrast.n + 1.0))


def _with_control(source: ComparisonData, pair: Pair) -> bool:
    return any(source.roles[arm].control for arm in pair)


def _family(source: ComparisonData, pairs: Sequence[Pair]) -> Iterator[ArmComparison]:
    weights: list[Weights] = [{first: 1.0, second: -1.0} for first, second in pairs]
    contrasts = estimates(source, weights)
    adjusted = stats.holm_over_rows(np.stack([one.p for one in contrasts]))
    family = (~np.isnan(adjusted)).sum(axis=0).tolist()
    for number, (pair, contrast) in enumerate(zip(pairs, contrasts, strict=True)):
        apart = combined(source, weights[number])
        for place in range(len(source.columns)):
            own = _scores_apart(source, pair, place) if source.columns[place].aggregate else apart[:, place]
            yield _comparison(source, pair, place, contrast, adjusted[number, place], family[place], own)


def _scores_apart(source: ComparisonData, pair: Pair, place: int) -> Floats:
    """Return the difference of each example's scores, mean over seeds: which of two answers is right."""
    first, second = (
        stats.means(source.per_example(source.arms.index(arm), source.columns[place].metric)) for arm in pair
    )
    return first - second


def _comparison(
    source: ComparisonData, pair: Pair, place: int, contrast: Estimate, adjusted: float, family: int, apart: Floats
) -> ArmComparison:
    column, difference = source.columns[place], contrast.difference(place, adjusted)
    better = -apart if column.higher_is_better is False else apart
    bounded = difference is not None and difference.low is not None
    return ArmComparison(
        first=pair[0],
        second=pair[1],
        metric=column.metric,
        higher_is_better=column.higher_is_better,
        difference=difference,
        wins=int((better > TIE).sum()),
        ties=int((np.abs(better) <= TIE).sum()),
        losses=int((better < -TIE).sum()),
        family=family,
        with_control=_with_control(source, pair),
        detectable=float(detectable(contrast)[place]) if bounded else None,
        needed=float(examples_needed(contrast, family)[place]) if bounded else None,
    )
