"""What would change the recommendation: the weight, the limit, the use or the labels from which another arm is best.

One thing at a time, along the expected utility, which is exact: no draw decides where ranks reverse. The interval says
how far the place moves with the measurements: 95 % of the draws, in which what was not measured is anything.
"""

from collections.abc import Iterator

import numpy as np

from harness.analysis.stats.bootstrap import Floats
from harness.studies.decision.change_limits import limit_changes
from harness.studies.decision.change_use import use_changes
from harness.studies.decision.crossing import TakeOver, weight_crossing
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.takeover import Change, with_interval


def changes(found: Evaluation) -> tuple[Change, ...]:
    """Return all changes, the weights first; nothing where every arm is ruled out."""
    chosen = found.recommended
    if chosen is None:
        return ()
    return (*_weights(found, chosen), *limit_changes(found, chosen), *use_changes(found, chosen))


def _weights(found: Evaluation, chosen: int) -> Iterator[Change]:
    """Yield, of each criterion, the nearest weight above and below at which another arm is as good.

    All other weights keep their proportions.
    """
    for at, now in enumerate(found.weights.tolist()):
        if now < 1.0:  # else the others have no proportions
            others = np.where(np.arange(len(found.criteria)) == at, 0.0, found.weights) / (1.0 - now)
            for above in (True, False):
                taken = _nearest(found, chosen, at, others, above=above)
                if taken is not None:
                    yield _with_draws(found, chosen, at, others, taken, above=above)


def _nearest(found: Evaluation, chosen: int, at: int, others: Floats, *, above: bool) -> TakeOver | None:
    own, rest, now = found.expected[:, at], found.expected_total(found.expected, others), found.weights[at]
    nearest: TakeOver | None = None
    for arm in found.allowed:
        place = float(weight_crossing(own[[chosen]] - own[[arm]], rest[[chosen]] - rest[[arm]])[0])
        within = now < place < 1.0 if above else 0.0 < place <= now  # not so where it is no number
        if arm == chosen or not within:
            continue
        if nearest is None or abs(place - now) < abs(nearest.at - now):
            nearest = TakeOver(place, arm)
    return nearest


def _with_draws(found: Evaluation, chosen: int, at: int, others: Floats, taken: TakeOver, *, above: bool) -> Change:
    apart = found.utilities[:, chosen] - found.utilities[:, taken.arm]
    own = apart[:, at]
    places = weight_crossing(own, apart @ others)
    # above a weight an arm takes over that is better at the criterion itself, below a weight one that is worse
    happens = (own < 0.0) & (places <= 1.0) if above else (own > 0.0) & (places >= 0.0)
    places = np.where(happens, np.clip(places, 0.0, 1.0), np.inf if above else -np.inf)
    change = Change("weight", found.criteria[at], float(found.weights[at]), taken.at, above, found.arms[taken.arm])
    return with_interval(change, places)
