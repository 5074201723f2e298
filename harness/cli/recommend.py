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

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from harness.analysis.costs.horizon import Costing
from harness.cli import decide
from harness.cli.command import log_own_work
from harness.cli.config import compose_job, costing
from harness.cli.first_experiment import FirstExperiment
from harness.cli.init import task_of_data
from harness.cli.job import ExperimentJob
from harness.cli.next_steps import OptionList
from harness.cli.reader_gone import quiet_when_reader_goes
from harness.cli.recommend_report import StepReport
from harness.cli.recommend_request import RecommendRequest, request
from harness.cli.recommend_spending import CallSpending
from harness.errors import CutleryError
from harness.studies.decision.decision import Decision
from harness.studies.decision.evaluation import Evaluation
from harness.studies.recommend.chooser import advise
from harness.studies.recommend.knowledge import LearningStep, knowledge_of, untaught

FAILED: Final = 1
USER_ERROR: Final = 2
INTERRUPTED: Final = 130
STOPPED: Final = "Stopped. What was finished is kept; the same command goes on from there."


@dataclass
class Recommending:
    """One call of the command.

    Args:
        asked: what the command line says.
        begun: when the call began, by the monotonic clock.
    """

    asked: RecommendRequest
    begun: float = field(default_factory=time.monotonic)
    spent: CallSpending = field(init=False)
    report: StepReport = field(init=False)

    def run(self) -> int:
        """Do all of it; return the exit status.

        Raises:
            CutleryError: data or settings are wrong, or the experiment alone exceeds the budget.
        """
        config = compose_job(self.asked.overrides)[0]
        decision, money = decide.decision_of(config, self.asked.decision), costing(config)
        self.asked.check_currency(money.prices.currency)
        self.spent = CallSpending(self.asked, money.prices, self.begun)
        self.report = StepReport(self.asked, self.spent)
        made = FirstExperiment(self.asked, self.spent).run()
        records = [cell.record for cell in made.job.run.cells if cell.record is not None]
        if not records:
            return FAILED
        self.spent.on_machine_of(records[0])
        self.asked.check_price(self.spent.rate, money.prices)
        options = OptionList(made.overrides, self.spent.price, made.job.folder, self.asked.rule.least)
        options.not_possible |= made.left
        return self._buy(made.job, decision, money, options)

    def _buy(self, job: ExperimentJob, decision: Decision, money: Costing, options: OptionList) -> int:
        """Make one step after the other until nothing more is advised; print the card and what was not done."""
        before: tuple[LearningStep, Evaluation] | None = None
        while True:
            found = decide.evaluated(job.folder, decision, money)
            if before is not None:
                self._learned(*before, found, options)
            print("\nLooking at what could be learned next …", flush=True)
            options.pace = self.spent.pace
            steps = options.steps(found)
            said = advise(knowledge_of(found), steps, self.spent.left, self.asked.rule)
            if said.step is None:
                break
            print(self.report.before(found, said), flush=True)
            self._make(said.step, options)
            before = said.step, found
        _show_card(job.folder, found, self.asked.overrides)
        print("\n".join(self.report.closing(found, said, steps, options)), flush=True)
        return 0

    def _learned(self, step: LearningStep, before: Evaluation, found: Evaluation, options: OptionList) -> None:
        """Say what a step taught nothing about, though it was made for it; it is not made for that again.

        A step that failed measured nothing of anything: what else could be made for its criteria is still offered.
        """
        if options.tried.get(step.name):
            return
        names = untaught(step, before, found)
        options.silent |= {(step.subject, name) for name in names}
        lines = list(self.report.silent(found, names, step, options))
        if lines:
            print("\n" + "\n".join(lines), flush=True)

    def _make(self, step: LearningStep, options: OptionList) -> None:
        """Run one step; it is not tried again in this call, whatever it showed, and a failure is said at the end."""
        with self.spent.on_step(step.name, step.seconds / options.pace):
            try:
                failures = options.job(step.name).execute()
                options.tried[step.name] = next(iter(failures.values()), "")
            except CutleryError as error:
                print(f"{type(error).__name__}: {error}", file=sys.stderr)
                options.tried[step.name] = str(error)


def _show_card(folder: Path, found: Evaluation, overrides: Sequence[str]) -> None:
    table = decide.write(folder, found, overrides)
    print(f"\n{decide.on_screen(table)}\n\nWritten to {decide.card_place(folder, found, overrides)}.*\n")


@quiet_when_reader_goes
def main() -> None:
    """Read the command line, look at the data, run, print."""
    begun = time.monotonic()
    log_own_work()
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(__doc__)
        return
    try:
        asked = request(sys.argv[1:])
        if asked.place is not None:
            print(f"{task_of_data(asked.place, asked.task, keep=True)}\n", flush=True)
        status = Recommending(asked, begun).run()
    except BrokenPipeError:  # an OSError that is nobody's mistake
        raise
    except (CutleryError, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(USER_ERROR)
    except KeyboardInterrupt as stop:
        print(f"\n{str(stop) or STOPPED}", file=sys.stderr)
        sys.exit(INTERRUPTED)
    sys.exit(status)


if __name__ == "__main__":
    main()
