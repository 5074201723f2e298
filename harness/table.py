"""Records -> Table: every number of a comparison, with its uncertainty, as plain data.

Reads records alone: no model, no task files. How a table looks is the business of harness/reports.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from harness import stats
from harness.comparable import Comparable, comparable
from harness.errors import DataError
from harness.footnotes import footnotes
from harness.result import BASE, Column, Difference, Entry, Row, Table
from harness.types import Record

__all__ = ["Table", "build"]

ARM_ORDER: Final = ("base", "rag", "qlora", "hybrid", "raft", "oracle", "random")
UNJUDGED_TOLERATED: Final = 0.02
"""share of unjudged examples above which an entry is refused"""
SEED: Final = 20_240_501
"""of the resamples: the same records always give the same table"""


def build(
    records: Sequence[Record], refused: Mapping[str, str] | None = None, resamples: int = stats.RESAMPLES
) -> Table:
    """Return the table of one comparison.

    Args:
        records: oldest first; one per arm and seed. Those that cannot be compared are named in a note.
        refused: arms that were asked for and failed, with the reason; named in a note.
        resamples: of the bootstrap and of the permutation test.

    Raises:
        DataError: no records, other examples in one arm than in another, or a metric with two meanings.
    """
    chosen = comparable(records, refused or {})
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
        notes=footnotes(chosen, columns, rows, resamples),
    )


def _place(arm: str) -> tuple[int, str]:
    return (ARM_ORDER.index(arm) if arm in ARM_ORDER else len(ARM_ORDER), arm)


def _columns(chosen: Comparable) -> tuple[Column, ...]:
    columns: dict[str, Column] = {}
    for records in chosen.arms.values():
        for record in records:
            for name, facts in record.metrics.items():
                column = _column(name, facts)
                if columns.setdefault(name, column) != column:
                    raise DataError(
                        f"{record.cell}: metric {name} is {facts!r} here and {columns[name]} in another record; "
                        "they were made by different versions: run the experiment again"
                    )
    return tuple(columns.values())


def _column(name: str, facts: Mapping[str, Any]) -> Column:
    return Column(name, str(facts["unit"]), facts["higher_is_better"], facts["worst"])


def _entries(
    chosen: Comparable, names: Sequence[str], columns: Sequence[Column], resamples: int
) -> list[tuple[Entry, ...]]:
    """One tuple of entries per arm, all from the same resamples of the examples."""
    ids = [example.id for example in chosen.arms[names[0]][0].examples]
    clusters = stats.clusters_of([example.group for example in chosen.arms[names[0]][0].examples])
    values = np.stack([_values(chosen.arms[name], ids, columns) for name in names])
    base = values[names.index(BASE)] if BASE in names else np.full_like(values[0], np.nan)
    differences = values - base
    shape = (2, len(names), len(columns))
    flat = np.concatenate([values, differences]).transpose(1, 0, 2).reshape(len(ids), -1)
    found = stats.bootstrap(flat, clusters, np.random.default_rng(SEED), resamples)
    mean, low, high, n = (array.reshape(shape) for array in (found.mean, found.low, found.high, found.n))
    p = _p_values(differences, clusters, names, resamples)
    adjusted = np.empty_like(p)
    for place in range(len(columns)):
        adjusted[:, place] = stats.holm(p[:, place])
    return [
        tuple(
            _entry(
                chosen.arms[name],
                column.metric,
                (mean[0, arm, place], low[0, arm, place], high[0, arm, place], n[0, arm, place]),
                _difference(
                    (mean[1, arm, place], low[1, arm, place], high[1, arm, place], n[1, arm, place]),
                    p[arm, place],
                    adjusted[arm, place],
                ),
            )
            for place, column in enumerate(columns)
        )
        for arm, name in enumerate(names)
    ]


def _values(records: Sequence[Record], ids: Sequence[str], columns: Sequence[Column]) -> stats.Floats:
    """Shape (examples, columns): the mean over seeds of each example's value, NaN for none."""
    place = {example_id: index for index, example_id in enumerate(ids)}
    column = {column.metric: index for index, column in enumerate(columns)}
    total, count = np.zeros((len(ids), len(columns))), np.zeros((len(ids), len(columns)))
    for record in records:
        for score in record.scores:
            if score.value is not None:
                total[place[score.example_id], column[score.metric]] += score.value
                count[place[score.example_id], column[score.metric]] += 1
    values: stats.Floats = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    return values


def _p_values(differences: stats.Floats, clusters: stats.Ints, names: Sequence[str], resamples: int) -> stats.Floats:
    """Shape (arms, columns); NaN for base itself and where there is nothing to compare."""
    arms, examples, columns = differences.shape
    flat = differences.transpose(1, 0, 2).reshape(examples, -1)
    p = stats.sign_flip_p(flat, clusters, np.random.default_rng(SEED), resamples).reshape(arms, columns)
    if BASE in names:
        p[names.index(BASE)] = np.nan
    return p


Numbers = tuple[Any, Any, Any, Any]
"""mean, low, high, n as numpy gives them"""


def _difference(numbers: Numbers, p: float, adjusted: float) -> Difference | None:
    mean, low, high, n = numbers
    if np.isnan(p):
        return None
    return Difference(float(mean), _known(low), _known(high), int(n), float(p), float(adjusted))


def _entry(records: Sequence[Record], metric: str, numbers: Numbers, difference: Difference | None) -> Entry:
    mean, low, high, n = numbers
    scores = [score for record in records for score in record.scores if score.metric == metric]
    unjudged = sum(score.reason == "unjudged" for score in scores)
    if unjudged > UNJUDGED_TOLERATED * len(scores):
        return Entry(None, None, None, int(n), unjudged, f"{unjudged} of {len(scores)} answers unjudged", None)
    if n == 0:
        notes = {score.note for score in scores if score.note}
        why = ", ".join(sorted(notes)) or ("not applicable" if scores else "not evaluated")
        return Entry(None, None, None, 0, unjudged, why, None)
    return Entry(float(mean), _known(low), _known(high), int(n), unjudged, "", difference)


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


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
