"""Another use: questions a day, updates a month, labelled pairs, from which on another arm is best."""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

import numpy as np

from harness.analysis.stats.bootstrap import Floats
from harness.studies.decision.decision import LABELS
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.samples import RESAMPLES
from harness.studies.decision.study_readings import LabelSamples
from harness.studies.decision.takeover import Alteration, Change, along

RANGES: Final[Mapping[Literal["questions", "updates"], tuple[float, float]]] = {
    "questions": (1.0, 1e7),
    "updates": (0.01, 1e4),
}
"""how far is looked: a day, a month"""
POINTS: Final = 120
"""of a grid; that an arm is best between two of them alone is not seen"""


def use_changes(found: Evaluation, chosen: int) -> Iterator[Change]:
    """Yield where another arm takes over with more, or less, of what the use is."""
    use = found.decision.use
    rates: Mapping[Literal["questions", "updates"], float] = {
        "questions": use.questions_per_day,
        "updates": use.updates_per_month,
    }
    for kind, now in rates.items():
        low, high = RANGES[kind]
        for end in (max(high, now), min(low, now)) if now > 0 else ():
            change = along(found, kind, _grid(now, end), _at_rate(found, kind, now)) if end != now else None
            if change is not None:
                yield change
    yield from _fewer_labels(found)


def label_grid(curves: Mapping[str, LabelSamples]) -> list[float]:
    """Return numbers of labelled pairs from the most that was measured down to the fewest, one pair at least."""
    sizes = [size for curve in curves.values() for size, _ in curve]
    return _grid(float(max(sizes)), float(max(1, min(sizes))))


def utilities_between(found: Evaluation, curve: LabelSamples, pairs: float) -> Floats:
    """Return utilities with so many labelled pairs, one per resample: on a line over the logarithm of their number."""
    own = found.decision.criteria[found.decision.curve.criterion]
    sizes = np.log2(1.0 + np.array([size for size, _ in curve]))
    drawn = np.array([sample.at(RESAMPLES) for _, sample in curve])
    place = float(np.log2(1.0 + pairs))
    at = int(np.clip(np.searchsorted(sizes, place), 1, len(sizes) - 1))
    part = float(np.clip((place - sizes[at - 1]) / (sizes[at] - sizes[at - 1]), 0.0, 1.0))
    return own.utility((1.0 - part) * drawn[at - 1] + part * drawn[at])


def _grid(start: float, end: float) -> list[float]:
    return [start, *map(float, np.geomspace(start, end, POINTS)[1:])]


def _at_rate(found: Evaluation, kind: Literal["questions", "updates"], now: float) -> Alteration:
    names = [name for name, own in found.decision.criteria.items() if own.times == kind]
    factors = found.decision.factors()

    def alter(rate: float) -> Mapping[tuple[int, int], Floats]:
        altered = {}
        for name in names:
            for place, arm in enumerate(found.arms):
                sample = found.measured.sample(name, arm)
                if sample is not None:
                    utilities = found.decision.criteria[name].utility(sample.draws, factors[name] * rate / now)
                    altered[place, found.criteria.index(name)] = utilities
        return altered

    return alter


def _fewer_labels(found: Evaluation) -> Iterator[Change]:
    """Yield below how many labelled pairs another arm is best, by the curves of a study."""
    curves = found.measured.curves
    change = along(found, "labels", label_grid(curves), _with_labels(found, curves)) if curves else None
    if change is not None:
        yield change


def _with_labels(found: Evaluation, curves: Mapping[str, LabelSamples]) -> Alteration:
    at = found.criteria.index(found.decision.curve.criterion)

    def alter(pairs: float) -> Mapping[tuple[int, int], Floats]:
        altered = {}
        for place, arm in enumerate(found.arms):
            if arm in curves:
                altered[place, at] = utilities_between(found, curves[arm], pairs)
                if LABELS in found.criteria:
                    needed = found.decision.criteria[LABELS].utility(np.array([pairs]))
                    altered[place, found.criteria.index(LABELS)] = needed
        return altered

    return alter
