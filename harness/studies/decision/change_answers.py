"""Other answers to the questions, one at a time, with which another arm has the highest expected utility."""

from dataclasses import dataclass, replace

from harness.studies.decision.criterion import STEPS
from harness.studies.decision.evaluation import Evaluation


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """The nearest other answer to one question that makes another arm the best."""

    question: str
    """its text"""
    now: int
    answer: int
    """0 does not matter, 4 decides"""
    arm: str


def answer_changes(found: Evaluation) -> tuple[AnswerChange, ...]:
    """Return one per question that alone could change the choice, the smallest step first.

    Nothing where no arm is recommended, or where weights are given in place of answers.
    """
    if found.recommended is None or found.decision.weights:
        return ()
    nearest = [_nearest(found, name) for name in found.decision.asked]
    return tuple(sorted((one for one in nearest if one is not None), key=lambda one: abs(one.answer - one.now)))


def _nearest(found: Evaluation, name: str) -> AnswerChange | None:
    decision = found.decision
    now = decision.answers[name]
    for answer in sorted(set(range(STEPS + 1)) - {now}, key=lambda one: (abs(one - now), one)):
        other = replace(decision, answers={**decision.answers, name: answer})
        if not any(other.points().values()):
            continue
        arm = found.best(found.expected_total(found.expected, other.weighed()))
        if arm is not None and arm != found.recommended:
            return AnswerChange(decision.asked[name].text, now, answer, found.arms[arm])
    return None
