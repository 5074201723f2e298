"""What an arm's device time goes to, over the horizon: retrieval, training, or the model itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np

from harness.analysis.costs.horizon import Horizon
from harness.analysis.costs.usage import Requests, Usage
from harness.analysis.stats import bootstrap as stats
from harness.studies.claims.arms import arm_named
from harness.studies.claims.effect import Effect, Gap, Spread, with_once
from harness.studies.claims.sources import EXPERIMENT, Evidence
from harness.studies.numbers import ONCE

SEED: Final = 20_261_213
RESAMPLES: Final = 4_000
Purpose = Literal["retrieval", "training"]


@dataclass(frozen=True)
class DeviceTimeShare:
    """Share of an arm's device-seconds over the horizon: of making, updating and answering.

    Retrieval is the index, its updates, and all of an answer that is outside the model (embedding the question, search,
    making the prompt); training is the first one and one per update where the arm is trained again.
    """

    KEY: ClassVar[str] = "harness.studies.claims.readings.device_time.DeviceTimeShare"
    source: ClassVar[str] = EXPERIMENT
    is_ratio: ClassVar[bool] = False

    arm: str
    """see `harness.studies.claims.arms`"""
    purpose: Purpose

    def read(self, evidence: Evidence) -> Effect | Gap:
        experiment = evidence.experiment
        if experiment is None or experiment.costing is None:
            return Gap("the experiment was not run", evidence.command())
        arm, horizon = arm_named(self.arm, experiment.data.roles), experiment.costing.horizon
        used = experiment.usage.get(arm or "")
        if used is None:
            return Gap(f"no arm is {self.arm}", evidence.more_arms(self.arm))
        answers = used.single if horizon.serving == "single" else used.saturated
        if answers is None or (self.purpose == "training" and used.training is None):
            return Gap(f"the seconds of {arm} were not measured", evidence.command())
        return self._effect(used, answers, horizon)

    def _effect(self, used: Usage, answers: Requests, horizon: Horizon) -> Effect:
        retrieval, training = _once(used, horizon)
        clusters = len(np.unique(answers.clusters))
        seconds, outside = (_resampled(one, answers.clusters) for one in (answers.seconds, answers.non_model))
        drawn = self._shares(retrieval, training, horizon.queries * seconds, horizon.queries * outside)
        value, said = float(drawn[0]), f"share of {used.arm}'s device time that is {self.purpose}"
        notes = (f"{horizon.queries:,.0f} questions and {horizon.updates:g} updates in {horizon.months:g} months",)
        if clusters < 2:
            return Effect(value, None, None, said, 1, "measurements", kind="once", anchor="cost", notes=notes)
        low, high = np.quantile(drawn[1:], stats.tails(clusters))
        found = Effect(
            value, float(low), float(high), said, clusters, "timed batches", anchor="cost", notes=notes,
            spread=Spread(float(drawn[1:].std(ddof=1)), clusters - 1),
        )  # fmt: skip
        answering, own = (horizon.queries * part[:1] for part in (seconds, outside))
        ends = [(ONCE**one, ONCE**other) for one in (-1, 1) for other in (-1, 1)]
        return with_once(found, [float(self._shares(retrieval * a, training * b, answering, own)[0]) for a, b in ends])

    def _shares(
        self, retrieval: float, training: float, answering: stats.Floats, outside: stats.Floats
    ) -> stats.Floats:
        """Return the purpose's share of all device time, of the shape of the answers' seconds."""
        purpose = retrieval + outside if self.purpose == "retrieval" else training + 0.0 * outside
        shares: stats.Floats = purpose / (retrieval + training + answering)
        return shares


def _once(used: Usage, horizon: Horizon) -> Sequence[float]:
    """Return the seconds of retrieval and of training over the horizon that no answer takes."""
    retrains = horizon.retrain == "always" or (horizon.retrain == "needed" and not used.retrieves)
    trainings = horizon.trainings + (horizon.updates if retrains else 0.0)
    index = sum(
        one.seconds * (1 + horizon.updates * (horizon.changed_share if one.in_place else 1.0)) for one in used.indexing
    )
    return index, 0.0 if used.training is None else trainings * used.training.seconds


def _resampled(values: stats.Floats, clusters: stats.Ints) -> stats.Floats:
    """Return the mean, then the means of resamples, which are the same for every array of the same answers."""
    numbers = np.unique(clusters, return_inverse=True)[1].astype(np.int64)
    drawn = stats.resampled_means(values, numbers, np.random.default_rng(SEED), RESAMPLES)
    return np.concatenate([[values.mean()], drawn])
