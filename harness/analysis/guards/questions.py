"""Questions against each other: one id is one question in all records of a table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from harness.analysis.selection import SelectedRecords
from harness.store.records.last_run import Refusal
from harness.types import Example, Record


def other_questions(chosen: SelectedRecords) -> Iterator[Refusal]:
    """Yield the records whose questions, references or evidence are not those of most records."""
    records = [record for group in chosen.arms.values() for record in group]
    asked = [_asked(record) for record in records]
    usual, _ = Counter(asked).most_common(1)[0]
    for record, own in zip(records, asked, strict=True):
        if own != usual:
            example_id = next(example_id for example_id, _ in sorted(own ^ usual, key=lambda pair: pair[0]))
            text = f"{example_id} is another question here than in the other records"
            advice = "its data were changed under the same ids: run the arm again"
            yield Refusal(record.cell, f"{text}; {advice}", record.fingerprint, record.comparison)


def _asked(record: Record) -> frozenset[tuple[str, Example]]:
    """Return the examples by id; how they are split into groups and slices changes no answer."""
    return frozenset((one.id, replace(one, group="", slice="")) for one in record.examples)
