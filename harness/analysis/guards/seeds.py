"""Seeds against each other: runs that shall measure the variance of training must have been trained apart."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.guards.adapters import SERVED, adapter_key, all_right
from harness.analysis.guards.alike import ENOUGH, answered, shown
from harness.analysis.guards.retrieval import is_random
from harness.analysis.result import Note, act
from harness.types import Record

WEIGHTS: Final = "adapter_sha256"
"""the fact that holds the digest of an adapter's weights; older records have none"""
NO_VARIANCE: Final = (
    "the seed does not reach it, so that intervals leave the seed variance out. Take one seed, or look at"
)


def seed_guards(source: ComparisonData) -> Iterator[Note]:
    """Yield the arms whose seeds are one run under several numbers."""
    for arm, records in source.records.items():
        if len(records) > 1 and source.roles[arm].adapted:
            yield from _adapters(source, arm, records)
        elif len(records) > 1 and is_random(records[0]):
            yield from _draws(arm, records)


def _adapters(source: ComparisonData, arm: str, records: Sequence[Record]) -> Iterator[Note]:
    pair = _alike(records, _key) or _alike(records, lambda record: record.facts.get(WEIGHTS) or None)
    if pair:
        text = f"{arm}: seeds {pair} have the same adapter, byte for byte; {NO_VARIANCE} how training draws its seed"
        yield act("Seeds", text)
        return
    pair = _alike(records, _texts)
    if pair and not all_right(source, records):
        text = f"{arm}: seeds {pair} gave the same answers, letter for letter; {NO_VARIANCE} which adapter answered"
        yield act("Seeds", text)


def _draws(arm: str, records: Sequence[Record]) -> Iterator[Note]:
    pair = _alike(records, _passages)
    if pair:
        yield act("Seeds", f"{arm}: seeds {pair} drew the same passages; {NO_VARIANCE} how they are drawn")


def _alike(records: Sequence[Record], of: Callable[[Record], Hashable | None]) -> str:
    """Return the first two seeds with the same value, "0 and 1"; "" without such a pair."""
    seen: dict[Hashable, int] = {}
    for record in records:
        value = of(record)
        if value is not None and value in seen:
            return f"{seen[value]} and {record.cell.seed}"
        seen[value] = record.cell.seed
    return ""


def _key(record: Record) -> str | None:
    key = adapter_key(record)
    return None if not key or key.startswith(SERVED) else key


def _texts(record: Record) -> Hashable | None:
    found = answered(record)
    return tuple(one.text for one in found.values()) if len(found) >= ENOUGH else None


def _passages(record: Record) -> Hashable | None:
    found = answered(record)
    return tuple(shown(one) for one in found.values()) if len(found) >= ENOUGH else None
