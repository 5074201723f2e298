"""The note on batches that did not fit the memory of the machine that answered."""

from collections.abc import Iterator
from typing import Any, Final

from harness.analysis.result import Note
from harness.analysis.selection import SelectedRecords

HALVED: Final = "halved_batches"
"""Fact of answers some of whose batches were done in halves: how many `times`, and the `smallest` half in items."""


def halved_batches(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield how often each arm's batches were halved; nothing where all fitted."""
    lines = []
    for arm, records in chosen.arms.items():
        found: list[dict[str, Any]] = [record.facts[HALVED] for record in records if HALVED in record.facts]
        if found:
            times, least = sum(one["times"] for one in found), min(one["smallest"] for one in found)
            lines.append(f"{arm} {times:,} {'time' if times == 1 else 'times'}, down to {least:,}")
    if lines:
        advice = "lower model.batch_tokens or model.batch_size to spare the failed attempts"
        yield Note("Memory", f"batches did not fit and were answered in halves: {'; '.join(lines)}; {advice}")
