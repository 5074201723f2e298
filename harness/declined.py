"""Which answers a record counts as refusals."""

from harness.types import Record


def declined(record: Record) -> frozenset[str]:
    """Return the ids of the examples that some metric of the record scored as declined.

    The verdict was reached when the answer was scored. Reading the answer again would take about a millisecond, and
    newer patterns could then contradict the scores beside it.
    """
    return frozenset(score.example_id for score in record.scores if score.reason == "abstained")
