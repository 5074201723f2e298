"""`make recommend dir=DATA`: from a folder of data to a decision, within a budget of time or money.

    make recommend dir=DATA [model=…] [budget=30m|5usd] [decision=own] [sure=0.95] [minute=0.0005] [KEY=VALUE …]

Looks at the data and writes the yaml of the task (make init), runs the experiment, then only those quick studies and
training seeds that could still change the recommendation, what is worth most per minute first. It stops when the
recommended arm is the best one with a probability of `sure`, when nothing left is worth its time (`minute`: the
expected utility that a minute is worth), or when the next step does not fit the budget; then it prints the card and
what it did not do. Every step is an ordinary experiment or study. Stopped, the same command goes on. With task=NAME in
place of dir=DATA a task is taken that there is. Exit status: 0 whatever it recommends, 1 where the experiment has no
record of any arm, 2 where data or settings are wrong, 130 stopped by Ctrl-C.
"""

import logging
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from harness.analysis.costs.answering import device
from harness.analysis.costs.machine import machine
from harness.analysis.costs.prices import PriceList
from harness.cli import decide
from harness.cli.config import compose_job, costing
from harness.cli.folders import path_part
from harness.cli.init import task_of_data
from harness.cli.job import ExperimentJob
from harness.cli.next_steps import OptionList
from harness.cli.recommend_request import RecommendRequest, request
from harness.errors import ConfigError, CutleryError
from harness.runner.forecast import Forecast, forecast
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.words import amount
from harness.studies.recommend.chooser import Advised, advise
from harness.studies.recommend.knowledge import LearningStep, knowledge_of
from harness.text.durations import about
from harness.types import Record

FAILED: Final = 1
USER_ERROR: Final = 2
INTERRUPTED: Final = 130
STOPPED: Final = "Stopped. What was finished is kept; the same command goes on from there."


@dataclass
class Recommending:
    """One call of the command.

    Args:
        asked: what the command line says.
    """

    asked: RecommendRequest
    begun: float = field(default_factory=time.monotonic)
    done: dict[str, float] = field(default_factory=dict)
    """step of this call -> seconds that it took"""

    def run(self) -> int:
        """Do all of it; return the exit status.

        Raises:
            CutleryError: data or settings are wrong, or the experiment alone exceeds the budget.
        """
        config, settings, given = compose_job(self.asked.overrides)
        decision, money = decide.decision_of(config, self.asked.decision), costing(config)
        self.asked.check_currency(money.prices.currency)
        job = ExperimentJob(config, settings, given)
        self._experiment(job)
        records = [cell.record for cell in job.run.cells if cell.record is not None]
        if not records:
            return FAILED
        options = OptionList(self.asked.overrides, per_second(money.prices, records[0]))
        self.asked.check_price(options.per_second, money.prices.name)
        while True:
            found = decide.evaluated(job.folder, decision, money)
            steps = options.steps(found)
            left = self.asked.budget - self._spent(options.per_second)
            said = advise(knowledge_of(found), steps, left, self.asked.rule)
            if said.step is None:
                break
            print(self._announced(found, said, options.per_second), flush=True)
            self._make(said.step.name, options)
        _show_card(job.folder, found)
        print("\n".join(self._closing(found, said, steps, options)), flush=True)
        return 0

    def _spent(self, price: float) -> float:
        """Return what this call has used of its budget, in its unit."""
        seconds = time.monotonic() - self.begun
        return seconds if self.asked.of_time else seconds * price

    def _experiment(self, job: ExperimentJob) -> None:
        """Run the experiment, if it is expected to fit a budget of time.

        Raises:
            ConfigError: it does not.
        """
        todo = job.plan
        expected = Forecast() if todo.complete else forecast(job.run, todo)
        if self.asked.of_time and expected.seconds > self.asked.budget:
            raise ConfigError(
                f"budget={self.asked.budget_text}: the experiment alone takes about {about(expected.seconds)} on this "
                f"machine; give budget={expected.seconds / 40:.0f}m or more, or take a part of the data (limit=50)"
            )
        print(f"Step 1: the experiment. Budget {self.asked.budget_text or 'none'}.\n", flush=True)
        begun = time.monotonic()
        job.execute()
        self.done["experiment"] = time.monotonic() - begun

    def _announced(self, found: Evaluation, said: Advised, price: float) -> str:
        """Return what is known, what comes next and why, and what was and will be spent."""
        assert said.step is not None
        assert found.recommended is not None
        arm = found.arms[found.recommended]
        with_others = f" (together with {', '.join(said.together[1:])})" if said.together else ""
        money = f", {amount(said.step.money)} {found.measured.currency}" if price else ""
        return (
            f"\nStep {len(self.done) + 1}: {said.step.name}. So far {arm}, best with {100 * found.first[arm]:.0f} %. "
            f"Expected to gain {said.gain:.4f} of utility{with_others}, takes about {about(said.step.seconds)}{money}. "
            f"{self._spending(price, found.measured.currency)}\n"
        )

    def _spending(self, price: float, currency: str) -> str:
        seconds = time.monotonic() - self.begun
        money = f" ({amount(seconds * price)} {currency})" if price else ""
        of = f" of {self.asked.budget_text}" if self.asked.budget_text else ""
        return f"Spent: {about(seconds)}{money}{of}."

    def _make(self, name: str, options: OptionList) -> None:
        """Run one step; it is not tried again in this call, whatever it showed, and a failure is said at the end."""
        begun = time.monotonic()
        try:
            failures = options.job(name).execute()
            options.tried[name] = next(iter(failures.values()), "")
        except CutleryError as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            options.tried[name] = str(error)
        self.done[name] = time.monotonic() - begun

    def _closing(
        self, found: Evaluation, said: Advised, steps: Sequence[LearningStep], options: OptionList
    ) -> Iterator[str]:
        """Yield why it stopped, what was spent on what, and what was not done."""
        yield f"Why it stops here: {self._why(found, said)}"
        yield self._spending(options.per_second, found.measured.currency)
        yield f"Done: {', '.join(f'{name} {about(seconds)}' for name, seconds in self.done.items())}."
        knowledge = knowledge_of(found)
        for step in steps:
            gain = knowledge.worth([step])
            yield f"Not done: {step.name}, about {about(step.seconds)}; expected to gain {gain:.4f} of utility"
        yield from (f"Not done: {name}: {why}" for name, why in options.not_possible.items())
        yield from (f"Failed: {name}: {why}" for name, why in options.tried.items() if why)

    def _why(self, found: Evaluation, said: Advised) -> str:
        if said.reason == "sure":
            return (
                f"the recommended arm is best with {100 * self.asked.rule.sure:.0f} % or more."
                if len(found.allowed) > 1
                else "no other arm keeps the limits."
            )
        return {
            "nothing left": "every study and seed that the card can use was made.",
            "not worth it": "nothing left is expected to gain "
            f"{self.asked.rule.least:g} of utility per minute (minute=…), alone or together.",
            "budget": f"what is worth its time does not fit what is left of {self.asked.budget_text}.",
        }[said.reason]


def _show_card(folder: Path, found: Evaluation) -> None:
    table = decide.write(folder, found)
    place = folder / decide.GROUP / path_part(found.decision.name)
    print(f"\n{decide.on_screen(table)}\n\nWritten to {place}.*\n")


def per_second(prices: PriceList, record: Record) -> float:
    """Return what a second of the machine costs that a record was made on; 0 where the list has no price for it."""
    found = machine(prices, device(record))
    return 0.0 if found is None else found.device.hour_of_work() / 3600.0


def main() -> None:
    """Read the command line, look at the data, run, print."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(__doc__)
        return
    try:
        asked = request(sys.argv[1:])
        if asked.place is not None:
            print(f"{task_of_data(asked.place, asked.task, keep=True)}\n", flush=True)
        status = Recommending(asked).run()
    except (CutleryError, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(USER_ERROR)
    except KeyboardInterrupt as stop:
        print(f"\n{str(stop) or STOPPED}", file=sys.stderr)
        sys.exit(INTERRUPTED)
    sys.exit(status)


if __name__ == "__main__":
    main()
