"""Usage × prices -> money, per arm. Every formula here is explained, with its inputs, in docs/COST.md."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np

from harness.costs.amount import Amount, mean, total
from harness.costs.costing import Costing
from harness.costs.machine import Machine, machine
from harness.costs.usage import Requests, Training, Usage

SECONDS_PER_HOUR: Final = 3600
GB: Final = 1e9
MILLION: Final = 1e6
THOUSAND: Final = 1000
SERVER: Final = "server"
SEED: Final = 20_240_502
"""of the resamples: the same records and prices always give the same table"""


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """One arm's money. None: it cannot be known from what was recorded, or there is no price for it."""

    usage: Usage
    machine: Machine | None
    """None: the price list has no price for the device that did the work"""
    preparation: Amount
    """labelling and preparing documents, once"""
    training: Amount | None
    """once, all trials"""
    index: Amount | None
    """once, all documents"""
    single: Amount | None
    """per 1,000 answers, one at a time"""
    saturated: Amount | None
    """per 1,000 answers, in full batches"""
    reindex: Amount | None
    """per update of the knowledge: its changed documents"""
    retrain: Amount | None
    """per update of the knowledge: the adapter again, if this arm does so"""
    storage: Amount
    """per month"""
    costing: Costing

    @property
    def one_off(self) -> Amount | None:
        """Paid before the first answer."""
        return total([self.preparation, self.training, self.index])

    @property
    def update(self) -> Amount | None:
        """Per update of the knowledge."""
        return total([self.reindex, self.retrain])

    @property
    def answers(self) -> Amount | None:
        """Per 1,000 answers, at the speed that the horizon asks for."""
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
    """Return the money that an arm costs.

    Args:
        used: what was measured.
        costing: prices and use.
        resamples: of the timed requests, for the intervals.
    """
    prices, horizon, priced = costing.prices, costing.horizon, machine(costing.prices, used.device)
    rows = used.training.rows if used.training is not None else 0
    work = None if priced is None else priced.device.hour_of_work() / SECONDS_PER_HOUR

    def job(seconds: float) -> Amount | None:
        return Amount(0.0) if not seconds else None if work is None else Amount(seconds * work)

    return Ledger(
        usage=used,
        machine=priced,
        preparation=Amount(rows * prices.per_training_row + used.documents * prices.per_document),
        training=_trained(used, job, lambda one: one.seconds * horizon.trainings + one.wasted_seconds),
        index=job(sum(part.seconds + part.wasted_seconds for part in used.indexing)),
        single=_per_thousand(used, used.single, priced, costing, resamples),
        saturated=_per_thousand(used, used.saturated, priced, costing, resamples),
        reindex=job(sum(part.seconds * (horizon.changed_share if part.in_place else 1) for part in used.indexing)),
        retrain=_trained(used, job, lambda one: one.seconds) if _retrains(used, costing) else Amount(0.0),
        storage=Amount(sum(used.bytes_stored.values()) / GB * prices.storage.per_gb_month),
        costing=costing,
    )


def _trained(used: Usage, job: Callable[[float], Amount | None], seconds: Callable[[Training], float]) -> Amount | None:
    """The price of so much training; 0 without an adapter, None for one that was trained elsewhere."""
    if not used.adapts:
        return Amount(0.0)
    return None if used.training is None else job(seconds(used.training))


def _retrains(used: Usage, costing: Costing) -> bool:
    when = costing.horizon.retrain
    return used.adapts and (when == "always" or (when == "needed" and not used.retrieves))


def _per_thousand(
    used: Usage, timed: Requests | None, priced: Machine | None, costing: Costing, resamples: int
) -> Amount | None:
    """The price of 1,000 answers: device time, or tokens where a hosted model is priced."""
    if timed is None or priced is None:
        return None
    rng = np.random.default_rng([SEED, crc32(used.arm.encode())])
    second = priced.device.hour_of_serving(costing.horizon.utilisation) / SECONDS_PER_HOUR
    if costing.prices.model is None:
        # the seconds of a server are no seconds of a machine that anyone here pays for
        each = None if used.device == SERVER else mean(timed.seconds, timed.clusters, rng, resamples)
        return None if each is None else each * (THOUSAND * second)
    hosted = costing.prices.models[costing.prices.model]
    tokens = (used.tokens_in * hosted.per_million_in + used.tokens_out * hosted.per_million_out) / MILLION
    price = mean(tokens, np.arange(len(tokens)), rng, resamples)
    beside = mean(timed.beside, timed.clusters, rng, resamples)
    return None if price is None or beside is None else (price + beside * second) * THOUSAND
