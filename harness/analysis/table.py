"""Records -> Table: every number of a comparison, with its uncertainty, as plain data.

Reads records alone: no model, no task files. How a table looks is the business of harness/reports.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from harness.analysis.comparison import ComparisonData
from harness.analysis.contrasts.estimates import Estimate, estimates
from harness.analysis.contrasts.pairwise import comparisons
from harness.analysis.costs.horizon import Costing
from harness.analysis.notes.footnotes import footnotes
from harness.analysis.outcomes import declined
from harness.analysis.result import BASE, Column, Difference, Entry, Row, Table
from harness.analysis.sections.registry import sections
from harness.analysis.selection import SelectedRecords, select_records
from harness.analysis.stats import bootstrap as stats
from harness.errors import DataError
from harness.store.records.last_run import LastRun, Refusal
from harness.types import Example, Record, Score

__all__ = ["Table", "build", "table_of"]

ARM_ORDER: Final = ("base", "rag", "qlora", "hybrid", "raft", "oracle", "random")
UNJUDGED_TOLERATED: Final = 0.02
"""share of unjudged examples above which an entry is refused"""
OTHER_MEANING: Final = "evaluated by other settings or another version of the metric; run the arm again"
"""why an arm that has scores of a metric has no number"""

Meanings = Mapping[str, Mapping[str, Any]]
"""metric name -> what its numbers mean"""


def build(
    records: Sequence[Record],
    refused: Sequence[Refusal] = (),
    last: LastRun | None = None,
    unreadable: Sequence[str] = (),
    resamples: int = stats.RESAMPLES,
    costing: Costing | None = None,
) -> Table:
    """Return the table of one comparison.

    Args:
        records: oldest first; one per arm and seed. Those that cannot be compared are named in a note.
        refused: cells that were asked for and failed, with the reason; named in a note.
        last: what the last run compared; without it the newest record decides.
        unreadable: one line per record that could not be read; named in a note.
        resamples: of the bootstrap and of the permutation test.
        costing: prices and use; without them the table says nothing about money.

    Raises:
        DataError: no records, records without examples, or other examples in one arm than in another.
    """
    return table_of(select_records(records, refused, last), unreadable, resamples, costing)


def table_of(
    chosen: SelectedRecords,
    unreadable: Sequence[str] = (),
    resamples: int = stats.RESAMPLES,
    costing: Costing | None = None,
) -> Table:
    """Return the table of records that were found comparable; arguments as for `build`."""
    names = sorted(chosen.arms, key=_place)
    if not chosen.arms[names[0]][0].examples:
        raise DataError(f"{chosen.arms[names[0]][0].cell}: the record holds no example; run the experiment again")
    columns = _columns(chosen)
    alone = _source(chosen, names, columns, resamples, costing)
    source = dataclasses.replace(alone, comparisons=comparisons(alone))
    entries = _entries(source)
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
        sections=sections(source),
        comparisons=source.comparisons,
        some_unanswerable=not all(example.answerable for example in source.examples),
    )


def _place(arm: str) -> tuple[int, str]:
    return (ARM_ORDER.index(arm) if arm in ARM_ORDER else len(ARM_ORDER), arm)


def _columns(chosen: SelectedRecords) -> tuple[Column, ...]:
    names = dict.fromkeys(name for records in chosen.arms.values() for record in records for name in record.metrics)
    return tuple(_column(name, chosen.metrics[name]) for name in names)


def _column(name: str, facts: Mapping[str, Any]) -> Column:
    return Column(name, str(facts["unit"]), facts["higher_is_better"], facts["worst"])


def _source(
    chosen: SelectedRecords,
    names: Sequence[str],
    columns: tuple[Column, ...],
    resamples: int,
    costing: Costing | None,
) -> ComparisonData:
    examples = chosen.arms[names[0]][0].examples
    scores = tuple(tuple(_scores(chosen, name, column.metric) for column in columns) for name in names)
    runs = tuple(_runs(chosen.arms[name], chosen.metrics, columns, examples) for name in names)
    for arm, own in zip(scores, runs, strict=True):
        own[:, :, [_too_many_unjudged(of_metric) for of_metric in arm]] = np.nan
    return ComparisonData(
        chosen=chosen,
        arms=tuple(names),
        columns=columns,
        examples=examples,
        scores=scores,
        values=np.stack([stats.means(own) for own in runs], axis=1),
        runs=runs,
        clusters=stats.clusters_of([example.group for example in examples]),
        resamples=resamples,
        costing=costing,
    )


def _entries(source: ComparisonData) -> list[tuple[Entry, ...]]:
    """One tuple of entries per arm, all from the same resamples of the examples."""
    arms, columns = source.arms, source.columns
    means = estimates(source, [{arm: 1.0} for arm in arms])
    others = [arm for arm in arms if arm != BASE] if BASE in arms else []
    over_base = dict(zip(others, estimates(source, [{arm: 1.0, BASE: -1.0} for arm in others]), strict=True))
    p = np.stack([one.p for one in over_base.values()]) if others else np.empty((0, len(columns)))
    adjusted = dict(zip(others, stats.holm_over_rows(p), strict=True))

    def entry(arm: int, place: int) -> Entry:
        name, difference = arms[arm], None
        if name in over_base:
            difference = _difference(over_base[name], place, adjusted[name][place])
        foreign = _means_something_else(source.chosen, name, columns[place].metric)
        why = OTHER_MEANING if foreign else "not evaluated"
        return _entry(source.scores[arm][place], means[arm], place, difference, why)

    return [tuple(entry(arm, place) for place in range(len(columns))) for arm in range(len(arms))]


def _scores(chosen: SelectedRecords, arm: str, metric: str) -> tuple[Score, ...]:
    same = [record for record in chosen.arms[arm] if record.metrics.get(metric) == chosen.metrics[metric]]
    return tuple(score for record in same for score in record.scores if score.metric == metric)


def _means_something_else(chosen: SelectedRecords, arm: str, metric: str) -> bool:
    return any(metric in one.metrics and one.metrics[metric] != chosen.metrics[metric] for one in chosen.arms[arm])


def _runs(
    records: Sequence[Record], meanings: Meanings, columns: Sequence[Column], examples: Sequence[Example]
) -> stats.Floats:
    """Shape (seeds, examples, columns): one arm's values, NaN for none."""
    place = {example.id: index for index, example in enumerate(examples)}
    column_of = {column.metric: index for index, column in enumerate(columns)}
    values = np.full((len(records), len(place), len(columns)), np.nan)
    for seed, record in enumerate(records):
        for score in record.scores:
            if score.value is not None and record.metrics[score.metric] == meanings[score.metric]:
                values[seed, place[score.example_id], column_of[score.metric]] = score.value
    return values


def _difference(found: Estimate, place: int, adjusted: float) -> Difference | None:
    mean, low, high, n = found.numbers(place)
    if mean is None or np.isnan(found.p[place]):
        return None
    return Difference(mean, low, high, n, float(found.p[place]), float(adjusted))


def _entry(
    scores: Sequence[Score], found: Estimate, place: int, difference: Difference | None, without_scores: str
) -> Entry:
    mean, low, high, n = found.numbers(place)
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
    return Row(
        arm=records[0].cell.arm,
        seeds=tuple(record.cell.seed for record in records),
        n=len(records[0].examples),
        answers=len(predictions),
        failed=sum(prediction.failed for prediction in predictions),
        cut_off=sum(prediction.finish == "length" for prediction in predictions),
        abstained=sum(len(declined(record)) for record in records),
        passages_dropped=sum(prediction.passages_dropped for prediction in predictions),
        inputs_cut=sum(prediction.input_cut for prediction in predictions),
        quantisation=str(records[0].facts.get("quantisation", "")),
        fingerprints=tuple(record.fingerprint for record in records),
        entries=entries,
        trained=any("training" in record.facts for record in records),
    )
