"""A measurement with its uncertainty, as resamples: what a criterion is made of.

Means are resampled by whole groups of examples, and the same groups for all arms (paired): arms that fail on the same
hard examples go up and down together. Widened for few groups as every interval is (`harness.analysis.stats`), and by
the seed variance where several seeds ran. Numbers are kept to four digits, so that a page that gets them as text
computes from the same ones.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np

from harness.analysis.result import Figure
from harness.analysis.stats import bootstrap as stats
from harness.analysis.stats.bootstrap import Floats, Ints
from harness.analysis.stats.seed_variance import seed_variance_of

SEED: Final = 20_261_203
"""of the resamples: the same records always give the same card"""
RESAMPLES: Final = 1_000
"""of each measurement; a card draws weights and what is unknown ten times for each"""
DIGITS: Final = 4
NORMAL_LIMIT: Final = 1.959964
"""97.5 % of a normal distribution"""


@dataclass(frozen=True, slots=True, eq=False)
class ResampledValue:
    """One arm's measurement."""

    value: float
    """the estimate, as tables show it"""
    draws: Floats
    """shape (RESAMPLES,); or (1,) for a count, or where nothing shows how sure it is"""

    def at(self, draws: int) -> Floats:
        """Return the resample of each of so many draws, shape (draws,): one after another, from the first again."""
        return np.resize(self.draws, draws)

    @property
    def figure(self) -> Figure:
        """The estimate with its 95 % interval."""
        if len(self.draws) == 1:
            return Figure(self.value)
        low, high = np.quantile(self.draws, [0.025, 0.975])
        return Figure(self.value, min(float(low), self.value), max(float(high), self.value))


def exact(value: float) -> ResampledValue:
    """Return a number without uncertainty."""
    return ResampledValue(rounded(value), np.array([rounded(value)]))


def sampled(value: float, draws: Floats) -> ResampledValue:
    """Return an estimate with its resamples, each kept to four digits."""
    return ResampledValue(rounded(value), np.array([rounded(float(one)) for one in draws]))


def rounded(value: float) -> float:
    """Return a number to four digits."""
    return float(f"{value:.{DIGITS}g}")


def mean_sample(runs: Floats, clusters: Ints, arm: str) -> ResampledValue | None:
    """Return the mean over examples, of each the mean over its runs; None without a value.

    Args:
        runs: shape (runs, examples), NaN for no value.
        clusters: shape (examples,), what is resampled together; for all arms the same.
        arm: whose runs these are: what seeds add is drawn for each arm apart.
    """
    values = stats.means(runs)
    known = ~np.isnan(values)
    many = len(np.unique(clusters[known]))
    if not many:
        return None
    mean = float(values[known].mean())
    if many < 2:
        return exact(mean)
    drawn = _at_the_edge(mean, many) if _is_edge(values[known]) else _resampled(values, clusters, mean, many)
    return sampled(mean, drawn + _seed_noise(runs, clusters, arm))


def spread(figure: Figure, name: str) -> ResampledValue:
    """Return draws around a figure, normal to each side by its 95 % interval.

    A study's figure has an interval and no values of examples any more: the draws of two arms are independent, which is
    wider than paired ones would be.

    Args:
        figure: without an interval it is taken as exact.
        name: of its stream; another figure has another one.
    """
    if figure.low is None or figure.high is None:
        return exact(figure.value)
    normal = np.random.default_rng([SEED, crc32(name.encode())]).standard_normal(RESAMPLES)
    widths = np.where(normal < 0.0, figure.value - figure.low, figure.high - figure.value) / NORMAL_LIMIT
    return sampled(figure.value, figure.value + normal * widths)


def mean_of(samples: Sequence[ResampledValue]) -> ResampledValue:
    """Return the mean of several measurements of one arm, draw by draw."""
    longest = max(len(one.draws) for one in samples)
    draws = np.mean([one.at(longest) for one in samples], axis=0)
    return sampled(float(np.mean([one.value for one in samples])), draws)


def percentile_sample(times: Floats, of: Callable[[Floats], Floats]) -> ResampledValue:
    """Return a percentile of one arm's times, with the same examples drawn for every arm that was timed on as many.

    Args:
        times: one per example, in the order of their ids.
        of: shape (examples,) -> its percentile in each resample.
    """
    return sampled(float(of(times[np.newaxis])[0]), of(_redrawn(times)))


def _redrawn(times: Floats) -> Floats:
    drawn = np.random.default_rng(SEED).integers(len(times), size=(RESAMPLES, len(times)))
    redrawn: Floats = times[drawn]
    return redrawn


def _resampled(values: Floats, clusters: Ints, mean: float, many: int) -> Floats:
    """Return means over resampled groups, set apart by what few of them understate (Hesterberg 2015, §4.3)."""
    from scipy.special import stdtrit

    drawn = stats.resampled_means(values, clusters, np.random.default_rng(SEED), RESAMPLES)
    drawn = np.where(np.isnan(drawn), mean, drawn)  # a resample in which no group has a value
    wider = float(stdtrit(many - 1, 0.975)) / NORMAL_LIMIT * np.sqrt(many / (many - 1))
    widened: Floats = mean + (drawn - mean) * wider
    return widened


def _is_edge(values: Floats) -> bool:
    """Whether all are 0, or all are 1: no resample shows that others could differ."""
    return bool((values == values[0]).all()) and values[0] in (0.0, 1.0)


def _at_the_edge(mean: float, many: int) -> Floats:
    """Return draws whose 97.5 % end is the exact limit of Clopper & Pearson for 0 of `many` that differ."""
    differing = 1.0 - np.random.default_rng(SEED).random(RESAMPLES) ** (1.0 / many)
    return np.abs(mean - differing)


def _seed_noise(runs: Floats, clusters: Ints, arm: str) -> Floats:
    if len(runs) < 2:
        return np.zeros(RESAMPLES)
    found = seed_variance_of(runs[:, :, np.newaxis], clusters)
    noise = np.random.default_rng([SEED, crc32(arm.encode())]).standard_t(found.degrees, RESAMPLES)
    scaled: Floats = noise * np.sqrt(found.variance[0])
    return scaled
