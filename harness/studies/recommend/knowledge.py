"""What is known of the arms, and what a study could add to it before anybody has run it.

Expected value of sample information (Raiffa & Schlaifer, Applied Statistical Decision Theory, 1961): in each draw of
what may be true, the best arm by what would be known then, on average over the draws, minus the best arm by what is
known now. What would be known then is drawn by moment matching (Heath et al., Estimating the expected value of sample
information across different sample sizes using moment matching and nonlinear regression, 2019): a utility's draw moves
from its mean by the root of the share of its variance that the study takes away.

An arm that breaks a hard limit is worth nothing: what was not measured and has a limit is worth learning for that, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np

from harness.analysis.stats.bootstrap import Floats
from harness.studies.decision.evaluation import Evaluation

SEED: Final = 20_261_217
"""of what a further training may show; the same knowledge always leads to the same next step"""


@dataclass(frozen=True, slots=True, eq=False)
class LearningStep:
    """One experiment or study that could be run next."""

    name: str
    """as on a command line: study=privacy, seed=1"""
    seconds: float
    """that it takes, by the forecast"""
    money: float
    """that it costs, in the currency of the prices; 0 without any"""
    learns: Floats
    """shape (arms, criteria): share of the variance of each utility that it takes away, 0 to 1"""
    hidden: Floats
    """shape (arms, criteria): standard deviation that it would show and that the draws do not hold, in utility: with
    one training seed nobody has seen yet what another one moves"""
    subject: str = ""
    """what it looks at: of steps with the same one, no two belong into a group"""


@dataclass(frozen=True, slots=True, eq=False)
class CardKnowledge:
    """Draws of what may be true, as a decision card holds them."""

    utilities: Floats
    """shape (draws, arms, criteria), each from 0 to 1"""
    weights: Floats
    """the user's, shape (criteria,); they sum to 1"""
    floors: Floats
    """utility below which an arm breaks a limit that it was not measured for, shape (arms, criteria); 0 for none"""
    allowed: tuple[int, ...]
    """places of the arms that are not ruled out"""
    probability: float
    """that the recommended arm is the best one, over draws of the weights as well"""

    def worth(self, steps: Sequence[LearningStep]) -> float:
        """Return the expected gain in utility of knowing what these steps show, before choosing; never negative."""
        if len(self.allowed) < 2 or not steps:
            return 0.0
        known, broken = self._after(steps)
        kept = np.where(broken, 0.0, known)[:, self.allowed]
        gain = float(kept.max(axis=1).mean() - kept.mean(axis=0).max())
        return max(0.0, gain)

    def moved(self, step: LearningStep) -> float:
        """Return how far a step moves the arms apart: the largest standard deviation of a difference between two."""
        if len(self.allowed) < 2:
            return 0.0
        known, broken = self._after([step])
        kept = np.where(broken, 0.0, known)[:, self.allowed]
        return float((kept - kept.mean(axis=1, keepdims=True)).std(axis=0).max())

    def _after(self, steps: Sequence[LearningStep]) -> tuple[Floats, Floats]:
        """Return the expected utilities once it is known, shape (draws, arms), and which arms break a limit then."""
        means = self.utilities.mean(axis=0)
        known = np.tile(means @ self.weights, (len(self.utilities), 1))
        broken = np.zeros(known.shape, dtype=bool)
        learns = np.max([step.learns for step in steps], axis=0)
        for at in np.flatnonzero(learns.any(axis=0)).tolist():
            apart = (self.utilities[:, :, at] - means[:, at]) * np.sqrt(learns[:, at])
            known += self.weights[at] * apart
            broken |= (means[:, at] + apart < self.floors[:, at]) & (learns[:, at] > 0.0)
        return known + self._hidden(steps), broken

    def _hidden(self, steps: Sequence[LearningStep]) -> Floats:
        """Return what trainings that nobody has seen yet may add, shape (draws, arms)."""
        added = np.zeros(self.utilities.shape[:2])
        for step in steps:
            spread = np.sqrt((step.hidden**2 @ self.weights**2).astype(np.float64))
            if spread.any():
                added += spread * np.random.default_rng([SEED, crc32(step.name.encode())]).standard_normal(added.shape)
        return added


def knowledge_of(found: Evaluation) -> CardKnowledge:
    """Return what a decision card knows.

    Args:
        found: with every arm in every draw.
    """
    floors = np.zeros((len(found.arms), len(found.criteria)))
    limits, factors = found.decision.limits_set(), found.decision.factors()
    for at, name in enumerate(found.criteria):
        if name in limits:
            floor = found.decision.criteria[name].utility(np.array([limits[name]]), factors[name])
            floors[:, at] = np.where(found.unknown[:, at], floor[0], 0.0)
    chosen = found.recommended
    probability = 0.0 if chosen is None else found.first[found.arms[chosen]]
    return CardKnowledge(found.utilities, found.weights, floors, tuple(found.allowed), probability)


def untaught(step: LearningStep, before: Evaluation, after: Evaluation) -> list[str]:
    """Return the criteria that a step was to show, and that are as unknown after it as before."""
    wanted = (step.learns > 0.0) & before.unknown
    left = wanted & after.unknown
    places = np.flatnonzero(wanted.any(axis=0) & (left == wanted).all(axis=0)).tolist()
    return [before.criteria[at] for at in places]
