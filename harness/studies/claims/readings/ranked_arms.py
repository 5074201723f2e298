"""Whether one arm is best at everything: how far behind the best each arm is somewhere, and who is best at what.

Of every arm that can be deployed, the largest gap to the best one over all deciding metrics is what choosing it costs
at worst (Savage, 1951: minimax regret). The least of these gaps is 0 where one arm is best everywhere. An arm may be
second by a little somewhere and still be as good as the best everywhere, by the margin: the words say which arm it is,
how far behind, and behind whom, so that they do not contradict the verdict.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from harness.analysis.headline import deciding_names
from harness.analysis.stats import bootstrap as stats
from harness.analysis.stats.bootstrap import Floats
from harness.studies.claims.effect import Effect, Gap, Spread
from harness.studies.claims.measured import is_share
from harness.studies.claims.sources import EXPERIMENT, Evidence
from harness.studies.data import StudyData

SEED: Final = 20_261_214
RESAMPLES: Final = 4_000
MEANING: Final = (
    "an arm that is nowhere behind by more than the margin counts as best everywhere, also where another is ahead"
)


@dataclass(frozen=True)
class RankedArms:
    """The least of the arms' largest gaps to the best, over the metrics that decide; by joint resamples of examples."""

    KEY: ClassVar[str] = "harness.studies.claims.readings.ranked_arms.RankedArms"
    source: ClassVar[str] = EXPERIMENT
    is_ratio: ClassVar[bool] = False

    fewest_metrics: int
    """with fewer, "everything" says nothing"""

    def read(self, evidence: Evidence) -> Effect | Gap:
        data = evidence.data(EXPERIMENT)
        if isinstance(data, Gap):
            return data
        arms = [arm for arm, role in data.roles.items() if not role.control]
        metrics = list(_metrics(data, arms, evidence))
        if len(metrics) < self.fewest_metrics or len(arms) < 2:
            why = f"{len(metrics)} deciding metrics of {len(arms)} arms were measured ({', '.join(metrics) or 'none'})"
            return Gap(why, evidence.command(), outside=len(arms) > 1)
        return _effect(data, arms, metrics)


def regret(means: Floats) -> Floats:
    """Return the least over arms of the largest gap to the best over metrics.

    Args:
        means: shape (arms, metrics, …), higher is better.
    """
    least: Floats = (means.max(axis=0, keepdims=True) - means).max(axis=1).min(axis=0)
    return least


def best_shares(drawn: Floats) -> Floats:
    """Return the probability of each arm of being best on each metric; arms that are as good share it.

    Args:
        drawn: shape (arms, metrics, resamples).
    """
    best = drawn >= drawn.max(axis=0, keepdims=True)
    shares: Floats = (best / best.sum(axis=0, keepdims=True)).mean(axis=-1)
    return shares


def _metrics(data: StudyData, arms: Sequence[str], evidence: Evidence) -> Iterator[str]:
    """Yield the metrics that decide, are shares, and of which every arm has a value."""
    level = data.levels[0]
    facts = {name: meaning for arm in arms for one in data.records(level, arm) for name, meaning in one.metrics.items()}
    directed = [name for name, meaning in facts.items() if meaning.get("higher_is_better") is not None]
    for name in deciding_names(directed, evidence.examples):
        values = [data.values(level, arm, name) for arm in arms]
        measured = all(one is not None and not np.isnan(one.runs).all() for one in values)
        if measured and is_share(name, data, [(level, arm) for arm in arms]):
            yield name


def _effect(data: StudyData, arms: Sequence[str], metrics: Sequence[str]) -> Effect:
    level = data.levels[0]
    ids = list(data.examples(level, arms[0]))
    clusters = data.clusters(ids)
    values = np.stack([[_values(data, level, arm, name, ids) for name in metrics] for arm in arms])
    drawn = np.stack([[_resampled(own, clusters) for own in of_arm] for of_arm in values])
    means = np.nanmean(values, axis=-1)
    many, groups = regret(drawn), int(clusters.max()) + 1
    low, high = np.quantile(many, stats.tails(max(2, groups)))
    return Effect(
        float(regret(means)), float(low), float(high), nearest_said(arms, metrics, means),
        len(ids), seeds=max(len(data.records(level, arm)) for arm in arms),
        spread=Spread(float(many.std(ddof=1)), max(1, groups - 1), (), bounded=True), anchor="metrics",
        notes=(MEANING, *_ranks(arms, metrics, best_shares(drawn)), "what training seeds add is not in the interval"),
    )  # fmt: skip


def nearest_said(arms: Sequence[str], metrics: Sequence[str], means: Floats) -> str:
    """Return which arm is nowhere far behind, where it is furthest behind, and behind whom.

    Args:
        arms: their names.
        metrics: their names.
        means: shape (arms, metrics), higher is better.
    """
    gaps = means.max(axis=0) - means
    arm = int(gaps.max(axis=1).argmin())
    worst = int(gaps[arm].argmax())
    if gaps[arm, worst] == 0.0:
        return f"{arms[arm]} is the best on each of {', '.join(metrics)}"
    best = f"{arms[int(means[:, worst].argmax())]} on {metrics[worst]}"
    return (
        f"{arms[arm]} is furthest behind {best}, by {gaps[arm, worst]:.2f}; every other arm is at least as far behind "
        f"somewhere (metrics: {', '.join(metrics)})"
    )


def _values(data: StudyData, level: str, arm: str, metric: str, ids: Sequence[str]) -> Floats:
    """Return one value per example, higher is better."""
    found = data.values(level, arm, metric)
    assert found is not None
    higher = data.records(level, arm)[0].metrics[metric]["higher_is_better"]
    return (1.0 if higher else -1.0) * stats.means(found.of(ids))


def _resampled(values: Floats, clusters: stats.Ints) -> Floats:
    return stats.resampled_means(values, clusters, np.random.default_rng(SEED), RESAMPLES)


def _ranks(arms: Sequence[str], metrics: Sequence[str], shares: Floats) -> Iterator[str]:
    """Yield, per metric, the arms that may be best with their probabilities, likeliest first."""
    for place, metric in enumerate(metrics):
        order = np.argsort(-shares[:, place], kind="stable")
        named = [f"{arms[at]} {_percent(shares[at, place])}" for at in order if shares[at, place] >= 0.005]
        yield f"best on {metric}: {', '.join(named)}"


def _percent(share: float) -> str:
    return "> 99 %" if share >= 0.995 else f"{100 * share:.0f} %"
