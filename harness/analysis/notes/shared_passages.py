"""The note on passages that batches of the scored pass read once for several questions."""

from collections.abc import Iterator
from typing import Any, Final

from harness.analysis.result import Note
from harness.analysis.selection import SelectedRecords

SHARED_PASSAGES: Final = "shared_passages"
"""Fact of answers whose batches were put together by passages: prompt `tokens` that were not read again, and `of`."""


def shared_passages(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield the share of prompt tokens that each arm was spared; nothing where batches went by length."""
    lines = []
    for arm, records in chosen.arms.items():
        found: list[dict[str, Any]] = [r.facts[SHARED_PASSAGES] for r in records if SHARED_PASSAGES in r.facts]
        if found:
            lines.append(f"{arm} {sum(one['tokens'] for one in found) / sum(one['of'] for one in found):.0%}")
    if lines:
        yield Note(
            "Shared passages",
            "questions about the same passages were answered together, and these were read once: "
            f"{', '.join(lines)} of the prompt tokens; with other questions a full batch takes longer",
        )
