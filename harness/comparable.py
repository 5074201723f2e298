"""Which records stand side by side in one table, and which are left out and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.errors import DataError
from harness.spec import digest
from harness.types import Record


@dataclass(frozen=True, slots=True)
class Comparable:
    """Records that may be compared: same data, split, limit, model and decoding."""

    arms: Mapping[str, tuple[Record, ...]]
    """arm -> its records, one per seed, in the order of the seeds"""
    left_out: tuple[str, ...]
    """one line per record that was not taken"""
    refused: Mapping[str, str]
    """arm -> why its cell failed or was refused by a guard"""


def comparable(records: Sequence[Record], refused: Mapping[str, str]) -> Comparable:
    """Sort records into one comparison.

    Records that belong to another comparison than most do (on a tie: than the last one does) are left out,
    and so is an older record of a cell that is there twice, or of an arm whose settings have changed since.

    Args:
        records: oldest first.
        refused: arms that were asked for and have no record, with the reason.

    Raises:
        DataError: no record is left, or the arms did not answer the same examples.
    """
    left_out: list[str] = []
    failed = dict(refused)
    sound = []
    for record in records:
        failed.update(record.facts.get("failed_arms", {}))
        if "refused" in record.facts:
            failed[record.cell.arm] = str(record.facts["refused"])
        else:
            sound.append(record)
    taken = _newest_of_each_cell(_of_one_comparison(sound, left_out), left_out)
    arms = {arm: _of_one_arm(taken, arm, left_out) for arm in dict.fromkeys(record.cell.arm for record in taken)}
    if not arms:
        reasons = "; ".join(f"{arm}: {reason}" for arm, reason in failed.items())
        raise DataError(f"no record to make a table of{f' ({reasons})' if reasons else ''}; run an experiment first")
    _check_same_examples([record for group in arms.values() for record in group])
    return Comparable(arms, tuple(left_out), {arm: why for arm, why in failed.items() if arm not in arms})


def _of_one_comparison(records: Sequence[Record], left_out: list[str]) -> list[Record]:
    if not records:
        return []
    votes = Counter(record.comparison for record in records)
    newest_first = [record.comparison for record in reversed(records)]
    chosen = max(newest_first, key=lambda comparison: votes[comparison])
    for record in records:
        if record.comparison != chosen:
            left_out.append(f"{record.cell} ({record.fingerprint[:12]}): other data, model or decoding than the rest")
    return [record for record in records if record.comparison == chosen]


def _newest_of_each_cell(records: Sequence[Record], left_out: list[str]) -> list[Record]:
    newest = {record.cell: record for record in records}
    for record in records:
        if newest[record.cell] is not record:
            left_out.append(f"{record.cell} ({record.fingerprint[:12]}): a newer record of the same cell is there")
    return list(newest.values())


def _of_one_arm(records: Sequence[Record], arm: str, left_out: list[str]) -> tuple[Record, ...]:
    own = [record for record in records if record.cell.arm == arm]
    settings = _settings(own[-1])
    for record in own:
        if _settings(record) != settings:
            left_out.append(f"{record.cell} ({record.fingerprint[:12]}): other settings than {own[-1].cell}")
    same = [record for record in own if _settings(record) == settings]
    return tuple(sorted(same, key=lambda record: record.cell.seed))


def _settings(record: Record) -> str:
    """What the seeds of an arm must share: the cell's own specification, not the whole run's configuration."""
    return digest(_without_seed(record.spec.get("cell", record.spec)))


def _without_seed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_seed(item) for key, item in value.items() if key != "seed"}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_without_seed(item) for item in value]
    return value


def _check_same_examples(records: Sequence[Record]) -> None:
    first = records[0]
    asked = {example.id for example in first.examples}
    for record in records:
        _check_all_scored(record)
        answered = {prediction.example_id for prediction in record.predictions}
        if answered != asked or len(record.predictions) != len(first.examples):
            odd = sorted(answered ^ asked)[:3] or ["an id that is there twice"]
            raise DataError(
                f"{record.cell} and {first.cell} did not answer the same examples ({', '.join(odd)}); "
                "a paired comparison needs the same ones: run both again"
            )


def _check_all_scored(record: Record) -> None:
    expected = Counter((metric, example.id) for metric in record.metrics for example in record.examples)
    scored = Counter((score.metric, score.example_id) for score in record.scores)
    if scored != expected:
        metric, example_id = next(iter((expected - scored) or (scored - expected)))
        raise DataError(
            f"{record.cell}: {scored[metric, example_id]} scores of {metric} for example {example_id}, "
            f"where there should be {expected[metric, example_id]}; run the experiment again"
        )
