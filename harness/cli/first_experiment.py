"""The experiment that `make recommend` begins with, or as many of its arms as the budget takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from harness.cli.config import compose_job
from harness.cli.job import ExperimentJob
from harness.cli.old_names import key_of
from harness.cli.recommend_request import RecommendRequest
from harness.cli.recommend_spending import CallSpending
from harness.errors import ConfigError
from harness.runner.forecast import Forecast, forecast
from harness.text.durations import about

NAME: Final = "experiment"
MARGIN: Final = 1.1
"""on a forecast, in the budget that is suggested"""


@dataclass(frozen=True)
class MadeExperiment:
    """What was run."""

    job: ExperimentJob
    overrides: tuple[str, ...]
    """of what was run: the command line's, with fewer arms where not all fitted"""
    left: Mapping[str, str] = field(default_factory=dict)
    """arms that were left out -> why"""


@dataclass
class FirstExperiment:
    """All arms if they are expected to fit the budget; else those that train nothing, then the others if these fit.

    Args:
        asked: what the command line says.
        spent: of this call; what the first arms take corrects the forecast of the others.
    """

    asked: RecommendRequest
    spent: CallSpending

    def run(self) -> MadeExperiment:
        """Run it.

        Raises:
            ConfigError: not even the arms that train nothing fit the budget.
            CutleryError: data or settings are wrong.
        """
        whole = _job(self.asked.overrides)
        self._check_prices(whole)
        expected = self._expected(whole)
        if self._fits(whole, expected):
            return self._made(whole, self.asked.overrides, expected)
        untrained = [name for name, arm in whole.run.experiment.arms.items() if not arm.role.adapted]
        trained = [name for name in whole.run.experiment.arms if name not in untrained]
        overrides = with_arms(self.asked.overrides, untrained)
        part = _job(overrides) if untrained and trained else whole
        first = self._expected(part)
        if part is whole or not self._fits(part, first):
            raise ConfigError(self._refusal(expected))
        made = self._made(part, overrides, first)
        return self._with_trained(made, trained)

    def _with_trained(self, made: MadeExperiment, trained: Sequence[str]) -> MadeExperiment:
        """Run the other arms as well, if they fit by what the first ones have shown of this machine."""
        whole = _job(self.asked.overrides)
        expected = self._expected(whole)
        if self._fits(whole, expected):
            return self._made(whole, self.asked.overrides, expected)
        seconds = expected.seconds * self.spent.pace
        why = f"training them takes about {about(seconds)}, which does not fit what is left of {self.asked.budget_text}"
        return MadeExperiment(made.job, made.overrides, {", ".join(trained): why})

    def _made(self, job: ExperimentJob, overrides: Sequence[str], expected: Forecast) -> MadeExperiment:
        seconds = expected.seconds * self.spent.pace
        price = self.spent.costs(seconds, self._money(job, seconds)) if expected.steps else "nothing is left to do"
        arms = ", ".join(job.run.experiment.arms)
        budget = self.asked.budget_text or "none"
        print(f"Step {len(self.spent.done) + 1}: the experiment ({arms}), {price}. Budget: {budget}.\n", flush=True)
        with self.spent.on_step(f"{NAME} of {arms}", expected.seconds):
            job.execute()
        return MadeExperiment(job, tuple(overrides))

    def _expected(self, job: ExperimentJob) -> Forecast:
        todo = job.plan
        return Forecast() if todo.complete else forecast(job.run, todo)

    def _fits(self, job: ExperimentJob, expected: Forecast) -> bool:
        seconds = expected.seconds * self.spent.pace
        return (seconds if self.asked.of_time else self._money(job, seconds)) <= self.spent.left

    def _money(self, job: ExperimentJob, seconds: float) -> float:
        """Return the price of what is left to do, a server's tokens among it."""
        todo = [work for _, work in job.plan.cells if work is not None and work.served]
        read, written = sum(work.prompt_tokens for work in todo), sum(work.answer_tokens for work in todo)
        return self.spent.price(seconds, read, written)

    def _check_prices(self, job: ExperimentJob) -> None:
        """Raise ConfigError where a server answers, and a budget of money has no price of it."""
        if any(work is not None and work.served for _, work in job.plan.cells):
            self.spent.on("server")
            self.asked.check_price(self.spent.rate, self.spent.prices, served=True)

    def _refusal(self, expected: Forecast) -> str:
        minutes = max(1.0, expected.seconds * MARGIN / 60.0)
        more = f"give budget={minutes:.0f}m or more, or" if self.asked.of_time else "give more, or"
        return (
            f"budget={self.asked.budget_text}: the experiment alone does not fit. {expected} {more} take fewer arms "
            "(arm=[base,rag]), a part of the data (limit=50), or no timing (timing=off)"
        )


def with_arms(overrides: Sequence[str], arms: Sequence[str]) -> tuple[str, ...]:
    """Return the overrides with these arms in place of others."""
    return (*(line for line in overrides if key_of(line) != "arm"), f"arm=[{','.join(arms)}]")


def _job(overrides: Sequence[str]) -> ExperimentJob:
    config, settings, given = compose_job(overrides)
    return ExperimentJob(config, settings, given)
