"""What the references themselves get from the metrics and the judge of a table: the most that an arm can hope for.

The audit "references" scores them when an experiment runs (`harness.metrics.references`), and records keep the means.
Taken are those of a record whose metric means what the table's column means, so that they have the same judge.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from harness.analysis.metric_facts import CHECKING_CLAIMS
from harness.analysis.numbers import listed
from harness.analysis.result import Column, Figure, Note
from harness.analysis.selection import SelectedRecords, same_meaning
from harness.audits import of_record
from harness.types import Record

AUDIT = "references"
"""its name, and that of the line under the arms"""
READING = (
    "the last line is what the references get from the same metrics and judge (the first one of {n:,} examples, spread "
    "over the split): a ceiling for the arms, and not 1 where the judge does not accept how they are worded"
)


def ceiling(chosen: SelectedRecords, metric: str) -> Figure | None:
    """Return the references' mean by a metric, and how many have a value; None where it was not measured."""
    for record in _alike(chosen, metric):
        details = _details(record)
        if metric in details.get("means", {}):
            return Figure(details["means"][metric], n=details["n"][metric])
    return None


def ceiling_notes(chosen: SelectedRecords, columns: tuple[Column, ...]) -> Iterator[Note]:
    """Yield how to read the line of the references; where metrics that check claims lack it, why."""
    known = [column.references.n or 0 for column in columns if column.references is not None]
    if known:
        yield Note("References", READING.format(n=max(known)))
    lacking = [column.metric for column in columns if column.metric in CHECKING_CLAIMS and column.references is None]
    for why in dict.fromkeys(_why_not(chosen, metric) for metric in lacking):
        of = listed([metric for metric in lacking if _why_not(chosen, metric) == why])
        yield Note("References", f"not scored by {of}: {why}")


def _alike(chosen: SelectedRecords, metric: str) -> Iterator[Record]:
    """Yield the records, of all arms, whose metric means what the table's column means."""
    for records in chosen.arms.values():
        yield from (record for record in records if same_meaning(record.metrics.get(metric), chosen.metrics[metric]))


def _details(record: Record) -> Mapping[str, Any]:
    return next((found.details for found in of_record(record) if found.name == AUDIT), {})


def _why_not(chosen: SelectedRecords, metric: str) -> str:
    details = [found for record in _alike(chosen, metric) if (found := _details(record))]
    if any(metric in found.get("left_out", ()) for found in details):
        return "each would cost money or requests with this judge"
    if any(metric in found.get("n", {}) for found in details):
        return "none of them can be checked by it"
    return "these records were made without that audit; run the experiment again for their ceiling"
