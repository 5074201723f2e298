"""What stands under a table about fabrication: how much of it no answer has claimed."""

from collections.abc import Iterator, Sequence
from typing import Final

from harness.analysis.numbers import number
from harness.analysis.outcomes import given
from harness.analysis.result import Note
from harness.analysis.selection import SelectedRecords
from harness.types import Record

METRIC: Final = "fabrication"


def fabrication_notes(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield a note that takes each arm's fabrication apart, where refusals or failures are part of any."""
    if METRIC not in chosen.metrics:
        return
    parts = {arm: _parts(records) for arm, records in chosen.arms.items()}
    counted = [(arm, silent, whole) for arm, (silent, whole) in parts.items() if silent]
    if counted:
        told = "; ".join(f"{arm} {number(silent, 3)} of its {number(whole, 3)}" for arm, silent, whole in counted)
        text = (
            f"wrong refusals and failures, which claim nothing and count by rule: {told}; answers alone: see Refusals"
        )
        yield Note("Fabrication without a claim", text)


def _parts(records: Sequence[Record]) -> tuple[float, float]:
    """Return the share of examples that count without an answer given, and the metric's mean."""
    silent = whole = known = 0.0
    for record in records:
        answers = given(record)
        for score in record.scores:
            if score.metric == METRIC and score.value is not None:
                known += 1
                whole += score.value
                silent += 0.0 if score.example_id in answers else score.value
    return (silent / known, whole / known) if known else (0.0, 0.0)
