"""The rule: effects and margins in, verdicts out. Nothing here knows a claim, a task or a file.

An effect that is claimed to be greater than a margin is *supported* where its 95 % interval lies above the margin,
*refuted* where it lies below, *undecided* where it holds the margin; its p against the margin is two-sided. "Equal" is
two one-sided tests (Schuirmann, 1987): supported where both say within ± margin, refuted where one says outside. Its p
is the larger of both and is not doubled: an effect that lies beyond the margin does so on one side, so that only one of
the tests can err, and the 90 % interval belongs to it. All p of one ledger are corrected by Holm's method (1979), so
that at most one ledger in twenty holds a verdict that chance alone made.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from harness.analysis.stats.bootstrap import holm
from harness.studies.claims.effect import POWER, Effect

Direction = Literal["greater", "less", "equal"]
Ruling = Literal["supported", "refuted", "undecided", "provisional", "not tested", "does not apply"]
ALPHA: Final = 0.05
WEAKEST_FIRST: Final[tuple[Ruling, ...]] = ("refuted", "not tested", "provisional", "undecided", "supported")
"""of a claim that asserts all its parts. One that is refuted refutes the whole, and no further run can change that;
then comes what nobody has looked at, or of another arm alone, since more examples of the rest would not decide it"""
STRONGEST_FIRST: Final[tuple[Ruling, ...]] = ("supported", "undecided", "provisional", "not tested", "refuted")
"""of a claim that asserts one of its parts ("in some cases", "can")"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One effect and what is claimed of it."""

    effect: Effect
    direction: Direction
    margin: float
    """the smallest effect that would matter; of "equal", its size on both sides"""

    @property
    def provisional(self) -> bool:
        """Whether it is of an adapter that is not the experiment's, so that its number gives no verdict."""
        return bool(self.effect.others)

    @property
    def against(self) -> float:
        """The margin that the effect is tested against: of "equal" the one that is nearer to it."""
        if self.direction != "equal":
            return self.margin
        return math.copysign(self.margin, self.effect.value) if not self.effect.ratio else self._of_ratio

    @property
    def _of_ratio(self) -> float:
        return self.margin if self.effect.value >= 1 else 1 / self.margin

    @property
    def p(self) -> float | None:
        """Against the margin: two-sided; of "equal" one-sided. None for what is not sampled.

        Of "equal" the nearer margin has the larger p, so that its p is that of both one-sided tests together.
        """
        p = self.effect.p(self.against)
        return p / 2 if p is not None and self.direction == "equal" else p

    def needed(self, alpha: float) -> float | None:
        """Return how many examples would decide it at this level, were the effect the true one; see `Effect.needed`.

        Of "equal" each of the two tests may miss half as often, so that together they miss one in five.
        """
        if self.direction == "equal":
            return self.effect.needed(self.against, 2 * alpha, (1 + POWER) / 2)
        return self.effect.needed(self.against, alpha)


@dataclass(frozen=True, slots=True)
class PartVerdict:
    """The verdict on one effect."""

    ruling: Ruling
    p: float | None
    """adjusted by Holm's method; None for what is not sampled, or provisional"""
    by_interval: Ruling
    """what the interval alone says"""
    needed: float | None
    """examples that would decide, were the effect the true one; None where it is decided, or not sampled"""


def distinct(asked: Sequence[Asked]) -> list[Asked]:
    """Return what is asked, each once: two claims may ask the same of the same effect."""
    found: list[Asked] = []
    for one in asked:
        found += [one] if one not in found else []
    return found


def family(asked: Sequence[Asked]) -> int:
    """Return how many effects Holm's correction is made over: those that are sampled and give a verdict, each once."""
    return sum(one.effect.spread is not None and not one.provisional for one in distinct(asked))


def decide(asked: Sequence[Asked]) -> list[PartVerdict]:
    """Return the verdict on every effect of one ledger."""
    once, many = distinct(asked), max(1, family(asked))
    tested = [None if one.provisional else one.p for one in once]
    adjusted = holm(np.array([math.nan if value is None else value for value in tested]))
    return [_decision(one, float(adjusted[once.index(one)]), many) for one in asked]


def _decision(one: Asked, p: float, many: int) -> PartVerdict:
    interval = by_interval(one)
    if one.provisional:
        return PartVerdict("provisional", None, interval, None)
    if math.isnan(p):
        return PartVerdict(interval, None, interval, None)
    ruling: Ruling = interval if p < ALPHA else "undecided"
    needed = one.needed(ALPHA / many) if ruling == "undecided" else None
    return PartVerdict(ruling, p, interval, needed)


def by_interval(one: Asked) -> Ruling:
    """Return the verdict by the interval alone: the one at 95 %; of a sampled "equal" the one at 90 %."""
    if one.direction == "equal":
        inside, outside = _equal(one)
    else:
        low, high = one.effect.interval
        above, below = low > one.margin, high < one.margin
        inside, outside = (above, below) if one.direction == "greater" else (below, above)
    return "supported" if inside else "refuted" if outside else "undecided"


def _equal(one: Asked) -> tuple[bool, bool]:
    """Return whether an effect surely lies within its margins, and whether it surely lies outside."""
    least, most = (1 / one.margin, one.margin) if one.effect.ratio else (-one.margin, one.margin)
    p = one.p
    if p is None:
        low, high = one.effect.interval
        return least < low and high < most, low > most or high < least
    within = least < one.effect.value < most
    return within and p < ALPHA, not within and p < ALPHA


def together(rulings: Sequence[Ruling], holds: Literal["all", "any"]) -> Ruling:
    """Return the verdict on a claim of several parts; parts that do not apply are left out.

    Args:
        rulings: of the parts.
        holds: whether the claim asserts all of them, or one.
    """
    order = WEAKEST_FIRST if holds == "all" else STRONGEST_FIRST
    applying = [one for one in rulings if one != "does not apply"]
    return min(applying, key=order.index, default="does not apply")
