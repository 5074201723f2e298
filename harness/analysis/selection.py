"""Which records make one table, and which are left out and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.analysis.roles import ordered_roles
from harness.errors import DataError
from harness.machine.measured import Trial
from harness.store.records.last_run import LastRun, Refusal, settings_of
from harness.store.records.stored import StoredScores
from harness.types import Record


@dataclass(frozen=True, slots=True)
class SelectedRecords:
    """Comparable records: same data, split, limit, model and decoding."""

    arms: Mapping[str, tuple[Record, ...]]
    """arm -> its records, one per seed, in the order of the seeds"""
    left_out: tuple[str, ...]
    """one line per record or failed cell that was not taken"""
    refused: tuple[Refusal, ...]
    """cells of this comparison that failed or were stopped by a guard"""
    metrics: Mapping[str, Mapping[str, Any]]
    """metric name -> what its numbers mean here; scores of a record with another meaning are left out"""
    trials: tuple[Trial, ...] = ()
    """trainings and indexes of this model and task in the store of the last run that none of these records uses"""
    unrunnable: Mapping[str, str] = field(default_factory=dict)
    """arm that the last run left out -> what the data lack for it"""


def select_records(records: Sequence[Record], refused: Sequence[Refusal], last: LastRun | None) -> SelectedRecords:
    """Sort records into one comparison: that of the last run, or without one that of the newest record.

    Left out are records of another comparison, older records of a cell that was run again or has failed since, and
    records of an arm whose settings have changed since.

    Args:
        records: oldest first.
        refused: cells that were asked for and have no record, with the reason.
        last: what the last run compared, if it is recorded.

    Raises:
        DataError: no record is left, or the arms did not answer the same examples.
    """
    left_out: list[str] = []
    sound, failed = _of_one_comparison(records, refused, last, left_out)
    taken = _newest_of_each_cell(_not_failed_since(sound, failed, left_out), left_out)
    wanted = last.settings if last is not None else {}
    groups = {arm: _of_one_arm(taken, arm, wanted, left_out) for arm in dict.fromkeys(one.cell.arm for one in taken)}
    present = {arm: group for arm, group in groups.items() if group}
    arms = {arm: present[arm] for arm in ordered_roles(present)}  # not by the age of files, which differs per checkout
    if not arms:
        reasons = "; ".join(f"{one.cell.arm}, seed {one.cell.seed}: {one.reason}" for one in failed)
        raise DataError(f"no record to make a table of{f' ({reasons})' if reasons else ''}; run an experiment first")
    _check_same_examples([record for group in arms.values() for record in group])
    spare = _unused(last.trials if last is not None else (), arms)
    unrunnable = last.left_out if last is not None else {}
    return SelectedRecords(arms, tuple(left_out), tuple(failed), _meanings(taken, last), spare, unrunnable)


def _of_one_comparison(
    records: Sequence[Record], refused: Sequence[Refusal], last: LastRun | None, left_out: list[str]
) -> tuple[list[Record], list[Refusal]]:
    newest = records[-1].comparison if records else ""
    chosen = last.comparison if last is not None else newest
    why = "other data, model or decoding than the rest"
    left_out.extend(f"{_name(record)}: {why}" for record in records if record.comparison != chosen)
    left_out.extend(f"{_name(one)}: failed, with {why}" for one in refused if one.comparison != chosen)
    sound = [record for record in records if record.comparison == chosen]
    succeeded = {(record.cell, record.fingerprint) for record in sound}
    failed = [one for one in refused if one.comparison == chosen and (one.cell, one.fingerprint) not in succeeded]
    return sound, failed


def _not_failed_since(records: Sequence[Record], failed: Sequence[Refusal], left_out: list[str]) -> list[Record]:
    cells = {one.cell for one in failed}
    left_out.extend(
        f"{_name(record)}: the cell was run again with other settings, and failed"
        for record in records
        if record.cell in cells
    )
    return [record for record in records if record.cell not in cells]


def _newest_of_each_cell(records: Sequence[Record], left_out: list[str]) -> list[Record]:
    newest = {record.cell: record for record in records}
    for record in records:
        if newest[record.cell] is not record:
            left_out.append(f"{_name(record)}: there is a newer record of the same cell")
    return list(newest.values())


def _of_one_arm(
    records: Sequence[Record], arm: str, wanted: Mapping[str, str], left_out: list[str]
) -> tuple[Record, ...]:
    own = [record for record in records if record.cell.arm == arm]
    settings = wanted.get(arm, _settings(own[-1]))
    same = [record for record in own if _settings(record) == settings]
    than = str(same[-1].cell) if same else "the last run asked for"
    left_out.extend(f"{_name(record)}: other settings than {than}" for record in own if _settings(record) != settings)
    return tuple(sorted(same, key=lambda record: record.cell.seed))


def _settings(record: Record) -> str:
    """The cell's own settings, not the whole run's configuration."""
    return settings_of(record.spec.get("cell", record.spec))


def same_meaning(first: Mapping[str, Any] | None, second: Mapping[str, Any]) -> bool:
    """Return whether two records mean the same by a metric. Where keys identify it, the wording of the unit is free."""
    if first is None or "key" not in first or "key" not in second:
        return first == second
    return {**first, "unit": ""} == {**second, "unit": ""}


def _meanings(records: Sequence[Record], last: LastRun | None) -> Mapping[str, Mapping[str, Any]]:
    """What each metric means to the last run, or else to the newest record that has it."""
    meanings = {name: meaning for record in records for name, meaning in record.metrics.items()}
    newest = last.metrics if last else {}
    return {**meanings, **{name: meaning for name, meaning in newest.items() if name in meanings}}


def _unused(trials: Sequence[Trial], arms: Mapping[str, Sequence[Record]]) -> tuple[Trial, ...]:
    used = {one.key for group in arms.values() for record in group for one in record.resources}
    return tuple(one for one in trials if one.key not in used)


def _name(of: Record | Refusal) -> str:
    return f"{of.cell} ({of.fingerprint[:12]})"


def _check_same_examples(records: Sequence[Record]) -> None:
    first = records[0]
    asked = {example.id for example in first.examples}
    for record in records:
        _check_all_scored(record)
        answered = {prediction.example_id for prediction in record.predictions}
        if answered != asked or len(record.predictions) != len(first.examples):
            odd = sorted(answered ^ asked)[:3] or ["an id that occurs twice"]
            raise DataError(
                f"{record.cell} and {first.cell} did not answer the same examples ({', '.join(odd)}); "
                "a paired comparison needs the same ones: run both again"
            )


def _check_all_scored(record: Record) -> None:
    if isinstance(record.scores, StoredScores):
        return  # made of one line per example, each with a value for each metric
    expected = Counter((metric, example.id) for metric in record.metrics for example in record.examples)
    scored = Counter((score.metric, score.example_id) for score in record.scores)
    if scored != expected:
        metric, example_id = next(iter((expected - scored) or (scored - expected)))
        raise DataError(
            f"{record.cell}: {scored[metric, example_id]} scores of {metric} for example {example_id}, "
            f"expected {expected[metric, example_id]}; run the experiment again"
        )
