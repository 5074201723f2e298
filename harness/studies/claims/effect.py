"""What a reading found: a number with its uncertainty, or why there is none and which command would give it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np

from harness.analysis.stats.bootstrap import LEVEL
from harness.analysis.stats.seed_variance import SeedVariance, reach, two_sided_p
from harness.studies.numbers import ONCE

Kind = Literal["sampled", "once", "exact"]
"""sampled: a mean or percentile over examples, with a 95 % interval; once: a time that was measured a single time;
exact: a count, an estimate by counting, or a probability"""

NEARLY: Final = 1e-12
"""what rounding leaves of a number"""
MOST_TIMES: Final = 100
"""times as many examples as there are: more are not worth naming"""
POWER: Final = 0.8
"""with which a needed number of examples would decide"""


@dataclass(frozen=True, slots=True)
class Spread:
    """What a test of a sampled effect against a margin rests on."""

    error: float
    """standard error over examples; of a ratio, of its logarithm"""
    degrees: int
    """of freedom of `error`: independent groups of examples - 1"""
    seed_variance: tuple[SeedVariance, ...] = ()
    """what draws and training seeds add"""
    bounded: bool = False
    """a sum or difference of shares: see `rare_p`"""


@dataclass(frozen=True, slots=True)
class Stake:
    """What there is to lose where a loss, or an equality, is measured: the best arm or condition of a comparison."""

    said: str
    """which it is: "qlora under clean, trained" """
    value: float
    """its mean, in the unit of the effect"""
    low: float
    """lower end of the 95 % interval"""
    chance: float
    """what whoever knows nothing would have: `harness.studies.floor`"""
    of_change: bool
    """True: of one arm under several conditions; False: of several arms, which counts where they are to be equal"""


@dataclass(frozen=True, slots=True)
class Effect:
    """A number that a claim is decided by."""

    value: float
    low: float | None
    """lower end of the 95 % interval; None for an exact number, and below everything where an end is not known"""
    high: float | None
    said: str
    """what it is, in words: "rag − qlora, fact_coverage" """
    n: int
    """how many were sampled; of an exact number 0"""
    of: str = "questions"
    """what was sampled"""
    seeds: int = 1
    """training seeds, or draws of a condition, that it is a mean over"""
    kind: Kind = "sampled"
    spread: Spread | None = None
    """None where it is not sampled"""
    ratio: bool = False
    """compared on the logarithmic scale"""
    anchor: str = ""
    """of the table that it stands in, within the page of its experiment or study"""
    notes: tuple[str, ...] = ()
    """under which conditions it holds"""
    command: str = ""
    """measures what it lacks, where that and no number of questions is what keeps it open; "" elsewhere"""
    others: tuple[str, ...] = ()
    """arms in it that a study trained on far fewer rows than the experiment, a line each: no verdict on the arm"""
    stakes: tuple[Stake, ...] = ()
    """what must be above chance before it says anything"""
    ends: tuple[float, float] | None = None
    """between which its value may be, as far as times that were measured once are believed; None without such"""

    @property
    def interval(self) -> tuple[float, float]:
        """The ends that a verdict goes by: of a time measured once, what it is believed to be within."""
        if self.kind == "once":
            return self.value / ONCE, self.value * ONCE
        if self.kind == "exact":
            return self.value, self.value
        return -math.inf if self.low is None else self.low, math.inf if self.high is None else self.high

    def distance(self, margin: float) -> float:
        """Return how far above a margin it is, 0 where its `ends` hold it; of a ratio, in logarithms."""
        least, most = self.ends or (self.value, self.value)
        nearest = min(max(least, margin), most)
        return math.log(nearest / margin) if self.ratio else nearest - margin

    def p(self, margin: float) -> float | None:
        """Return the two-sided p of "it equals the margin"; None for what is not sampled."""
        if self.spread is None:
            return None
        p = _two_sided(abs(self.distance(margin)), self.spread)
        return max(p, rare_p(self.value, margin, self.spread.degrees + 1)) if self.spread.bounded else p

    def needed(self, margin: float, alpha: float, power: float = POWER) -> float | None:
        """Return how many examples would show that this effect, were it the true one, is not the margin.

        Args:
            margin: to tell it from.
            alpha: two-sided.
            power: with which they would.

        Returns:
            More than `n`; infinity where draws and seeds alone hide it, or where it equals the margin; None for what is
            not sampled, and for a number without any spread that is no share.
        """
        if self.spread is None or not (self.spread.error > 0 or self.spread.seed_variance or self.spread.bounded):
            return None
        error, degrees = (np.array([one]) for one in (self.spread.error, self.spread.degrees))
        by_examples = float(reach(alpha, error, degrees, (), power)[0])
        by_seeds = float(reach(alpha, 0.0 * error, degrees, self.spread.seed_variance, power)[0])
        left = self.distance(margin) ** 2 - by_seeds**2
        if left <= 0:
            return math.inf
        times = max(by_examples**2 / left, self._times_by_count(margin, alpha))
        return max(self.n * times, self.n + 1.0)

    def _times_by_count(self, margin: float, alpha: float) -> float:
        """Return how many times as many groups of examples `rare_p` needs; infinity for more than MOST_TIMES."""
        assert self.spread is not None
        groups, times = self.spread.degrees + 1, 1.0
        while self.spread.bounded and times <= MOST_TIMES and rare_p(self.value, margin, groups * times) >= alpha:
            times *= 1.1
        return times if times <= MOST_TIMES else math.inf


def rare_p(value: float, margin: float, groups: float) -> float:
    """Return the two-sided p of "the margin is true" where what differs differs wholly, as if counted: binomial.

    Where hardly any answer differs, the observed spread says too little: of 150 answers one may differ though one in
    twenty does, and Student's t would call that surely less. If a difference of shares is the margin, at least that
    share of the answers differ; of all values between 0 and 1 with this mean, those that are 0 or 1 spread most
    (Hoeffding, 1963, theorem 1). So the larger of this p and that of Student's t is taken.

    Args:
        value: the sum of shares that was seen, between -1 and 1.
        margin: between -1 and 1.
        groups: independent groups of examples.
    """
    from scipy.special import betainc

    share, seen = abs(margin), min(1.0, max(0.0, math.copysign(1.0, margin) * value))
    if not 0 < share < 1:
        return 0.0
    count = seen * groups
    at_most = betainc(groups - count, count + 1, 1 - share) if count < groups else 1.0
    at_least = betainc(count, groups - count + 1, share) if count > 0 else 1.0
    return min(1.0, 2.0 * float(at_most if seen < share else at_least))


def spread_of_interval(value: float, low: float, high: float, degrees: int, *, ratio: bool, bounded: bool) -> Spread:
    """Return the spread that an interval implies: its wider half over the quantile of Student's t.

    Args:
        value: within the interval.
        low: lower end of the 95 % interval; above 0 for a ratio.
        high: upper end, finite.
        degrees: of freedom that the interval was made with.
        ratio: take logarithms.
        bounded: of Spread.
    """
    from scipy.special import stdtrit

    ends = [math.log(end / value) for end in (low, high)] if ratio else [end - value for end in (low, high)]
    quantile = float(stdtrit(degrees, (1.0 + LEVEL) / 2.0))
    return Spread(max(map(abs, ends)) / quantile, degrees, (), bounded)


def with_once(effect: Effect, values: Sequence[float]) -> Effect:
    """Return an effect whose parts that were measured once are believed within a factor of ONCE, as they are alone.

    Nothing is known of how far another measurement would be off. So its interval reaches further by as much as the
    value moves, and it is tested from where it is nearest to the margin: no number of answers makes that narrower.

    Args:
        effect: sampled, as if those parts were exact.
        values: its value where each of them is larger or smaller by the factor; the value itself: nothing was.
    """
    least, most = min(*values, effect.value), max(*values, effect.value)
    if effect.low is None or effect.high is None or most - least <= NEARLY * abs(effect.value):
        return effect
    if effect.ratio:
        low, high = effect.low * least / effect.value, effect.high * most / effect.value
    else:
        low, high = effect.low + least - effect.value, effect.high + most - effect.value
    note = f"times in it that were measured once are believed within a factor of {ONCE:g}"
    return replace(effect, low=low, high=high, ends=(least, most), notes=(*effect.notes, note))


def _two_sided(distance: float, spread: Spread) -> float:
    """Return p by Student's t, with the seeds' parts where there are any."""
    from scipy.special import stdtr

    error = spread.error
    if not spread.seed_variance:
        if error <= 0:  # nothing differs: of shares `rare_p` says what may; of other numbers nothing does
            return float(distance == 0 or not spread.bounded)
        return 2.0 * float(stdtr(spread.degrees, -distance / error))
    degrees = np.array([spread.degrees])
    return float(two_sided_p(np.array([distance]), np.array([error]), degrees, spread.seed_variance)[0])


@dataclass(frozen=True, slots=True)
class Gap:
    """Why there is no effect."""

    why: str
    command: str = ""
    """that would give one; "" where none does"""
    outside: bool = False
    """the claim does not speak of such a task"""
    notes: tuple[str, ...] = field(default=())
