"""What to run next, or why to stop: what is worth most per minute (or per dollar) of what still fits the budget.

The rule, in this order:

1. sure: the recommended arm is the best one with at least the wanted probability
2. nothing is left: every step was made
3. nothing is worth its time: no step, and no group of steps together, is expected to gain as much utility per minute
   as a minute is worth
4. the budget: what is worth its time does not fit what is left of it
5. else the step with the highest expected gain per minute. Where no step alone could change the choice but several
   together could, the group with the highest gain per minute, and of it the step that moves the arms most for its price
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from harness.studies.recommend.knowledge import CardKnowledge, LearningStep

SECONDS: Final = "s"
"""unit of a budget of time"""
Reason = Literal["sure", "nothing left", "not worth it", "budget", "worth most"]


@dataclass(frozen=True, slots=True)
class SpendingRule:
    """How much may be spent, and on what."""

    unit: str
    """SECONDS, or a currency"""
    sure: float = 0.95
    """probability of the recommended arm at which nothing more is bought"""
    least: float = 0.0006
    """utility that a minute is worth: a quarter of an hour must promise .009 on the scale from 0 to 1"""

    def price(self, step: LearningStep) -> float:
        """Return what a step costs, in the unit of the budget."""
        return step.seconds if self.unit == SECONDS else step.money

    def worth_it(self, gain: float, steps: Sequence[LearningStep]) -> bool:
        """Return whether an expected gain in utility is worth the minutes of these steps."""
        return gain > self.least * sum(step.seconds for step in steps) / 60.0


@dataclass(frozen=True, slots=True)
class Advised:
    """What to do next."""

    step: LearningStep | None
    """None: stop"""
    reason: Reason
    gain: float = 0.0
    """expected, in utility: of this step, or of the group that it belongs to"""
    together: tuple[str, ...] = ()
    """names of the steps that gain it together; () for one alone"""


def advise(knowledge: CardKnowledge, steps: Sequence[LearningStep], left: float, rule: SpendingRule) -> Advised:
    """Return the step to make next, or why to stop.

    Args:
        knowledge: what is known now.
        steps: those that were not made yet.
        left: of the budget, in its unit.
        rule: of the user.
    """
    if knowledge.probability >= rule.sure or len(knowledge.allowed) < 2:
        return Advised(None, "sure")
    if not steps:
        return Advised(None, "nothing left")
    affordable = [step for step in steps if rule.price(step) <= left]
    found = _best(knowledge, affordable, left, rule)
    if found is not None:
        return found
    beyond = _best(knowledge, steps, float("inf"), rule) is not None
    return Advised(None, "budget" if beyond else "not worth it")


def _best(knowledge: CardKnowledge, steps: Sequence[LearningStep], left: float, rule: SpendingRule) -> Advised | None:
    """Return the best step alone, or else the first of the best group; None where nothing is worth its time."""
    alone = [(step, knowledge.worth([step])) for step in steps]
    good = [(step, gain) for step, gain in alone if rule.worth_it(gain, [step])]
    if good:
        step, gain = max(good, key=lambda one: one[1] / _positive(rule.price(one[0])))
        return Advised(step, "worth most", gain)
    return _together(knowledge, steps, left, rule)


def _together(
    knowledge: CardKnowledge, steps: Sequence[LearningStep], left: float, rule: SpendingRule
) -> Advised | None:
    """Look at groups, each with one step more: those that move the arms most for their price come first."""
    moves = {step.name: knowledge.moved(step) / _positive(rule.price(step)) for step in steps}
    ordered = _each_subject_once(step for step in sorted(steps, key=lambda one: -moves[one.name]) if moves[step.name])
    best: tuple[float, Advised] | None = None
    for many in range(2, len(ordered) + 1):
        group = ordered[:many]
        price = sum(map(rule.price, group))
        if price > left:
            break
        gain = knowledge.worth(group)
        if rule.worth_it(gain, group) and (best is None or gain / _positive(price) > best[0]):
            together = tuple(step.name for step in group)
            best = (gain / _positive(price), Advised(group[0], "worth most", gain, together))
    return None if best is None else best[1]


def _each_subject_once(steps: Iterable[LearningStep]) -> list[LearningStep]:
    found: dict[str, LearningStep] = {}
    for step in steps:
        found.setdefault(step.subject or step.name, step)
    return list(found.values())


def _positive(price: float) -> float:
    """Return a price that can be divided by: what is free is bought first."""
    return max(price, 1e-9)
