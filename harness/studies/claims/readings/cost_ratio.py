"""A part of an arm's cost over another part, or over another arm's: from the same ledger as the table of costs."""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np

from harness.analysis.costs.amount import Amount, total
from harness.analysis.costs.horizon import Horizon
from harness.analysis.costs.ledger import Ledger
from harness.analysis.stats import bootstrap as stats
from harness.studies.claims.arms import arm_named
from harness.studies.claims.effect import Effect, Gap, Spread, with_once
from harness.studies.claims.sources import EXPERIMENT, Evidence
from harness.studies.numbers import ONCE

CostPart = Literal["preparation", "training", "index", "one-off", "serving", "updates", "update", "storage", "total"]
UPDATING: Final = frozenset({"update", "updates"})
"""parts that an adapter has none of where it is never trained again"""
PARTS: Final[Mapping[CostPart, Callable[[Ledger], Amount | None]]] = {
    "preparation": lambda one: one.preparation,
    "training": lambda one: one.training,
    "index": lambda one: one.index,
    "one-off": lambda one: one.one_off,
    "serving": lambda one: one.serving,
    "updates": lambda one: one.updating,
    "update": lambda one: one.update,
    "storage": lambda one: one.keeping,
    "total": lambda one: one.total,
}
"""updates and storage: over the horizon; update: a single one"""


@dataclass(frozen=True)
class CostRatio:
    """The sum of some parts of an arm's cost over the sum of some parts of an arm's."""

    KEY: ClassVar[str] = "harness.studies.claims.readings.cost_ratio.CostRatio"
    source: ClassVar[str] = EXPERIMENT
    is_ratio: ClassVar[bool] = True

    arm: str
    """see `harness.studies.claims.arms`"""
    parts: tuple[CostPart, ...]
    over: str
    """the arm that it is divided by; it may be the same"""
    over_parts: tuple[CostPart, ...]

    def problems(self) -> Sequence[str]:
        return [f"{name} is []; give at least one" for name in ("parts", "over_parts") if not getattr(self, name)]

    def read(self, evidence: Evidence) -> Effect | Gap:
        experiment = evidence.experiment
        if experiment is None or experiment.costing is None:
            return Gap("the experiment was not run", evidence.command())
        ledgers = experiment.ledgers
        named = [arm_named(word, experiment.data.roles) for word in (self.arm, self.over)]
        owners = [ledgers[arm] for arm in named if arm is not None and arm in ledgers]
        if len(owners) < 2:
            return Gap(f"{self.arm} or {self.over} was not run", evidence.more_arms(self.arm, self.over))
        sums = [total([PARTS[part](one) for part in parts]) for one, parts in zip(owners, self._both, strict=True)]
        known = [one for one in sums if one is not None]
        said = [_part_said(one, parts) for one, parts in zip(owners, self._both, strict=True)]
        if len(known) < 2:
            why = f"{' or '.join(said)} is unknown (see the notes under the table of costs)"
            return Gap(why, evidence.command())
        if not any(one.value > 0 for one in known):
            return Gap(f"{' and '.join(said)} are exactly 0, so that neither is more (0 divided by 0)")
        if not all(one.value > 0 for one in known):
            if UPDATING & {*self.parts, *self.over_parts} and experiment.costing.horizon.retrain == "never":
                return Gap("horizon.retrain=never: adapters are not updated, so that an update of theirs has no price")
            return self._of_nothing(known, said, owners, experiment.costing.horizon)
        return self._effect(known, owners, experiment.costing.horizon)

    @property
    def _both(self) -> tuple[tuple[CostPart, ...], tuple[CostPart, ...]]:
        return self.parts, self.over_parts

    def _of_nothing(
        self, sums: Sequence[Amount], said: Sequence[str], owners: Sequence[Ledger], horizon: Horizon
    ) -> Effect:
        """Return a ratio with a cost of exactly 0, which is 0 or beyond every margin and needs no interval."""
        value = 0.0 if sums[0].value == 0 else math.inf
        nothing = said[0] if value == 0.0 else said[1]
        notes = (f"{nothing} costs exactly 0", *self._conditions(owners, horizon))
        return Effect(value, None, None, _divided(said), 0, kind="exact", ratio=True, anchor="cost", notes=notes)

    def _conditions(self, owners: Sequence[Ledger], horizon: Horizon) -> tuple[str, ...]:
        return _use(horizon), f"prices {owners[0].costing.prices.name}"

    def _effect(self, sums: Sequence[Amount], owners: Sequence[Ledger], horizon: Horizon) -> Effect:
        value = sums[0].value / sums[1].value
        said = _divided([_part_said(one, parts) for one, parts in zip(owners, self._both, strict=True)])
        notes = self._conditions(owners, horizon)
        draws = [one.draws if one.draws is not None else np.array(one.value) for one in sums]
        clusters = min((one.clusters for one in sums if one.draws is not None), default=0)
        if clusters < 2:  # trainings and indexes are made once
            return Effect(
                value, None, None, said, 1, "measurements", kind="once", ratio=True, anchor="cost", notes=notes
            )
        logs = np.log(np.divide(*np.broadcast_arrays(*draws)))
        low, high = np.exp(np.quantile(logs, stats.tails(clusters)))
        found = Effect(
            value, float(low), float(high), said, clusters, "timed batches",
            spread=Spread(float(logs.std(ddof=1)), clusters - 1), ratio=True, anchor="cost", notes=notes,
        )  # fmt: skip
        return with_once(found, list(self._at_the_ends(owners)))

    def _at_the_ends(self, owners: Sequence[Ledger]) -> Iterator[float]:
        """Yield the ratio where all that was measured once takes longer, or less long, by the factor it is believed in.

        Answers are timed many times and storage is counted; trainings and indexes are made once, in both sums alike
        where both are of one arm.
        """
        same = owners[0] is owners[1]
        for first, second in itertools.product((1 / ONCE, 1.0, ONCE), repeat=2):
            if first == second or not same:
                above, below = (
                    sum(_at(one, part, by) for part in parts)
                    for one, parts, by in zip(owners, self._both, (first, second), strict=True)
                )
                yield above / below


def _at(one: Ledger, part: CostPart, factor: float) -> float:
    """Return a part of the cost where what was measured once takes `factor` times as long.

    What is prepared (labels, documents) is counted and not timed.
    """
    own = PARTS[part](one)
    value = 0.0 if own is None else own.value
    horizon = one.costing.horizon
    training, index, reindex, retrain = (
        0.0 if amount is None else amount.value for amount in (one.training, one.index, one.reindex, one.retrain)
    )
    timed, per_update = training + index, reindex + retrain
    within: Mapping[CostPart, float] = {
        "training": training,
        "index": index,
        "one-off": timed,
        "update": per_update,
        "updates": per_update * horizon.updates,
        "total": timed + per_update * horizon.updates,
    }
    return value + (factor - 1.0) * within.get(part, 0.0)


def _part_said(one: Ledger, parts: Sequence[CostPart]) -> str:
    return f"{one.usage.arm} {' and '.join(parts)}"


def _divided(said: Sequence[str]) -> str:
    """Return two sums in words, one over the other: of money, since other claims divide seconds of the same steps."""
    return f"in money: {' ÷ '.join(said)}"


def _use(horizon: Horizon) -> str:
    return (
        f"{horizon.queries_per_day:,g} questions a day and {horizon.updates_per_month:g} updates a month for "
        f"{horizon.months:g} months"
    )
