"""What guards hold side by side: the answers of all records by question, passages shown and text."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.numbers import listed
from harness.types import THE_INPUT, Example, Passage, Prediction, Record

ENOUGH: Final = 8
"""answers from which on it is no accident that they are all alike"""
SHOWN: Final = 60
"""characters of an answer that a flag quotes"""

Shown = tuple[Passage, ...]
"""Passages as a prompt shows them, without the scores that only order them."""


def shown(prediction: Prediction) -> Shown:
    """Return the passages of a prompt, as far as they change it."""
    return tuple(replace(one, score=0.0) for one in prediction.passages)


def answered(record: Record) -> dict[str, Prediction]:
    """Return example id -> prediction, without those that never reached the model."""
    return {one.example_id: one for one in record.predictions if one.finish != "error"}


def side_by_side(source: ComparisonData) -> Iterator[tuple[Example, list[tuple[str, int, Prediction]]]]:
    """Yield each example with the answers that reached a model: arm, number of its record, answer."""
    found = [
        (arm, number, answered(record))
        for arm, records in source.records.items()
        for number, record in enumerate(records)
    ]
    for example in source.examples:
        yield example, [(arm, number, own[example.id]) for arm, number, own in found if example.id in own]


def every_record(source: ComparisonData) -> Iterator[tuple[str, Record]]:
    """Yield arm and record, in the order of the rows and of the seeds."""
    for arm, records in source.records.items():
        yield from ((arm, record) for record in records)


def known_evidence(examples: Iterable[Example]) -> dict[str, frozenset[str]]:
    """Return the gold documents of the examples that name documents as their evidence."""
    return {one.id: frozenset(one.evidence) for one in examples if one.evidence and one.evidence != THE_INPUT}


def is_reference(example: Example, text: str) -> bool:
    """Return whether an answer is a reference word for word, so that nothing could be answered better."""
    plain = " ".join(text.split()).casefold()
    return any(plain == " ".join(reference.split()).casefold() for reference in example.references)


def by_id(source: ComparisonData) -> Mapping[str, Example]:
    """Return the examples by their ids."""
    return {example.id: example for example in source.examples}


def most_frequent(texts: Sequence[str]) -> tuple[str, int]:
    """Return the text that occurs most often, and how often; "" without any."""
    return Counter(texts).most_common(1)[0] if texts else ("", 0)


def named(arms: Iterable[str]) -> str:
    """Return the arms as "a, b and c", each once, in their order."""
    return listed(list(dict.fromkeys(arms)))


def quoted(text: str) -> str:
    """Return the beginning of an answer, in quotation marks."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= SHOWN else line[:SHOWN] + '…'}”"
