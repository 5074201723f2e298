"""Utilities of the card, and why some are not those of the value that stands in the table of measurements.

A utility here is an expectation: its mean over the resamples of a measurement, since the measurement is not sure. Of a
95th percentile of few requests these lie far apart: the slowest requests are missing in many resamples, and there the
percentile is that of a fast arm. That is what is known of it (one slow request of 24 may be chance), so that the mean
is kept; which utilities are moved by it is said with the value that they would be the utility of.
"""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.studies.decision.amounts import amount
from harness.studies.decision.criterion import Criterion
from harness.studies.decision.evaluation import Evaluation

APART: Final = 0.02
"""between the mean utility and that of the printed value, from which on it is said"""


def utilities_section(found: Evaluation) -> Section:
    """Return the mean utility of every arm at every criterion."""
    columns = (
        *(SectionColumn("criterion"), SectionColumn("utility 0 at"), SectionColumn("utility 1 at")),
        *(SectionColumn(arm, "", 3) for arm in found.arms),
    )
    return Section("utilities", "Utilities", columns, tuple(_rows(found)), tuple(_notes(found)))


def _rows(found: Evaluation) -> Iterator[tuple[SectionCell, ...]]:
    for at, name in enumerate(found.criteria):
        own = found.decision.criteria[name]
        per = "" if own.times == "nothing" else " a month"
        utilities = zip(found.unknown[:, at], found.expected[:, at], strict=True)
        values = (None if unknown else Figure(float(utility)) for unknown, utility in utilities)
        yield (name, f"{amount(own.worst)}{per}", f"{amount(own.best)}{per}", *values)


def _notes(found: Evaluation) -> Iterator[Note]:
    yield Note(
        "Reading",
        "scales have fixed ends; – not measured: anything from 0 to 1. A measurement is not sure: its utility is the "
        "mean of the utilities of all its resamples and not the utility of the one value under “What was measured”",
    )
    if apart := list(_apart(found)):
        text = "where a few examples decide the value, many resamples lack them, and the mean moves"
        yield Note("Apart from the value", f"{text}: {'; '.join(apart)}")


def _apart(found: Evaluation) -> Iterator[str]:
    """Yield which mean utilities are not those of the printed values: "latency of base .572, as 718 ms has; …"."""
    for at, name in enumerate(found.criteria):
        own, factor = found.decision.criteria[name], found.decision.factors()[name]
        for place, arm in enumerate(found.arms):
            sample, mean = found.measured.sample(name, arm), float(found.expected[place, at])
            alone = mean if sample is None else float(own.utility(np.array([sample.value]), factor)[0])
            if sample is not None and abs(mean - alone) >= APART:
                unit = own.unit_in(found.measured.currency)
                same, value = amount(_value_of(own, mean) / factor), amount(sample.value)
                yield f"{name} of {arm} {amount(mean)}, as {same} {unit} has; {value} {unit} alone has {amount(alone)}"


def _value_of(own: Criterion, utility: float) -> float:
    """Return the amount that has a utility: the reverse of `Criterion.utility`."""
    if own.scale == "log":
        return math.exp(math.log(own.worst) + utility * (math.log(own.best) - math.log(own.worst)))
    return own.worst + utility * (own.best - own.worst)
