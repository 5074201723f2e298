"""Warnings about what a retriever did not do as it was asked: documents that its filter cannot order, too few pairs.

The plan says the same before a run. A table is read by people who have not seen the plan.
"""

from collections.abc import Iterator
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.result import Note, warning

RETRIEVAL: Final = "Retrieval"
CAUTIONS: Final = "cautions"
"""fact of a retriever: sentences on what it left out or could not do, of its settings and these documents"""


def retrieval_cautions(source: ComparisonData) -> Iterator[Note]:
    """Yield a warning per sentence; one that several arms share names them all."""
    arms_of: dict[str, list[str]] = {}
    for arm, records in source.records.items():
        for line in records[0].facts.get("retrieval", {}).get(CAUTIONS, ()):
            arms_of.setdefault(line, []).append(arm)
    for line, arms in arms_of.items():
        yield warning(RETRIEVAL, f"{', '.join(arms)}: {line}")
