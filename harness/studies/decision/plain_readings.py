"""Measurements of the plain experiment: metrics, time, money, labels, parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal
from zlib import crc32

import numpy as np

from harness.analysis.costs.amount import Amount
from harness.analysis.costs.answering import ADAPTER_USES
from harness.analysis.costs.ledger import Ledger
from harness.analysis.costs.usage import Usage
from harness.analysis.sections.latency import total
from harness.analysis.sections.percentiles import values
from harness.analysis.sections.timing_session import TimedRow, timing_session
from harness.analysis.stats.bootstrap import Floats
from harness.studies.decision.reading import DecisionData, Part, Readout, with_structure
from harness.studies.decision.samples import (
    RESAMPLES,
    SEED,
    ResampledValue,
    exact,
    mean_sample,
    percentile_sample,
    sampled,
)
from harness.studies.inventory import inventory_of
from harness.studies.numbers import ONCE
from harness.types import Record


@dataclass(frozen=True)
class MetricMean:
    """The mean of the first of these metrics that most arms have a value of."""

    KEY: ClassVar[str] = "harness.studies.decision.plain_readings.MetricMean"

    metrics: tuple[str, ...]
    """best first"""
    without: Mapping[Part, float]
    """passages or adapter -> value of an arm that has none, and so no value"""

    def read(self, data: DecisionData) -> Readout | None:
        source = data.source
        places = {column.metric: place for place, column in enumerate(source.columns)}
        found = {name: self._means(data, places[name]) for name in self.metrics if name in places}
        best = max(found, key=lambda name: sum(one is not None for one in found[name].values()), default="")
        if not best or not any(found[best].values()):
            return None
        return Readout(with_structure(found[best], data.source.roles, self.without), best)

    def wanted(self, task: str) -> str:
        return f"make experiment task={task} with {self.metrics[0]} among its metrics (metric=[…])"

    def _means(self, data: DecisionData, place: int) -> dict[str, ResampledValue | None]:
        source = data.source
        runs = {arm: source.runs[source.arms.index(arm)][:, :, place] for arm in data.arms}
        return {arm: mean_sample(own, source.clusters, arm) for arm, own in runs.items()}


@dataclass(frozen=True)
class RequestTime:
    """A percentile of the time of one request, given alone; of an adapter that was timed twice as it was scored."""

    KEY: ClassVar[str] = "harness.studies.decision.plain_readings.RequestTime"

    percentile: float
    """of the requests, 0 to 100"""

    def faults(self) -> Sequence[str]:
        """Return what is wrong, a line each."""
        wrong = not 0 <= self.percentile <= 100
        return [f"percentile is {self.percentile}; it must be between 0 and 100"] if wrong else []

    def read(self, data: DecisionData) -> Readout | None:
        session = timing_session(data.source.records)
        rows: dict[str, list[TimedRow]] = {}
        for row in () if session is None else session.alone():
            rows.setdefault(row.arm, []).append(row)
        chosen = {arm: min(own, key=lambda row: ADAPTER_USES.index(row.run.adapter)) for arm, own in rows.items()}
        times = {arm: values(chosen[arm].answered, total) for arm in data.arms if arm in chosen}
        samples = {arm: percentile_sample(np.array(list(own.values())), self._of) for arm, own in times.items() if own}
        return Readout(samples, f"p{self.percentile:g} of a request") if samples else None

    def wanted(self, task: str) -> str:
        return f"make experiment task={task} (with its timing pass)"

    def _of(self, times: Floats) -> Floats:
        found: Floats = np.percentile(times, self.percentile, axis=1)
        return found


@dataclass(frozen=True)
class Money:
    """What an arm costs, in the currency of the price list."""

    KEY: ClassVar[str] = "harness.studies.decision.plain_readings.Money"

    item: Literal["answers", "preparation", "update"]
    """1,000 answers; training, index and labelled data, once; one update of the knowledge"""

    def read(self, data: DecisionData) -> Readout | None:
        samples: dict[str, ResampledValue] = {}
        for arm in data.arms:
            amount = self._amount(data.ledgers[arm]) if arm in data.ledgers else None
            if amount is not None:
                samples[arm] = self._sample(data.ledgers[arm], amount, arm)
        words = {"answers": "price of 1,000 answers", "preparation": "one-off cost", "update": "cost of one update"}
        return Readout(samples, words[self.item]) if samples else None

    def wanted(self, task: str) -> str:
        return f"make decide task={task} prices=… (a price list that knows this machine)"

    def _sample(self, own: Ledger, amount: Amount, arm: str) -> ResampledValue:
        """Return an amount; where a part of it was timed once, anything that one more measurement may well be."""
        if amount.draws is not None:
            return sampled(amount.value, amount.draws)
        parts = (own.training, own.index) if self.item == "preparation" else (own.reindex, own.retrain)
        timed = sum(one.value for one in parts if one is not None)
        if not timed:
            return exact(amount.value)
        step = np.random.default_rng([SEED, crc32(f"{self.item}/{arm}".encode())]).uniform(-1.0, 1.0, RESAMPLES)
        return sampled(amount.value, amount.value + timed * (ONCE**step - 1.0))

    def _amount(self, own: Ledger) -> Amount | None:
        if self.item == "answers":
            return own.answers
        return own.one_off if self.item == "preparation" else own.update


@dataclass(frozen=True)
class LabelsNeeded:
    """Labelled pairs that an arm was trained on, or shows as examples: with fewer it would be another arm."""

    KEY: ClassVar[str] = "harness.studies.decision.plain_readings.LabelsNeeded"

    def read(self, data: DecisionData) -> Readout | None:
        samples: dict[str, ResampledValue] = {}
        for arm in data.arms:
            count = _labels(data.usage[arm], data.source.records[arm][0])
            samples |= {} if count is None else {arm: exact(float(count))}
        return Readout(samples, "pairs trained on, or shown as examples") if samples else None

    def wanted(self, task: str) -> str:
        return f"make experiment task={task} (the rows of an adapter that was brought: horizon.brought_rows)"


@dataclass(frozen=True)
class PartsCount:
    """Parts that can fail alone: processes, models, artifacts (docs/STUDIES.md#inventory), read off records alone."""

    KEY: ClassVar[str] = "harness.studies.decision.plain_readings.PartsCount"

    def read(self, data: DecisionData) -> Readout | None:
        firsts = {arm: data.source.records[arm][0] for arm in data.arms}
        return Readout(
            {arm: exact(float(inventory_of(one, None).parts)) for arm, one in firsts.items()},
            "parts that can fail alone",
        )

    def wanted(self, task: str) -> str:
        return f"make experiment task={task}"


def _labels(used: Usage, record: Record) -> int | None:
    """Return the labelled pairs behind an arm; None where its adapter was brought and nobody said how many."""
    if used.brought and used.training is None:
        return None
    trained = 0 if used.training is None else used.training.rows
    shown = int(record.facts.get("retrieval", {}).get("passages", {}).get("exemplars", 0))
    return max(trained, shown, used.pairs)
