"""What `make recommend` says before each step and at the end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.cli.next_steps import OptionList, why_silent
from harness.cli.recommend_request import RecommendRequest
from harness.cli.recommend_spending import BETWEEN, CallSpending
from harness.studies.decision.evaluation import Evaluation
from harness.studies.recommend.chooser import Advised
from harness.studies.recommend.knowledge import CardKnowledge, LearningStep, knowledge_of
from harness.text.durations import about


@dataclass
class StepReport:
    """Of one call.

    Args:
        asked: what the command line says.
        spent: of this call.
    """

    asked: RecommendRequest
    spent: CallSpending

    def before(self, found: Evaluation, said: Advised) -> str:
        """Return what is known, what comes next and why, and what was and will be spent."""
        assert said.step is not None
        assert found.recommended is not None
        arm, step = found.arms[found.recommended], said.step
        with_others = f", together with {', '.join(said.together[1:])}" if said.together else ""
        return (
            f"\nStep {len(self.spent.done) + 1}: {step.name}. So far {arm}, best with {100 * found.first[arm]:.0f} %. "
            f"Expected to gain {said.gain:.4f} of utility{with_others}, takes "
            f"{self.spent.costs(step.seconds, step.money)}. {self.spent.said()}\n"
        )

    def closing(
        self, found: Evaluation, said: Advised, steps: Sequence[LearningStep], options: OptionList
    ) -> Iterator[str]:
        """Yield why it stopped, what was spent on what, and what was not done."""
        yield f"Why it stops here: {self._why(found, said)}"
        yield self.spent.said()
        yield self._done()
        yield from self._not_done(knowledge_of(found), steps)
        reasons = {why: name for name, why in reversed(options.not_possible.items())}  # said once of both budgets
        yield from (f"Not done: {name}: {why}" for why, name in reversed(reasons.items()))
        yield from (f"Not done: {name}: no study shows it; {how}" for name, how in of_no_study(found))
        yield from (f"Failed: {name}: {why}" for name, why in options.tried.items() if why)
        if said.reason == "budget":
            again = "The same command again goes on with what is not done"
            yield f"{again}, for another {self.asked.budget_text}: a budget is of one call."

    def silent(self, found: Evaluation, names: Sequence[str], step: LearningStep, options: OptionList) -> Iterator[str]:
        """Yield of each criterion that a step was made for, and that is as unknown as before, why that is so."""
        for name in names:
            failed = options.tried.get(step.name, "")
            why = f"taught nothing about {found.decision.criteria[name].title}: {failed}"
            yield f"{step.name} {why if failed else why_silent(found, name)}. It is not made for that again."

    def _done(self) -> str:
        """Return what took how long: the steps, and what there was between them."""
        taken = [f"{name} {about(seconds)}" for name, seconds in self.spent.done.items()]
        return f"Done: {', '.join(taken)}; between them {about(self.spent.between)} for {BETWEEN}."

    def _not_done(self, knowledge: CardKnowledge, steps: Sequence[LearningStep]) -> Iterator[str]:
        """Yield a line for each subject that is left: of its steps the one that is worth most for its price."""
        valued = [(knowledge.worth([step]), step) for step in steps]
        best: dict[str, tuple[float, LearningStep]] = {}
        for gain, step in sorted(valued, key=lambda one: (-one[0] / max(one[1].seconds, 1.0), one[1].seconds)):
            best.setdefault(step.subject, (gain, step))
        for gain, step in best.values():
            worth = (
                f"expected to gain {gain:.4f} of utility" if gain >= 0.00005 else "could not change the choice alone"
            )
            yield f"Not done: {step.name}, {self.spent.costs(step.seconds, step.money)}; {worth}"

    def _why(self, found: Evaluation, said: Advised) -> str:
        if said.reason == "sure":
            return (
                f"the recommended arm is best with {100 * self.asked.rule.sure:.0f} % or more."
                if len(found.allowed) > 1
                else "no other arm keeps the limits."
            )
        least = self.asked.rule.least
        return {
            "nothing left": "every study and seed that the card can use was made.",
            "not worth it": f"nothing left is expected to gain {least:g} of utility per minute, alone or together "
            f"(minute={least / 10:g} goes on for longer).",
            "budget": f"what is worth its time does not fit what is left of {self.asked.budget_text}.",
        }[said.reason]


def of_no_study(found: Evaluation) -> Iterator[tuple[str, str]]:
    """Yield criteria with a weight that no step measures, and what would."""
    for name, how in found.measured.wanted.items():
        at, readings = found.criteria.index(name), found.decision.criteria[name].readings
        if found.weights[at] > 0.0 and not any(hasattr(reading, "study") for reading in readings):
            yield name, how
