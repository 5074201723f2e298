"""Adapters against each other: the right one answered, arms that share one have the same, and it changes answers."""

from collections.abc import Iterator, Sequence
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.guards.alike import ENOUGH, answered, by_id, every_record, is_reference, named, quoted, shown
from harness.analysis.result import Note, act
from harness.analysis.roles import role_of
from harness.analysis.selection import SelectedRecords
from harness.store.records.last_run import Refusal
from harness.store.spec import canonical
from harness.types import Record

SERVED: Final = "served:"
"""how the key of an adapter begins that a server holds"""


def adapter_key(record: Record) -> str | None:
    """Return the key of the adapter that a record says it was made with; "" for an arm without, None if unknown."""
    if not role_of(record).adapted:
        return ""
    key = record.facts.get("training", {}).get("adapter")
    return str(key) if key else None


def foreign_adapters(chosen: SelectedRecords) -> Iterator[Refusal]:
    """Yield the records with answers of another adapter than theirs."""
    for record in (record for group in chosen.arms.values() for record in group):
        own = adapter_key(record)
        other = [one for one in answered(record).values() if own is not None and one.adapter_key != own]
        if other:
            text = f"{len(other)} of its answers were given with {_adapter(other[0].adapter_key)} and not with"
            advice = "the wrong weights answered: run it again into an empty store (store=FOLDER)"
            reason = f"{text} {_adapter(own or '')} (first {other[0].example_id}); {advice}"
            yield Refusal(record.cell, reason, record.fingerprint, record.comparison)


def adapter_guards(source: ComparisonData) -> Iterator[Note]:
    """Yield what shows that adapters are not what the table takes them for."""
    yield from _not_shared(source)
    for bare, adapted in _pairs(source):
        yield from _without_effect(source, bare, adapted)


def _adapter(key: str) -> str:
    return f"adapter {key[:8]}" if key else "no adapter"


def _not_shared(source: ComparisonData) -> Iterator[Note]:
    """Flag arms whose adapters were specified alike and are two."""
    found: dict[tuple[str, int], dict[str, list[str]]] = {}
    for arm, record in every_record(source):
        spec, key = record.spec.get("cell", {}).get("answers", {}).get("adapter"), adapter_key(record)
        if spec and key and not key.startswith(SERVED):
            found.setdefault((canonical(spec), record.cell.seed), {}).setdefault(key, []).append(arm)
    for keys in found.values():
        if len(keys) > 1:
            text = " and ".join(f"{named(arms)} ({key[:8]})" for key, arms in keys.items())
            advice = "delete the store's adapters and run these arms again together"
            yield act("Adapters", f"{text} have one specification of their adapter and two adapters: {advice}")


def _pairs(source: ComparisonData) -> Iterator[tuple[str, str]]:
    """Yield arms that differ by an adapter alone."""
    roles = {arm: role for arm, role in source.roles.items() if not role.control}
    for arm, role in roles.items():
        others = [bare for bare, of in roles.items() if role.adapted and not of.adapted]
        yield from ((bare, arm) for bare in others if roles[bare].retrieves == role.retrieves)


def _without_effect(source: ComparisonData, bare: str, adapted: str) -> Iterator[Note]:
    for record in source.records[adapted]:
        if all(_same_answers(source, record, other) for other in source.records[bare]):
            text = f"{adapted} answers every example as {bare} does, letter for letter ({_first(record)})"
            yield act(
                "Adapter without effect",
                f"{text}. The adapter changes nothing: it was trained for too few steps or at a rate near 0, or it "
                "was not attached. Look at its loss by step, and raise adapter.epochs or adapter.learning_rate",
            )
            return


def _same_answers(source: ComparisonData, record: Record, other: Record) -> bool:
    """Whether two records agree on every text for the same passages, and not because every answer is right."""
    first, second = answered(record), answered(other)
    if len(first) < ENOUGH or first.keys() != second.keys():
        return False
    alike = (first[key].text == second[key].text and shown(first[key]) == shown(second[key]) for key in first)
    return all(alike) and not all_right(source, [record])


def all_right(source: ComparisonData, records: Sequence[Record]) -> bool:
    """Return whether every answer is a reference word for word: then even the best adapters agree."""
    examples = by_id(source)
    return all(
        is_reference(examples[example_id], one.text)
        for record in records
        for example_id, one in answered(record).items()
    )


def _first(record: Record) -> str:
    example_id, one = next(iter(answered(record).items()))
    return f"{example_id}: {quoted(one.text)}"
