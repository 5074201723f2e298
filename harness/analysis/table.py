"""Records -> Table: every number of a comparison, with its uncertainty, as plain data.

Reads records alone: no model, no task files. The formats are in harness/reports.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from harness.analysis.ceilings import ceiling
from harness.analysis.comparison import ComparisonData
from harness.analysis.contrasts.estimates import estimates
from harness.analysis.contrasts.pairwise import comparisons
from harness.analysis.costs.horizon import Costing
from harness.analysis.costs.making import brought
from harness.analysis.guards.registry import sound
from harness.analysis.headline import deciding, needs
from harness.analysis.notes.detail_notes import act_notes, table_notes
from harness.analysis.outcomes import refused_ids, undecided_ids
from harness.analysis.result import Column, Difference, Note, Table, TableEntry, TableRow
from harness.analysis.roles import Role, ordered_roles
from harness.analysis.sections.registry import sections
from harness.analysis.selection import SelectedRecords, same_meaning, select_records
from harness.analysis.stats import bootstrap as stats
from harness.analysis.stats.corpus_values import corpus_values
from harness.errors import DataError
from harness.store.records.last_run import LastRun, Refusal
from harness.store.records.stored import joined, scores_of
from harness.types import CUT_OFF, Example, Record, Score

__all__ = ["Table", "build", "table_of"]

UNJUDGED_TOLERATED: Final = 0.02
"""share of unjudged answers above which no mean is given"""
OTHER_MEANING: Final = "scored with other settings or another version of the metric; run the arm again"
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
        costing: prices and use; without them the table has no costs.

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
    """Return the table of comparable records, without those that a guard refuses; arguments as for `build`."""
    source = comparison_data(chosen, resamples, costing)
    source = dataclasses.replace(source, comparisons=comparisons(source))
    rows = tuple(
        _row(records, source.roles[arm], entries)
        for (arm, records), entries in zip(source.records.items(), _entries(source), strict=True)
    )
    cell = source.records[source.arms[0]][0].cell
    return Table(
        title=f"{cell.task} · {cell.model}",
        task=cell.task,
        model=cell.model,
        base=source.base,
        columns=source.columns,
        rows=rows,
        notes=table_notes(source, unreadable, rows),
        sections=sections(source),
        comparisons=source.comparisons,
        deciding=deciding(source),
        needs=needs(source.examples),
    )


def flags_of(chosen: SelectedRecords) -> tuple[Note, ...]:
    """Return what must be acted on in the table of comparable records (`Table.flags`), without making its figures."""
    source = comparison_data(chosen, stats.RESAMPLES, None)
    return act_notes(source, [_row(records, source.roles[arm], ()) for arm, records in source.records.items()])


def _columns(chosen: SelectedRecords) -> tuple[Column, ...]:
    names = dict.fromkeys(name for records in chosen.arms.values() for record in records for name in record.metrics)
    return tuple(_column(name, chosen) for name in names)


def _column(name: str, chosen: SelectedRecords) -> Column:
    facts = chosen.metrics[name]
    aggregate = facts.get("aggregate", "")
    references = None if aggregate else ceiling(chosen, name)
    return Column(name, str(facts["unit"]), facts["higher_is_better"], facts["worst"], aggregate, references)


def comparison_data(chosen: SelectedRecords, resamples: int, costing: Costing | None) -> ComparisonData:
    """Return the values of comparable records, without those that a guard refuses; arguments as for `build`.

    Raises:
        DataError: a record holds no example.
    """
    chosen = sound(chosen)
    roles, columns = ordered_roles(chosen.arms), _columns(chosen)
    first = chosen.arms[next(iter(roles))][0]
    if not first.examples:
        raise DataError(f"{first.cell}: the record holds no example; run the experiment again")
    scores = tuple(tuple(_scores(chosen, arm, column.metric) for column in columns) for arm in roles)
    runs = tuple(_runs(chosen.arms[arm], chosen.metrics, columns, first.examples) for arm in roles)
    for arm, own in zip(scores, runs, strict=True):
        own[:, :, [_too_many_unjudged(of_metric) for of_metric in arm]] = np.nan
    return ComparisonData(
        chosen=chosen,
        roles=roles,
        columns=columns,
        examples=first.examples,
        scores=scores,
        values=np.stack([stats.means(own) for own in runs], axis=1),
        runs=runs,
        clusters=stats.clusters_of([example.group for example in first.examples]),
        resamples=resamples,
        costing=costing,
    )


def _entries(source: ComparisonData) -> list[tuple[TableEntry, ...]]:
    """One tuple of entries per arm, all from the same resamples of the examples."""
    means = estimates(source, [{arm: 1.0} for arm in source.arms])
    differences = _differences(source)

    def entry(arm: int, place: int) -> TableEntry:
        mean, low, high, n = means[arm].numbers(place)
        scores = source.scores[arm][place]
        why = "" if mean is not None else _why_without_value(source, arm, place)
        difference = differences.get((source.arms[arm], place))
        return TableEntry(mean, low, high, n, _unjudged(scores), why, difference)

    return [tuple(entry(arm, place) for place in range(len(source.columns))) for arm in range(len(source.arms))]


def _differences(source: ComparisonData) -> dict[tuple[str, int], Difference | None]:
    """(arm, column) -> difference to the base; empty without a base."""
    base = source.base
    others = [arm for arm in source.arms if arm != base]
    if base is None or not others:
        return {}
    over_base = estimates(source, [{arm: 1.0, base: -1.0} for arm in others])
    adjusted = stats.holm_over_rows(np.stack([one.p for one in over_base]))
    return {
        (arm, place): one.difference(place, p[place])
        for arm, one, p in zip(others, over_base, adjusted, strict=True)
        for place in range(len(source.columns))
    }


def _scores(chosen: SelectedRecords, arm: str, metric: str) -> Sequence[Score]:
    same = [record for record in chosen.arms[arm] if same_meaning(record.metrics.get(metric), chosen.metrics[metric])]
    return joined([scores_of(record.scores, metric) for record in same])


def _means_something_else(chosen: SelectedRecords, arm: str, metric: str) -> bool:
    return any(
        metric in one.metrics and not same_meaning(one.metrics[metric], chosen.metrics[metric])
        for one in chosen.arms[arm]
    )


def _runs(
    records: Sequence[Record], meanings: Meanings, columns: Sequence[Column], examples: Sequence[Example]
) -> stats.Floats:
    """Shape (seeds, examples, columns): one arm's values, NaN for none."""
    place = {example.id: index for index, example in enumerate(examples)}
    column_of = {column.metric: index for index, column in enumerate(columns)}
    values = np.full((len(records), len(place), len(columns)), np.nan)
    for seed, record in enumerate(records):
        same = {name for name, meaning in record.metrics.items() if same_meaning(meaning, meanings[name])}
        for score in record.scores:
            if score.value is not None and score.metric in same:
                values[seed, place[score.example_id], column_of[score.metric]] = score.value
        for name in same & column_of.keys():
            if aggregate := columns[column_of[name]].aggregate:
                values[seed, :, column_of[name]] = corpus_values(aggregate, scores_of(record.scores, name), place)
    return values


def _why_without_value(source: ComparisonData, arm: int, place: int) -> str:
    scores = source.scores[arm][place]
    if not scores:
        foreign = _means_something_else(source.chosen, source.arms[arm], source.columns[place].metric)
        return OTHER_MEANING if foreign else "not evaluated"
    if _too_many_unjudged(scores):
        return f"{_unjudged(scores)} of {len(scores)} answers unjudged"
    notes = sorted({score.note for score in scores if score.note})
    return ", ".join(notes) or "not applicable"


def _unjudged(scores: Sequence[Score]) -> int:
    return sum(score.reason == "unjudged" for score in scores)


def _too_many_unjudged(scores: Sequence[Score]) -> bool:
    return _unjudged(scores) > UNJUDGED_TOLERATED * len(scores)


def _row(records: Sequence[Record], role: Role, entries: tuple[TableEntry, ...]) -> TableRow:
    predictions = [prediction for record in records for prediction in record.predictions]
    return TableRow(
        arm=records[0].cell.arm,
        seeds=tuple(record.cell.seed for record in records),
        n=len(records[0].examples),
        answers=len(predictions),
        failed=sum(prediction.failed for prediction in predictions),
        cut_off=sum(prediction.finish in CUT_OFF for prediction in predictions),
        abstained=sum(len(refused_ids(record)) for record in records),
        not_recognised=sum(len(undecided_ids(record)) for record in records),
        passages_dropped=sum(prediction.passages_dropped for prediction in predictions),
        inputs_cut=sum(prediction.input_cut for prediction in predictions),
        quantisation=str(records[0].facts.get("quantisation", "")),
        fingerprints=tuple(record.fingerprint for record in records),
        entries=entries,
        role=role,
        brought=brought(records[0]),
    )
