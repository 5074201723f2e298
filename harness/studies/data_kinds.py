"""What a study, or a claim, needs of the data of a task, read off records alone."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from harness.types import THE_INPUT, Example, Record

DataKind = Literal["documents", "evidence", "unanswerable", "style"]
KINDS: Final[Mapping[str, str]] = {
    "documents": "tasks whose answers stand in documents",
    "evidence": "tasks whose questions name the documents that answer them",
    "unanswerable": "tasks with questions that cannot be answered",
    "style": "tasks whose references are longer than a few words, so that they have a style",
}
"""what may be asked of the data, in words"""


def has_documents(examples: Iterable[Example], records: Iterable[Record]) -> bool:
    """Return whether answers stand in documents: by the evidence of questions, or by what was searched.

    Args:
        examples: that were asked.
        records: of all arms; a knowledge base of training pairs is none of documents.
    """
    return has_evidence(examples) or any(map(_searches_documents, records))


def has_evidence(examples: Iterable[Example]) -> bool:
    """Return whether some question names documents as its evidence."""
    return any(map(_rests_on_documents, examples))


def _rests_on_documents(example: Example) -> bool:
    return bool(example.evidence) and example.evidence != THE_INPUT


def _searches_documents(record: Record) -> bool:
    passages = record.facts.get("retrieval", {}).get("passages", {})
    return bool(passages.get("documents")) and not passages.get("exemplars")
