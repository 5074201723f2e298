"""Usage × prices -> cost, per arm. docs/COST.md explains every formula with its inputs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np

from harness.analysis.costs.amount import Amount, mean, total
from harness.analysis.costs.horizon import Costing
from harness.analysis.costs.machine import Machine, machine
from harness.analysis.costs.making import as_given
from harness.analysis.costs.prices import PriceList
from harness.analysis.costs.usage import IndexingStep, Requests, Training, Usage

SECONDS_PER_HOUR: Final = 3600
SECONDS_PER_DAY: Final = 86_400
GB: Final = 1e9
MILLION: Final = 1e6
THOUSAND: Final = 1000
SERVER: Final = "server"
SEED: Final = 20_240_502
"""of the resamples: the same records and prices always give the same table"""


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """One arm's costs. None: not known from the records, or without a price."""

    usage: Usage
    machine: Machine | None
    """None: the price list has none for the device that did the work"""
    preparation: Amount | None
    """labelling and preparing documents, once"""
    training: Amount | None
    """once, times the horizon's trainings, plus the adapter's failed attempts"""
    index: Amount | None
    """once, all documents"""
    single: Amount | None
    """per 1,000 answers, one at a time"""
    saturated: Amount | None
    """per 1,000 answers, in full batches"""
    reindex: Amount | None
    """per update of the knowledge: its changed documents"""
    repreparation: Amount
    """per update of the knowledge: preparing its changed documents for retrieval"""
    retrain: Amount | None
    """per update of the knowledge: training the adapter again, if this arm does so"""
    storage: Amount
    """per month"""
    trials: Amount | None
    """once: the store's other trainings and indexes that were trials for this arm"""
    costing: Costing
    unpriced: tuple[str, ...] = ()
    """devices without a price that made the adapter, the index or a trial"""
    paid_as: tuple[Machine, ...] = ()
    """machines that work is priced as, the answering one first"""
    busy: float | None = None
    """machines that answering keeps busy at the horizon's use; None where no machine is paid, or nothing was timed"""

    @property
    def one_off(self) -> Amount | None:
        """Paid before the first answer."""
        trials = [self.trials] if self.costing.horizon.trials == "paid" else []
        return total([self.preparation, self.training, self.index, *trials])

    @property
    def update(self) -> Amount | None:
        """Per update of the knowledge."""
        return total([self.repreparation, self.reindex, self.retrain])

    @property
    def answers(self) -> Amount | None:
        """Per 1,000 answers, at the horizon's speed."""
        return self.single if self.costing.horizon.serving == "single" else self.saturated

    @property
    def serving(self) -> Amount | None:
        """All answers of the horizon."""
        return None if self.answers is None else self.answers * (self.costing.horizon.queries / THOUSAND)

    @property
    def updating(self) -> Amount | None:
        """All updates of the horizon."""
        return None if self.update is None else self.update * self.costing.horizon.updates

    @property
    def keeping(self) -> Amount:
        """Storage over the horizon."""
        return self.storage * self.costing.horizon.months

    @property
    def total(self) -> Amount | None:
        """Everything, over the horizon."""
        return total([self.one_off, self.serving, self.updating, self.keeping])


def ledger(used: Usage, costing: Costing, resamples: int) -> Ledger:
    """Return what an arm costs.

    Args:
        used: what was measured of it.
        costing: prices and use.
        resamples: of the timed requests, for the intervals.
    """
    prices, horizon = costing.prices, costing.horizon
    used = as_given(used, horizon.brought_hours, horizon.brought_rows)
    jobs = {"", *(part.device for part in used.indexing if part.seconds or part.wasted_seconds)}
    jobs |= {used.training.device} if used.training is not None else set()
    jobs |= {one.device for one in used.trials if one.seconds}
    machines = {device: machine(prices, device or used.device, used.hardware.processor) for device in sorted(jobs)}
    priced = machines[""]

    def job(seconds: float, device: str) -> Amount | None:
        return job_price(seconds, machines.get(device))

    def indexing(seconds: Callable[[IndexingStep], float]) -> Amount | None:
        return total([job(seconds(part), part.device) for part in used.indexing])

    return Ledger(
        usage=used,
        machine=priced,
        preparation=_prepared(used, prices),
        training=_trained(used, job, lambda one: one.seconds * horizon.trainings + one.wasted_seconds),
        index=indexing(lambda part: part.seconds + part.wasted_seconds),
        single=_per_thousand(used, used.single, priced, costing, resamples),
        saturated=_per_thousand(used, used.saturated, priced, costing, resamples),
        repreparation=Amount(used.documents * horizon.changed_share * prices.per_document),
        reindex=indexing(lambda part: part.seconds * (horizon.changed_share if part.in_place else 1))
        if used.retrieves
        else Amount(0.0),
        retrain=_trained(used, job, lambda one: one.seconds) if _retrains(used, costing) else Amount(0.0),
        trials=total([job(one.seconds, one.device) for one in used.trials]),
        storage=Amount(sum(used.bytes_stored.values()) / GB * prices.storage.per_gb_month),
        costing=costing,
        unpriced=tuple(device for device, one in machines.items() if device and one is None),
        paid_as=tuple(dict.fromkeys(one for one in machines.values() if one is not None)),
        busy=_busy(used, costing),
    )


def _prepared(used: Usage, prices: PriceList) -> Amount | None:
    """Return the price of labelled rows and documents; None where rows have one and their number is unknown."""
    if used.brought and used.training is None and prices.per_training_row:
        return None
    rows = max(used.pairs, used.training.rows if used.training is not None else 0)
    return Amount(rows * prices.per_training_row + used.documents * prices.per_document)


def job_price(seconds: float, by: Machine | None) -> Amount | None:
    """Return the price of a job; None where it took time on a machine without a price."""
    if not seconds:
        return Amount(0.0)
    return None if by is None else Amount(seconds * by.device.hour_of_work() / SECONDS_PER_HOUR)


def _busy(used: Usage, costing: Costing) -> float | None:
    """Return the machines that a day's queries keep busy, at the speed of the totals."""
    timed = used.single if costing.horizon.serving == "single" else used.saturated
    if timed is None or used.device == SERVER or costing.prices.model is not None:
        return None
    return costing.horizon.queries_per_day * float(timed.seconds.mean()) / SECONDS_PER_DAY


def _trained(
    used: Usage, job: Callable[[float, str], Amount | None], seconds: Callable[[Training], float]
) -> Amount | None:
    """Return the price of training; 0 without an adapter, None for one that was trained elsewhere."""
    if not used.adapts:
        return Amount(0.0)
    return None if used.training is None else job(seconds(used.training), used.training.device)


def _retrains(used: Usage, costing: Costing) -> bool:
    when = costing.horizon.retrain
    return used.adapts and (when == "always" or (when == "needed" and not used.retrieves))


def _per_thousand(
    used: Usage, timed: Requests | None, priced: Machine | None, costing: Costing, resamples: int
) -> Amount | None:
    """Return the price of 1,000 answers: device time, or tokens where a hosted model is priced."""
    if timed is None or priced is None:
        return None
    rng = np.random.default_rng([SEED, crc32(used.arm.encode())])
    second = priced.device.hour_of_serving(costing.horizon.utilisation) / SECONDS_PER_HOUR
    if costing.prices.model is None:
        # a server's seconds are not those of a machine that is paid here
        each = None if used.device == SERVER else mean(timed.seconds, timed.clusters, rng, resamples)
        return None if each is None else each * (THOUSAND * second)
    hosted = costing.prices.models[costing.prices.model]
    cached = np.zeros(()) if used.tokens_cached is None else used.tokens_cached
    read = (used.tokens_in - cached) * hosted.per_million_in + cached * hosted.cached
    tokens = (read + used.tokens_out * hosted.per_million_out) / MILLION
    asked = np.arange(len(tokens)) if used.token_clusters is None else used.token_clusters
    price = mean(tokens, asked, rng, resamples)
    non_model = mean(timed.non_model, timed.clusters, rng, resamples)
    return None if price is None or non_model is None else (price + non_model * second) * THOUSAND
