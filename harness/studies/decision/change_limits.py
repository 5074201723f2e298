"""Limits that would rule the recommended arm out, and which arm is best within them."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from harness.studies.decision.decision import LABELS
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.samples import RESAMPLES, ResampledValue
from harness.studies.decision.takeover import Change


def limit_changes(found: Evaluation, chosen: int) -> Iterator[Change]:
    """Yield, of each limit that a decision names, the value from which on the recommended arm is ruled out."""
    arm, limits = found.arms[chosen], found.decision.limits_set()
    for name in found.decision.limits:
        sample = found.measured.sample(name, arm)
        if sample is not None:
            bite, ends = _bite(found, name, arm, sample), sample.figure
            above = found.decision.criteria[name].higher_is_better
            other = _best_within(found, name, bite)
            yield Change("limit", name, limits.get(name), bite, above, other, ends.low, ends.high)
    yield from _labels_at_hand(found, chosen)
    yield from _documents(found, chosen)


def _labels_at_hand(found: Evaluation, chosen: int) -> Iterator[Change]:
    sample = found.measured.sample(LABELS, found.arms[chosen])
    if sample is not None and sample.value > 0:
        at_hand = found.decision.use.labels_at_hand
        now = None if at_hand is None else float(at_hand)
        other = _best_within(found, LABELS, sample.value)
        yield Change("labels at hand", LABELS, now, sample.value, above=False, arm=other)


def _documents(found: Evaluation, chosen: int) -> Iterator[Change]:
    leaving = found.measured.holds_documents
    if found.decision.documents_may_leave and found.arms[chosen] in leaving:
        staying = [place for place in found.allowed if found.arms[place] not in leaving]
        yield Change("documents", "documents", None, None, above=False, arm=_best_of(found, staying))


def _bite(found: Evaluation, criterion: str, arm: str, sample: ResampledValue) -> float:
    """Return the strictest limit that an arm keeps, together with all other limits, with the probability asked for."""
    share = found.decision.least_probability
    higher = found.decision.criteria[criterion].higher_is_better
    values = np.where(_others_kept(found, criterion, arm), sample.at(RESAMPLES), -np.inf if higher else np.inf)
    ordered = np.sort(values)[:: -1 if higher else 1]
    # of n draws, the place-th keeps a limit at itself with probability place / n
    return float(ordered[int(np.ceil(share * len(ordered) - 1e-9)) - 1])


def _others_kept(found: Evaluation, criterion: str, arm: str) -> NDArray[np.bool_]:
    """Return in which resamples an arm keeps the limits on all other criteria that were measured of it."""
    kept = np.ones(RESAMPLES, dtype=np.bool_)
    for name, limit in found.decision.limits_set().items():
        sample = found.measured.sample(name, arm)
        if name != criterion and sample is not None:
            kept &= found.decision.criteria[name].keeps(sample.at(RESAMPLES), limit) > 0.0
    return kept


def _best_within(found: Evaluation, criterion: str, limit: float) -> str | None:
    """Return the arm that is best among those which keep a stricter limit than this one, or were not measured.

    All limits together count, in the same resamples. As `limits.kept` has it, a limit rules nobody out of whom nothing
    is known.
    """
    higher = found.decision.criteria[criterion].higher_is_better
    keeping = []
    for place in found.allowed:
        sample = found.measured.sample(criterion, found.arms[place])
        own = None if sample is None else _bite(found, criterion, found.arms[place], sample)
        if own is None or (own > limit if higher else own < limit):
            keeping.append(place)
    return _best_of(found, keeping)


def _best_of(found: Evaluation, places: Sequence[int]) -> str | None:
    best = found.best(found.scores, places)
    return None if best is None else found.arms[best]
