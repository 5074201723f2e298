"""Whether any arm is of use: the best of arms that are all wrong is recommended as well, and must not be trusted."""

from typing import Final

from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.measured import Measured

FACTS: Final = "facts"
"""criterion of right content"""
POOR: Final = 0.2
"""mean of right content below which not even the best arm is of use"""
NOTHING: Final = 0.05
"""below which no arm has any; of long references, whose likeness is low for good answers, too, alone this counts"""
EXACT: Final = "exact_match"


def unusable(measured: Measured) -> str:
    """Return what leads the card where no arm gives right answers, and what follows; "" where one does."""
    shown = measured.readouts.get(FACTS)
    values = {} if shown is None else {arm: one.value for arm, one in shown.samples.items()}
    if shown is None or not values or max(values.values()) >= (POOR if measured.short_references else NOTHING):
        return ""
    if not measured.short_references and EXACT in shown.said:
        return ""  # no answer has a long reference's very words: that says nothing of the arms
    best = max(values, key=lambda name: values[name])
    much = "right content" if values[best] < NOTHING else "much right content"
    return (
        f"Mind: no arm has {much}: of {shown.said} the best has {values[best]:.2f} of 1 ({best}). The choice between "
        "arms cannot be trusted then, whatever its probability: it compares arms that are wrong. Read a few answers "
        "beside their references, and try another model (model=NAME) first."
    )


def mind(found: Evaluation) -> str:
    """Return what leads the card where no arm is of use, or the recommended one may not be; "" else."""
    chosen = None if found.recommended is None else found.arms[found.recommended]
    return unusable(found.measured) or of_no_use(found.measured, chosen)


def of_no_use(measured: Measured, chosen: str | None) -> str:
    """Return the same where the recommended arm alone may know nothing: its right content is that of a guess."""
    floor = None if chosen is None else measured.at_floor.get(chosen)
    if floor is None:
        return ""
    better = [arm for arm in measured.arms if arm not in measured.at_floor and measured.sample(FACTS, arm) is not None]
    return f"Mind: {chosen}, the recommended arm, is {floor.text}. {floor.chosen(better)}"
