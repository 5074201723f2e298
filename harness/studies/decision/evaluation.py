"""Measurements and a decision to utilities, ranks, and the arm that is recommended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.analysis.stats.bootstrap import Floats
from harness.studies.decision.decision import Decision
from harness.studies.decision.draws import key_of, numbered, uniforms
from harness.studies.decision.limits import Kept, kept
from harness.studies.decision.measured import Measured
from harness.studies.decision.smaa import EQUAL, Ranking, probability_of_best, ranking, regret, totals

UNKNOWN: Final = 0.5
"""mean of a utility that may be anything from 0 to 1"""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Every arm in every draw."""

    measured: Measured
    decision: Decision

    @property
    def criteria(self) -> tuple[str, ...]:
        """The criteria, in the order of all arrays."""
        return tuple(self.decision.criteria)

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms, from the simplest to the most complex, in the order of all arrays."""
        return self.measured.arms

    @cached_property
    def weights(self) -> Floats:
        """The user's weights, shape (criteria,)."""
        return self.decision.weighed()

    @cached_property
    def drawn(self) -> Floats:
        """The weights in each draw, shape (draws, criteria)."""
        return self.decision.drawn()

    @cached_property
    def unknown(self) -> NDArray[np.bool_]:
        """What was not measured, shape (arms, criteria)."""
        return np.array([[self.measured.sample(name, arm) is None for name in self.criteria] for arm in self.arms])

    @cached_property
    def utilities(self) -> Floats:
        """Utilities in each draw, shape (draws, arms, criteria): draw i holds resample i modulo the resamples.

        What was not measured is anything from 0 to 1, for each arm apart and anew in every draw.
        """
        found = np.empty((self.decision.draws, len(self.arms), len(self.criteria)))
        for at, name in enumerate(self.criteria):
            for place, arm in enumerate(self.arms):
                found[:, place, at] = self._drawn_utility(name, arm)
        return found

    @cached_property
    def expected(self) -> Floats:
        """Mean utilities, shape (arms, criteria): over all resamples, and ½ for what was not measured."""
        return np.array([[self.mean_utility(name, arm) for name in self.criteria] for arm in self.arms])

    @cached_property
    def scores(self) -> Floats:
        """Expected utility of each arm, shape (arms,): weights and measurements are independent of each other."""
        return self.expected_total(self.expected)

    @cached_property
    def total(self) -> Floats:
        """Utility of each arm in each draw, shape (draws, arms)."""
        return totals(self.drawn, self.utilities)

    @cached_property
    def kept(self) -> Kept:
        """What the limits say."""
        return kept(self.measured, self.decision)

    @property
    def limited(self) -> bool:
        """Whether anything can rule an arm out: a limit, or documents that must stay."""
        return bool(self.kept.checks) or not self.decision.documents_may_leave

    @property
    def allowed(self) -> list[int]:
        """Places of the arms that are not ruled out."""
        return [place for place, arm in enumerate(self.arms) if arm not in self.kept.ruled_out]

    @cached_property
    def ranking(self) -> Ranking | None:
        """Of the arms that are not ruled out, in the order of `allowed`; None without any."""
        return ranking(self.drawn, self.utilities[:, self.allowed]) if self.allowed else None

    @cached_property
    def first(self) -> dict[str, float]:
        """Arm -> probability of being best; 0 for arms that are ruled out."""
        return self.first_with(self.total)

    @cached_property
    def recommended(self) -> int | None:
        """Place of the arm with the highest expected utility, of equal ones the simplest; None: all are ruled out."""
        return self.best(self.scores)

    @cached_property
    def runner_up(self) -> int | None:
        """Place of the other arm that is most probably the best."""
        others = [place for place in self.allowed if place != self.recommended]
        return max(others, key=lambda place: (self.first[self.arms[place]], self.scores[place]), default=None)

    @cached_property
    def regret(self) -> Floats:
        """What the recommended arm lacks to the best in each draw, shape (draws,); 0 throughout without one."""
        if self.recommended is None:
            return np.zeros(self.decision.draws)
        return regret(self.total[:, self.allowed], self.allowed.index(self.recommended))

    def best(self, scores: Floats, arms: Sequence[int] | None = None) -> int | None:
        """Return the place of the highest of these scores among some arms (those allowed); of equal ones the first."""
        among = self.allowed if arms is None else arms
        if not len(among):
            return None
        highest = max(scores[place] for place in among)
        return next(place for place in among if scores[place] >= highest - EQUAL)

    def first_with(self, total: Floats) -> dict[str, float]:
        """Return arm -> probability of being best with other utilities, shape (draws, arms)."""
        found = dict.fromkeys(self.arms, 0.0)
        if self.allowed:
            shares = probability_of_best(total[:, self.allowed])
            found |= {self.arms[place]: float(share) for place, share in zip(self.allowed, shares, strict=True)}
        return found

    def expected_total(self, expected: Floats, weights: Floats | None = None) -> Floats:
        """Return the weighted sum of mean utilities, shape (arms,).

        Args:
            expected: shape (arms, criteria).
            weights: shape (criteria,); None: the user's.
        """
        found: Floats = totals(self.weights if weights is None else weights, expected[np.newaxis])[0]
        return found

    def mean_utility(self, criterion: str, arm: str, factor: float | None = None) -> float:
        """Return an arm's mean utility at a criterion, at this use or another one (`Criterion.factor`)."""
        sample, own = self.measured.sample(criterion, arm), self.decision.criteria[criterion]
        by = self.decision.factors()[criterion] if factor is None else factor
        return UNKNOWN if sample is None else float(own.utility(sample.draws, by).mean())

    def _drawn_utility(self, criterion: str, arm: str) -> Floats:
        sample, own, draws = (
            self.measured.sample(criterion, arm),
            self.decision.criteria[criterion],
            self.decision.draws,
        )
        if sample is None:
            return uniforms(key_of(self.decision.seed, f"unknown/{criterion}/{arm}"), numbered(draws))
        return np.resize(own.utility(sample.draws, self.decision.factors()[criterion]), draws)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the card recommends, for whoever reads it from code."""

    arm: str | None
    """None: every arm is ruled out"""
    probability: float
    """of being the best arm"""
    runner_up: str | None
    first: Mapping[str, float]
    """arm -> probability of being best"""
    utility: Mapping[str, float]
    """arm -> expected utility, 0 to 1"""
    retrieves: Mapping[str, bool]
    """arm -> whether it shows passages"""
    adapted: Mapping[str, bool]
    """arm -> whether it was tuned"""
    ruled_out: Mapping[str, str]
    """arm -> why"""
    unmeasured: Mapping[str, float]
    """criterion that was not measured, or of some arms alone -> its weight"""
    unchecked: Mapping[str, tuple[str, ...]]
    """criterion with a limit -> arms that it was not measured of"""
    regret: float
    """expected, in utility"""
    warnings: tuple[str, ...]


def recommendation(found: Evaluation) -> Recommendation:
    """Return what an evaluation recommends."""
    arms, roles = found.arms, found.measured.roles
    weights = dict(zip(found.criteria, found.weights.tolist(), strict=True))
    chosen, second = found.recommended, found.runner_up
    return Recommendation(
        arm=None if chosen is None else arms[chosen],
        probability=0.0 if chosen is None else found.first[arms[chosen]],
        runner_up=None if second is None else arms[second],
        first=found.first,
        utility=dict(zip(arms, found.scores.tolist(), strict=True)),
        retrieves={arm: role.retrieves for arm, role in roles.items()},
        adapted={arm: role.adapted for arm, role in roles.items()},
        ruled_out=found.kept.ruled_out,
        unmeasured={name: weights[name] for name in found.measured.wanted},
        unchecked=found.kept.unchecked,
        regret=float(found.regret.mean()),
        warnings=found.measured.warnings,
    )
