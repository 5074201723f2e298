"""Questions against each other: one id is one question in all records of a table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b, sha256

from harness.analysis.selection import SelectedRecords
from harness.store.records.last_run import Refusal
from harness.types import Example, Record


def other_questions(chosen: SelectedRecords) -> Iterator[Refusal]:
    """Yield the records whose questions, references or evidence are not those of most records."""
    records = [record for group in chosen.arms.values() for record in group]
    asked = [_asked(record) for record in records]
    usual = asked.index(Counter(asked).most_common(1)[0][0])
    for record, own in zip(records, asked, strict=True):
        if own != asked[usual]:
            example_id = min(_questions(record).items() ^ _questions(records[usual]).items())[0]
            text = f"{example_id} is another question here than in the other records"
            advice = "its data were changed under the same ids: run the arm again"
            yield Refusal(record.cell, f"{text}; {advice}", record.fingerprint, record.comparison)


def _asked(record: Record) -> str:
    """Return a hash of the questions in the order of their ids."""
    hashed = sha256()
    for example_id, question in sorted(_questions(record).items()):
        hashed.update(f"{example_id} {question}".encode(errors="surrogatepass"))
    return hashed.hexdigest()


def _questions(record: Record) -> dict[str, str]:
    """Return a hash of each question; how they are split into groups and slices changes no answer."""
    return {one.id: _hash(replace(one, group="", slice="")) for one in record.examples}


def _hash(example: Example) -> str:
    return blake2b(repr(example).encode(errors="surrogatepass"), digest_size=16).hexdigest()
