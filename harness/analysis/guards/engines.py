"""Engines against each other: all arms of a table were answered by one."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from harness.analysis.selection import SelectedRecords
from harness.store.records.last_run import Refusal
from harness.types import Record

ENGINE: Final = "engine"
"""the fact that says what answered: its name (hf, vllm, server), and of vLLM what it was given; older records: none"""


def engine_of(record: Record) -> str:
    """Return the name of the engine that answered; "" where an older record does not say."""
    return str(record.facts.get(ENGINE, {}).get("name", ""))


def other_engines(chosen: SelectedRecords) -> Iterator[Refusal]:
    """Yield the records that were answered by another engine than most: an engine is no difference between arms."""
    records = [record for group in chosen.arms.values() for record in group]
    usual = Counter(filter(None, map(engine_of, records))).most_common(1)
    for record in records:
        own = engine_of(record)
        if own and own != usual[0][0]:
            reason = (
                f"it was answered by the engine {own}, and other arms by {usual[0][0]}: run it again with "
                f"model.engine={usual[0][0]}, or the others with its engine"
            )
            yield Refusal(record.cell, reason, record.fingerprint, record.comparison)
