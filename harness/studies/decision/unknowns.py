"""What was not measured: how much it could matter, and what it would be worth to know.

Span: the probability that the recommended arm is best if the unknown were known at its ends, all against it (0 for
this arm, 1 for the others) or all for it. Worth: the expected gain in utility from knowing before choosing (expected
value of partial perfect information, Raiffa & Schlaifer, 1961): on average over what may come out, the best arm then
minus the arm that is best now. It is 0 where nothing that could come out would change the choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.analysis.stats.bootstrap import Floats
from harness.studies.decision.evaluation import Evaluation


@dataclass(frozen=True, slots=True)
class Unknown:
    """A criterion that was not measured, or of some arms alone."""

    criterion: str
    """"" for all of them together"""
    weight: float
    arms: tuple[str, ...]
    """of which it was not measured"""
    low: float
    """probability that the recommended arm is best if it is known to be all against it"""
    high: float
    """and all for it"""
    worth: float
    """of knowing, in utility"""


def unknowns(found: Evaluation) -> tuple[Unknown, ...]:
    """Return what was not measured and has a weight, what is worth most to know first; then all of it together."""
    chosen = found.recommended
    if chosen is None:
        return ()
    weighty = found.weights > 0.0
    places = [at for at in np.flatnonzero(found.unknown.any(axis=0) & weighty).tolist() if _concerns(found, at)]
    each = [_unknown(found, chosen, [at]) for at in places]
    ordered = sorted(each, key=lambda one: (-one.worth, -one.weight))
    return (*ordered, _unknown(found, chosen, places)) if len(places) > 1 else tuple(ordered)


def overturned(found: Evaluation) -> bool:
    """Return whether another arm would be the best by expected utility if all that is unknown came out against it."""
    chosen = found.recommended
    if chosen is None:
        return False
    ends = np.ones((len(found.arms), 1))
    ends[chosen] = 0.0
    return found.best(found.expected_total(np.where(found.unknown, ends, found.expected))) != chosen


def _concerns(found: Evaluation, criterion: int) -> bool:
    """Return whether it is unknown of an arm that is not ruled out."""
    return bool(found.unknown[found.allowed, criterion].any())


def _unknown(found: Evaluation, chosen: int, places: Sequence[int]) -> Unknown:
    against, favourable = np.ones(len(found.arms)), np.zeros(len(found.arms))
    against[chosen], favourable[chosen] = 0.0, 1.0
    arms = [arm for place, arm in enumerate(found.arms) if found.unknown[place, places].any()]
    low, high = (found.first_with(_known_at(found, places, ends))[found.arms[chosen]] for ends in (against, favourable))
    name = found.criteria[places[0]] if len(places) == 1 else ""
    return Unknown(name, float(found.weights[list(places)].sum()), tuple(arms), low, high, _worth(found, places))


def _known_at(found: Evaluation, places: Sequence[int], ends: Floats) -> Floats:
    """Return the utility of each arm in each draw, if what is unknown is known at these ends."""
    total = found.total.copy()
    for at in places:
        apart = (ends - found.utilities[:, :, at]) * found.unknown[:, at]
        total += found.drawn[:, at, np.newaxis] * apart
    return total


def _worth(found: Evaluation, places: Sequence[int]) -> float:
    """Return the expected gain: with additive utilities, what comes out of the unknown only adds to expected scores."""
    known = np.tile(found.scores, (found.decision.draws, 1))
    for at in places:
        apart = (found.utilities[:, :, at] - found.expected[:, at]) * found.unknown[:, at]
        known += found.weights[at] * apart
    among = known[:, found.allowed]
    return max(0.0, float(among.max(axis=1).mean() - among.mean(axis=0).max()))
