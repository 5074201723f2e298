"""What a user says: answers or weights, limits and use; from conf/decision/NAME.yaml."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from harness.analysis.stats.bootstrap import Floats
from harness.studies.decision.criterion import STEPS, CriteriaList, Use, WeighingQuestion
from harness.studies.decision.draws import dirichlet

LABELS: Final = "labels"
"""criterion that `use.labels_at_hand` is a limit of"""
FEWEST_DRAWS: Final = 1_000


@dataclass(frozen=True)
class Decision(CriteriaList):
    """Criteria, and what they weigh for one use."""

    KEY: ClassVar[str] = "harness.studies.decision.decision.Decision"

    name: str
    """of the files that are written"""
    says: str
    """whose answers these are and why, for the card"""
    answers: Mapping[str, int]
    """question or aspect -> 0 (does not matter) to 4 (decides)"""
    weights: Mapping[str, float]
    """criterion -> weight, in place of answers; {}: the answers decide. What is not named weighs nothing"""
    concentration: float
    """how sure the weights are: their standard deviation is sqrt(w (1 - w) / (concentration + 1))"""
    limits: Mapping[str, float | None]
    """criterion -> the worst that is allowed, in its unit; null: none, but the card says where one would bite"""
    documents_may_leave: bool
    """false: what documents say must stay in the index; it may not be trained on, nor sent to a server"""
    least_probability: float
    """of keeping all limits; an arm below it is ruled out"""
    use: Use
    draws: int
    """joint draws of weights and measurements"""
    seed: int
    """of these draws"""

    def problems(self) -> Sequence[str]:
        return [*super().problems(), *self._of_answers(), *self._of_names(), *self._out_of_range()]

    def weighed(self) -> Floats:
        """Return the weight of each criterion, in their order; they sum to 1."""
        points = self.weights if self.weights else self.points()
        values = np.array([float(points.get(name, 0.0)) for name in self.criteria])
        weights: Floats = values / values.sum()
        return weights

    def points(self) -> dict[str, float]:
        """Return what the answers give each criterion."""
        found = {name: float(self.always.get(name, 0.0)) for name in self.criteria}
        for name, question in self.asked.items():
            for criterion, share in question.shares.items():
                found[criterion] += question.points(self.answers[name]) * share
        return found

    def drawn(self) -> Floats:
        """Return draws of the weights, shape (draws, criteria)."""
        return dirichlet(self.seed, tuple(self.criteria), self.weighed(), self.concentration, self.draws)

    def factors(self) -> Mapping[str, float]:
        """Return criterion -> what its measurements are multiplied by."""
        return {name: one.factor(self.use) for name, one in self.criteria.items()}

    def limits_set(self) -> dict[str, float]:
        """Return criterion -> limit, the labels at hand among them."""
        labels = self.use.labels_at_hand
        found = {name: limit for name, limit in self.limits.items() if limit is not None}
        return found if labels is None else {**found, LABELS: min(float(labels), found.get(LABELS, math.inf))}

    @property
    def asked(self) -> dict[str, WeighingQuestion]:
        """Questions and aspects by name."""
        return {**self.questions, **self.aspects}

    def _of_answers(self) -> Iterator[str]:
        asked = self.asked
        yield from (f"answers.{name} is missing: {one.text}" for name, one in asked.items() if name not in self.answers)
        for name, answer in self.answers.items():
            if name not in asked:
                yield f"answers.{name} is no question and no aspect; there are {', '.join(asked)}"
            elif not 0 <= answer <= STEPS:
                yield f"answers.{name} is {answer}; it must be 0 (does not matter) to {STEPS} (decides)"

    def _of_names(self) -> Iterator[str]:
        known = ", ".join(self.criteria)
        for key, given in (("weights", self.weights), ("limits", self.limits)):
            yield from (
                f"{key}.{name} is no criterion; there are {known}" for name in given if name not in self.criteria
            )
        if self.use.labels_at_hand is not None and LABELS not in self.criteria:
            yield f"use.labels_at_hand is a limit of the criterion {LABELS}, which there is not"

    def _out_of_range(self) -> Iterator[str]:
        yield from (f"use.{line}" for line in self.use.faults())
        below = ((name, one) for name, one in self.weights.items() if not one >= 0)
        yield from (f"weights.{name} is {one}; it must be 0 or more" for name, one in below)
        if self.weights and not sum(self.weights.values()) > 0:
            yield "weights are all 0; give one that is above 0, or {} to take the answers"
        if not self.weights and not any(self._points_if_named()):
            yield "answers and always give no criterion a point; answer a question with more than 0"
        yield from self._of_draws()

    def _of_draws(self) -> Iterator[str]:
        if not self.concentration >= 1:
            yield f"concentration is {self.concentration}; it must be 1 (hardly sure) or more"
        if not 0 < self.least_probability <= 1:
            yield f"least_probability is {self.least_probability}; it must be above 0 and at most 1"
        if self.draws < FEWEST_DRAWS:
            yield f"draws is {self.draws}; it must be {FEWEST_DRAWS:,} or more"
        if not 0 <= self.seed < 2**32:
            yield f"seed is {self.seed}; it must be between 0 and {2**32 - 1}"

    def _points_if_named(self) -> list[float]:
        """Return the points; [1.0] where a name is wrong, which is said elsewhere."""
        try:
            return list(self.points().values())
        except KeyError:
            return [1.0]
