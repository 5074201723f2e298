"""What would change the choice, in words and in the cells of a table."""

import math
from collections.abc import Sequence
from typing import Final

from harness.analysis.numbers import listed
from harness.studies.decision.amounts import about, amount
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.takeover import Change, Kind

OF_USE: Final = ("questions", "updates", "labels")
OPEN: Final = "cannot be said"
"""in place of an interval that reaches from the value now to never"""


def change_text(found: Evaluation, change: Change) -> str:
    """Return a change in words, without its interval: it is in the table."""
    return f"{who(found, change.arm)} {_when(found, change)}"


def grouped_text(found: Evaluation, changed: Sequence[Change]) -> str:
    """Return changes in words, those to the same arm together: "rag is best if … or if …; qlora is best if …"."""
    groups: dict[str, list[str]] = {}
    for one in changed:
        groups.setdefault(who(found, one.arm), []).append(_when(found, one))
    return "; ".join(f"{name} {listed(own, 'or')}" for name, own in groups.items())


def who(found: Evaluation, arm: str | None) -> str:
    """Return which arm is best then, and that it is at chance where that is so; None: none is left."""
    if arm is None:
        return "every arm is ruled out"
    floor = found.measured.at_floor.get(arm)
    return f"{arm}{'' if floor is None else f' ({floor.short})'} is best"


def arm_text(found: Evaluation, change: Change) -> str:
    """Return which arm is best then, for a cell."""
    if change.arm is None:
        return "none left"
    floor = found.measured.at_floor.get(change.arm)
    return change.arm if floor is None else f"{change.arm} ({floor.cell})"


def now_text(change: Change) -> str | None:
    """Return the value now, for a cell."""
    if change.kind == "documents":
        return "may leave"
    if change.now is not None:
        return amount(change.now)
    return "no limit" if change.kind in ("limit", "labels at hand") else None


def at_text(change: Change) -> str:
    """Return from where on, for a cell: "above .303"."""
    if change.at is None:
        return "may not"
    value = about(change.at, change.low, change.high) if change.kind in OF_USE else amount(change.at)
    return f"{'above' if change.above else 'below'} {value}"


def interval_text(change: Change) -> str | None:
    """Return where it happens in 95 % of the draws, in words where that has no end; None without an interval."""
    low, high = change.low, change.high
    if low is None or high is None:
        return None
    if math.isinf(low) and math.isinf(high):
        return "never"
    if unsure(change):
        return OPEN
    if math.isinf(high):
        return f"from {amount(low)} up, or never"
    return f"from {amount(high)} down, or never" if math.isinf(low) else f"{amount(low)} to {amount(high)}"


def unsure(change: Change) -> bool:
    """Return whether the draws do not tell where it happens: among 95 % of them are the value now, and never."""
    low, high, now = change.low, change.high, change.now
    if low is None or high is None or now is None:
        return False
    return (math.isinf(high) and low <= now) if change.above else (math.isinf(low) and high >= now)


def _when(found: Evaluation, change: Change) -> str:
    """Return from where on, in words; of a limit also that nothing is known of the arm that is best then."""
    at = "" if change.at is None else amount(change.at)
    if change.kind in ("weight", "limit"):
        return f"if {_of_criterion(found, change, at)}"
    if change.kind in OF_USE:
        return _of_use(change)
    texts: dict[Kind, str] = {
        "documents": "if documents may not leave the index",
        "labels at hand": f"if fewer than {at} labelled pairs are at hand",
    }
    return texts[change.kind]


def _of_use(change: Change) -> str:
    """Return from how many on; to the digits that the interval lets be said."""
    assert change.at is not None
    at, now = about(change.at, change.low, change.high), f"(now {amount(change.now or 0.0)})"
    if change.kind == "labels":
        return f"if adapters are trained on fewer than {at} labelled pairs {now}"
    what = f"{change.kind} a {'day' if change.kind == 'questions' else 'month'}"
    side = "more" if change.above else "less"
    if unsure(change):
        return f"with {side} {what}, but from how many on cannot be said {now}"
    return f"with {side} than {at} {what} {now}"


def _of_criterion(found: Evaluation, change: Change, at: str) -> str:
    own, side = found.decision.criteria[change.what], "above" if change.above else "below"
    if change.kind == "weight":
        return f"the weight of {own.title} is {side} {at} (now {amount(change.now or 0.0)})"
    text = f"{own.title} must be {side} {at} {own.unit_in(found.measured.currency)}"
    unknown = change.arm is not None and found.measured.sample(change.what, change.arm) is None
    return f"{text} (not measured of {change.arm})" if unknown else text
