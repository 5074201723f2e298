"""Criteria: measurements on a scale from 0 to 1, and the questions whose answers weigh them.

The ends of a scale are fixed: a metric's own, or for time and money what the user calls painful and what he does not
care about. They never depend on the arms that were run, so that another arm changes nobody's utility.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np

from harness.analysis.costs.horizon import DAYS_PER_MONTH
from harness.analysis.stats.bootstrap import Floats
from harness.studies.decision.reading import CriterionReading
from harness.studies.decision.study_readings import CurveOverLabels

STEPS: Final = 4
"""answers go from 0 (does not matter) to this (decides)"""
NEARLY: Final = 1e-9
TINY: Final = 1e-300
"""in place of 0 on a logarithmic scale: beyond every end"""


@dataclass(frozen=True)
class Use:
    """How the system is used: what turns a price into an amount per month."""

    KEY: ClassVar[str] = "harness.studies.decision.criterion.Use"

    questions_per_day: float
    updates_per_month: float
    """of the knowledge"""
    labels_at_hand: int | None
    """labelled pairs that there are; arms that need more are ruled out. null: as many as an arm needs"""

    def faults(self) -> Sequence[str]:
        """Return what is wrong, a line each."""
        counts = {"questions_per_day": self.questions_per_day, "updates_per_month": self.updates_per_month}
        lines = [f"{name} is {value}; it must be 0 or more" for name, value in counts.items() if not value >= 0]
        labels = self.labels_at_hand
        return (
            [*lines, f"labels_at_hand is {labels}; it must be 0 or more"]
            if labels is not None and labels < 0
            else lines
        )


@dataclass(frozen=True)
class Criterion:
    """One criterion."""

    KEY: ClassVar[str] = "harness.studies.decision.criterion.Criterion"

    title: str
    """in a few words"""
    unit: str
    """of what is measured, and of a limit on it; {currency} stands for that of the price list"""
    worst: float
    """utility 0: as bad as it matters, or worse"""
    best: float
    """utility 1: as good as it matters, or better"""
    scale: Literal["linear", "log"]
    """log: ten times more is the same step everywhere, as for time and money"""
    times: Literal["nothing", "questions", "updates"]
    """what a measurement is multiplied by before it is compared with the ends: 1; thousands of questions a month;
    updates a month"""
    why: str
    """reason for the ends"""
    readings: tuple[CriterionReading, ...]
    """what measures it: the first of these that was measured"""

    def faults(self) -> Sequence[str]:
        """Return what is wrong, a line each."""
        lines = [] if self.readings else ["readings is []; name at least one"]
        lines += [line for reading in self.readings for line in getattr(reading, "faults", list)()]
        lines += [f"worst and best are both {self.worst:g}; they must differ"] if self.worst == self.best else []
        if self.scale == "log" and min(self.worst, self.best) <= 0:
            lines.append(f"scale is log, and worst {self.worst:g} or best {self.best:g} is not above 0")
        return lines

    def unit_in(self, currency: str) -> str:
        """Return the unit with the currency of the price list in it."""
        return self.unit.replace("{currency}", currency or "money").strip()

    @property
    def higher_is_better(self) -> bool:
        """Which end is the good one."""
        return self.best > self.worst

    def factor(self, use: Use) -> float:
        """Return what a measurement is multiplied by at this use."""
        per_month = use.questions_per_day * DAYS_PER_MONTH / 1000
        return {"nothing": 1.0, "questions": per_month, "updates": use.updates_per_month}[self.times]

    def utility(self, measured: Floats, factor: float = 1.0) -> Floats:
        """Return utilities from 0 to 1, of the shape of the measurements.

        Args:
            measured: in the criterion's unit.
            factor: from `factor`.
        """
        amounts = measured * factor
        if self.scale == "log":
            top, bottom = math.log(self.best), math.log(self.worst)
            placed = (np.log(np.maximum(amounts, TINY)) - bottom) / (top - bottom)
        else:
            placed = (amounts - self.worst) / (self.best - self.worst)
        clipped: Floats = np.clip(placed, 0.0, 1.0)
        return clipped

    def keeps(self, measured: Floats, limit: float) -> Floats:
        """Return 1 where a measurement is no worse than a limit, else 0."""
        kept = measured >= limit if self.higher_is_better else measured <= limit
        return kept.astype(np.float64)


@dataclass(frozen=True)
class WeighingQuestion:
    """A question about the use, answered in five steps from 0 to 4, and the criteria that its answer weighs."""

    KEY: ClassVar[str] = "harness.studies.decision.criterion.WeighingQuestion"

    text: str
    """as asked"""
    shares: Mapping[str, float]
    """criterion -> share of the answer's points that it gets; they sum to 1"""
    reverse: bool
    """true: 4 gives no points, 0 gives four (the more labels are at hand, the less it matters how many are needed)"""

    def faults(self) -> Sequence[str]:
        """Return what is wrong, a line each."""
        total = sum(self.shares.values())
        lines = [f"shares.{name} is {one}; it must be 0 or more" for name, one in self.shares.items() if not one >= 0]
        return (
            lines if math.isclose(total, 1, abs_tol=1e-6) else [*lines, f"shares sum to {total:g}; they must sum to 1"]
        )

    def points(self, answer: int) -> float:
        """Return the points of an answer."""
        return float(STEPS - answer if self.reverse else answer)


@dataclass(frozen=True)
class CriteriaList:
    """What conf/decision/criteria.yaml holds; a decision adds answers, limits and use."""

    KEY: ClassVar[str] = "harness.studies.decision.criterion.CriteriaList"

    criteria: Mapping[str, Criterion]
    """in the order of the card"""
    questions: Mapping[str, WeighingQuestion]
    """the six questions"""
    aspects: Mapping[str, WeighingQuestion]
    """the nine further aspects"""
    always: Mapping[str, float]
    """criterion -> points that it has whatever is answered"""
    curve: CurveOverLabels
    """how one of them depends on the number of labelled pairs"""

    def problems(self) -> Sequence[str]:
        parts = (("criteria", self.criteria), ("questions", self.questions), ("aspects", self.aspects))
        lines = [f"{kind}.{name}.{line}" for kind, own in parts for name, one in own.items() for line in one.faults()]
        lines += [f"{key} is no criterion; there are {', '.join(self.criteria)}" for key in self._strangers_named()]
        lines += [f"always.{name} is {one}; it must be 0 or more" for name, one in self.always.items() if not one >= 0]
        both = sorted(set(self.questions) & set(self.aspects))
        return [*lines, *(f"{name} is a question and an aspect; use two names" for name in both)]

    def _strangers_named(self) -> Iterator[str]:
        """Yield the keys at which something is named that is no criterion."""
        for kind, asked in (("questions", self.questions), ("aspects", self.aspects)):
            for name, question in asked.items():
                yield from (f"{kind}.{name}.shares.{one}" for one in question.shares if one not in self.criteria)
        yield from (f"always.{one}" for one in self.always if one not in self.criteria)
        if self.curve.criterion not in self.criteria:
            yield f"curve.criterion, {self.curve.criterion},"
