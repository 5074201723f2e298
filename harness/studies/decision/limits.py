"""Hard limits: with which probability each arm keeps them, and which arms are ruled out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.analysis.stats.bootstrap import Floats
from harness.studies.decision.decision import Decision
from harness.studies.decision.measured import Measured
from harness.studies.decision.samples import RESAMPLES


@dataclass(frozen=True, slots=True)
class LimitCheck:
    """One limit."""

    criterion: str
    limit: float
    """in the criterion's unit"""
    keeps: Mapping[str, float]
    """arm -> probability of keeping it; arms that were not measured are left out"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the limits say of the arms."""

    checks: tuple[LimitCheck, ...]
    """one per limit"""
    probability: Mapping[str, float]
    """arm -> of keeping all limits that were measured, in the same resamples"""
    ruled_out: Mapping[str, str]
    """arm -> why"""
    unchecked: Mapping[str, tuple[str, ...]]
    """criterion with a limit -> arms that it was not measured of: nothing shows that they keep it"""


def kept(measured: Measured, decision: Decision) -> Kept:
    """Check all limits.

    A limit on what was not measured rules nobody out: it is named, for a reader to measure it first. An arm that was
    not measured is no better than one that fails, but nothing is known against it.
    """
    joint = {arm: np.ones(RESAMPLES) for arm in measured.arms}
    checks: list[LimitCheck] = []
    for name, limit in decision.limits_set().items():
        flags = _flags(measured, decision, name, limit)
        joint |= {arm: joint[arm] * own for arm, own in flags.items()}
        checks.append(LimitCheck(name, limit, {arm: float(own.mean()) for arm, own in flags.items()}))
    leaving = {} if decision.documents_may_leave else dict(measured.holds_documents)
    probability = {arm: 0.0 if arm in leaving else float(own.mean()) for arm, own in joint.items()}
    out = [arm for arm, one in probability.items() if one < decision.least_probability]
    reasons = {arm: _reason(arm, checks, decision, leaving, measured.currency) for arm in out}
    missing = {one.criterion: tuple(arm for arm in measured.arms if arm not in one.keeps) for one in checks}
    return Kept(tuple(checks), probability, reasons, {name: arms for name, arms in missing.items() if arms})


def _flags(measured: Measured, decision: Decision, criterion: str, limit: float) -> dict[str, Floats]:
    """Return, of each arm that was measured, 1 for each resample in which it keeps a limit."""
    samples = {arm: measured.sample(criterion, arm) for arm in measured.arms}
    own = decision.criteria[criterion]
    return {arm: own.keeps(one.at(RESAMPLES), limit) for arm, one in samples.items() if one is not None}


def _reason(
    arm: str, checks: Sequence[LimitCheck], decision: Decision, leaving: Mapping[str, str], currency: str
) -> str:
    if arm in leaving:
        return f"documents may not leave the index, and {leaving[arm]}"
    broken = [one for one in checks if one.keeps.get(arm, 1.0) < 1.0]
    return " and ".join(
        f"it keeps {limit_text(decision, one.criterion, one.limit, currency)} with {100 * one.keeps[arm]:.0f} %"
        for one in broken
    )


def limit_text(decision: Decision, criterion: str, limit: float, currency: str) -> str:
    """Return a limit in words: "time of an answer of at most 600 ms"."""
    own = decision.criteria[criterion]
    side = "least" if own.higher_is_better else "most"
    return f"{own.title} of at {side} {limit:,.6g} {own.unit_in(currency)}"
