"""Means and paired differences over examples, draws and seeds, with their intervals. Arrays in, figures out.

As in every table: examples of one group are resampled together, and what draws and seeds add widens the interval
(`harness.analysis.stats`). Conditions are compared on the examples that both were asked.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from harness.analysis.result import Figure
from harness.analysis.stats import bootstrap as stats
from harness.analysis.stats.bootstrap import Floats, Ints
from harness.analysis.stats.exact_intervals import at_the_edge
from harness.analysis.stats.seed_variance import seed_variance_of, widened
from harness.studies.data import StudyData, Values
from harness.types import Example, Prediction, Record

SEED: Final = 20_261_129
"""of the resamples: the same records always give the same table"""
ONCE: Final = 1.5
"""A time that was measured once is believed within this factor: machines that do something else beside are the rule."""
RESAMPLES: Final = 4_000

Weights = Mapping[tuple[str, str], float]
"""(level, arm) -> its factor"""


def contrast(data: StudyData, weights: Weights, metric: str | None = None) -> Figure | None:
    """Return a weighted sum of arms under levels, over the examples that all of them have a value of.

    Args:
        data: of the study.
        weights: 1 for a mean; 1 and -1 for a paired difference.
        metric: its name; None: the one that the study is measured by.
    """
    values = {cell: data.values(*cell, metric) for cell in weights}
    if any(one is None for one in values.values()):
        return None
    present = {cell: one for cell, one in values.items() if one is not None}
    ids = shared_ids(list(present.values()))
    return of_runs([weights[cell] * one.of(ids) for cell, one in present.items()], data.clusters(ids))


def shared_ids(values: Sequence[Values]) -> list[str]:
    """Return the examples that all were asked, in the order of the first."""
    common = set.intersection(*(set(one.ids) for one in values)) if values else set()
    return [name for name in (values[0].ids if values else ()) if name in common]


def of_runs(parts: Sequence[Floats], clusters: Ints) -> Figure | None:
    """Return the sum of some parts with its 95 % interval; None without a value.

    Args:
        parts: each of shape (runs, examples), NaN for no value; parts with as many runs are compared run by run.
        clusters: shape (examples,).
    """
    total = sum((_mean(part) for part in parts), np.zeros(parts[0].shape[1] if parts else 0))
    values = np.asarray(total, dtype=np.float64)[:, np.newaxis]
    if not values.size or np.isnan(values).all():
        return None
    found = stats.bootstrap(values, clusters, np.random.default_rng(SEED), RESAMPLES)
    if len(parts) == 1 and _are_shares(values):
        found = at_the_edge(found, np.array([len(set(clusters[~np.isnan(values[:, 0])].tolist()))]))
    variance = [seed_variance_of(part[:, :, np.newaxis], clusters) for part in by_runs(parts)]
    return Figure.of(*(widened(found, variance) if variance else found).column(0))


def _mean(part: Floats) -> Floats:
    return stats.means(part)


def by_runs(parts: Sequence[Floats]) -> list[Floats]:
    """Return the parts of several runs; those with as many are summed run by run, since they share draws and seeds."""
    groups: dict[int, list[Floats]] = {}
    for part in parts:
        groups.setdefault(len(part), []).append(part)
    return [np.sum(own, axis=0) for runs, own in groups.items() if runs > 1]


def _are_shares(values: Floats) -> bool:
    known = values[~np.isnan(values)]
    return bool(known.size) and bool(((known >= 0.0) & (known <= 1.0)).all())


def share(flags: Mapping[str, float], data: StudyData) -> Figure | None:
    """Return the share of examples that are flagged, with its interval; None without any.

    Args:
        flags: id of an example -> 1 or 0, or a mean over runs.
        data: knows which examples belong together.
    """
    return _of_flags([flags], data)


def share_of(
    data: StudyData, records: Sequence[Record], flag: Callable[[Example, Prediction], float | None]
) -> Figure | None:
    """Return the mean of a flag over the answers of several runs, with what draws and seeds add; None without any.

    Args:
        data: knows which examples belong together.
        records: a run each.
        flag: of a question and its answer; None where it does not count.
    """
    runs = [
        {
            question.id: value
            for question, answer in zip(record.examples, record.predictions, strict=True)
            if (value := flag(question, answer)) is not None
        }
        for record in records
    ]
    return _of_flags([run for run in runs if run], data)


def _of_flags(runs: Sequence[Mapping[str, float]], data: StudyData) -> Figure | None:
    ids = list(dict.fromkeys(name for run in runs for name in run))
    table = np.array([[run.get(name, np.nan) for name in ids] for run in runs])
    return of_runs([table], data.clusters(ids)) if ids else None


def text_of(figure: Figure | None, decimals: int = 2, sign: str = "") -> str:
    """Return a figure for a sentence: ".42 [.38, .46]"."""
    if figure is None:
        return "no value"
    ends = (figure.low, figure.high)
    mean = f"{figure.value:{sign}.{decimals}f}"
    if any(end is None for end in ends):
        return mean
    return f"{mean} [{', '.join(f'{end:{sign}.{decimals}f}' for end in ends)}]"
