"""Records -> Table: every number of a comparison, with its uncertainty, as plain data.

Reads records alone: no model, no task files. How a table looks is the business of harness/reports.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from harness import stats
from harness.comparable import Comparable, comparable
from harness.footnotes import footnotes
from harness.lastrun import LastRun, Refusal
from harness.result import BASE, Column, Difference, Entry, Row, Table
from harness.types import Record, Score

__all__ = ["Table", "build"]

ARM_ORDER: Final = ("base", "rag", "qlora", "hybrid", "raft", "oracle", "random")
UNJUDGED_TOLERATED: Final = 0.02
"""share of unjudged examples above which an entry is refused"""
OTHER_MEANING: Final = "evaluated by other settings or another version of the metric; run the arm again"
"""why an arm that has scores of a metric has no number"""
SEED: Final = 20_240_501
"""of the resamples: the same records always give the same table"""


def build(
    records: Sequence[Record],
    refused: Sequence[Refusal] = (),
    last: LastRun | None = None,
    unreadable: Sequence[str] = (),
    resamples: int = stats.RESAMPLES,
) -> Table:
    """Return the table of one comparison.

    Args:
        records: oldest first; one per arm and seed. Those that cannot be compared are named in a note.
        refused: cells that were asked for and failed, with the reason; named in a note.
        last: what the last run compared; without it the newest record decides.
        unreadable: one line per record that could not be read; named in a note.
        resamples: of the bootstrap and of the permutation test.

    Raises:
        DataError: no records, or other examples in one arm than in another.
    """
    chosen = comparable(records, refused, last)
    names = sorted(chosen.arms, key=_place)
    columns = _columns(chosen)
    entries = _entries(chosen, names, columns, resamples)
    rows = tuple(_row(chosen.arms[name], own) for name, own in zip(names, entries, strict=True))
    cell = chosen.arms[names[0]][0].cell
    return Table(
        title=f"{cell.task} · {cell.model}",
        task=cell.task,
        model=cell.model,
        has_base=BASE in chosen.arms,
        columns=columns,
        rows=rows,
        notes=footnotes(chosen, unreadable, columns, rows, resamples),
    )


def _place(arm: str) -> tuple[int, str]:
    return (ARM_ORDER.index(arm) if arm in ARM_ORDER else len(ARM_ORDER), arm)


def _columns(chosen: Comparable) -> tuple[Column, ...]:
    names = dict.fromkeys(name for records in chosen.arms.values() for record in records for name in record.metrics)
    return tuple(_column(name, chosen.metrics[name]) for name in names)


def _column(name: str, facts: Mapping[str, Any]) -> Column:
    return Column(name, str(facts["unit"]), facts["higher_is_better"], facts["worst"])


def _entries(
    chosen: Comparable, names: Sequence[str], columns: Sequence[Column], resamples: int
) -> list[tuple[Entry, ...]]:
    """One tuple of entries per arm, all from the same resamples of the examples."""
    examples = chosen.arms[names[0]][0].examples
    clusters = stats.clusters_of([example.group for example in examples])
    scores = [[_scores(chosen, name, column.metric) for column in columns] for name in names]
    values = _values(scores, [example.id for example in examples])
    base = values[:, [names.index(BASE)]] if BASE in names else np.nan
    differences = values - base
    both = np.concatenate([values, differences], axis=1)
    found = stats.bootstrap(both.reshape(len(examples), -1), clusters, np.random.default_rng(SEED), resamples)
    p = _p_values(differences, clusters, names, resamples)
    adjusted = np.stack([stats.holm(own) for own in p.T], axis=1) if columns else p

    def entry(arm: int, place: int) -> Entry:
        here, there = arm * len(columns) + place, (len(names) + arm) * len(columns) + place
        difference = _difference(found, there, p[arm, place], adjusted[arm, place])
        foreign = _means_something_else(chosen, names[arm], columns[place].metric)
        return _entry(scores[arm][place], found, here, difference, OTHER_MEANING if foreign else "not evaluated")

    return [tuple(entry(arm, place) for place in range(len(columns))) for arm in range(len(names))]


def _scores(chosen: Comparable, arm: str, metric: str) -> list[Score]:
    same = [record for record in chosen.arms[arm] if record.metrics.get(metric) == chosen.metrics[metric]]
    return [score for record in same for score in record.scores if score.metric == metric]


def _means_something_else(chosen: Comparable, arm: str, metric: str) -> bool:
    return any(metric in one.metrics and one.metrics[metric] != chosen.metrics[metric] for one in chosen.arms[arm])


def _values(scores: Sequence[Sequence[Sequence[Score]]], ids: Sequence[str]) -> stats.Floats:
    """Shape (examples, arms, columns): the mean over seeds of each example's value, NaN for none."""
    place = {example_id: index for index, example_id in enumerate(ids)}
    total = np.zeros((len(ids), len(scores), len(scores[0])))
    count = np.zeros_like(total)
    for arm, of_arm in enumerate(scores):
        for column, of_metric in enumerate(of_arm):
            if _too_many_unjudged(of_metric):
                continue
            for score in of_metric:
                if score.value is not None:
                    total[place[score.example_id], arm, column] += score.value
                    count[place[score.example_id], arm, column] += 1
    values: stats.Floats = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    return values


def _p_values(differences: stats.Floats, clusters: stats.Ints, names: Sequence[str], resamples: int) -> stats.Floats:
    """Shape (arms, columns); NaN for base itself and where there is nothing to compare."""
    examples, arms, columns = differences.shape
    flat = differences.reshape(examples, -1)
    p = stats.sign_flip_p(flat, clusters, np.random.default_rng(SEED), resamples).reshape(arms, columns)
    if BASE in names:
        p[names.index(BASE)] = np.nan
    return p


def _difference(found: stats.Intervals, place: int, p: float, adjusted: float) -> Difference | None:
    mean, low, high, n = found.column(place)
    if mean is None or np.isnan(p):
        return None
    return Difference(mean, low, high, n, float(p), float(adjusted))


def _entry(
    scores: Sequence[Score], found: stats.Intervals, place: int, difference: Difference | None, without_scores: str
) -> Entry:
    mean, low, high, n = found.column(place)
    why = "" if mean is not None else _why_without_value(scores) if scores else without_scores
    return Entry(mean, low, high, n, _unjudged(scores), why, difference)


def _why_without_value(scores: Sequence[Score]) -> str:
    if _too_many_unjudged(scores):
        return f"{_unjudged(scores)} of {len(scores)} answers unjudged"
    notes = sorted({score.note for score in scores if score.note})
    return ", ".join(notes) or "not applicable"


def _unjudged(scores: Sequence[Score]) -> int:
    return sum(score.reason == "unjudged" for score in scores)


def _too_many_unjudged(scores: Sequence[Score]) -> bool:
    return _unjudged(scores) > UNJUDGED_TOLERATED * len(scores)


def _row(records: Sequence[Record], entries: tuple[Entry, ...]) -> Row:
    predictions = [prediction for record in records for prediction in record.predictions]
    declined = {
        (seed, score.example_id)
        for seed, record in enumerate(records)
        for score in record.scores
        if score.reason == "abstained"
    }
    return Row(
        arm=records[0].cell.arm,
        seeds=tuple(record.cell.seed for record in records),
        n=len(records[0].examples),
        answers=len(predictions),
        failed=sum(prediction.failed for prediction in predictions),
        cut_off=sum(prediction.finish == "length" for prediction in predictions),
        abstained=len(declined),
        passages_dropped=sum(prediction.passages_dropped for prediction in predictions),
        inputs_cut=sum(prediction.input_cut for prediction in predictions),
        quantisation=str(records[0].facts.get("quantisation", "")),
        fingerprints=tuple(record.fingerprint for record in records),
        entries=entries,
    )
