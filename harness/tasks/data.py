"""What a loader has read: all splits, the knowledge base and everything wrong with them, before any limit."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.errors import DataError, joined
from harness.tasks.checks import check_evidence, check_splits
from harness.tasks.complaints import Complaints
from harness.tasks.mapping import Placed, PlacedDocument
from harness.types import Document, Example, Split

PAIRS: Final = "input and answer of every training example"


@dataclass(frozen=True)
class TaskData:
    """Examples and documents of a task, in the order of their files."""

    splits: Mapping[Split, Sequence[Example]]
    """usable examples; read only when there is no problem"""
    documents: Sequence[Document]
    """the knowledge base"""
    knowledge: str
    """what the knowledge base was made from, for the record"""
    problems: tuple[str, ...]
    """everything that is wrong, one line each"""

    def demand(self, task: str) -> None:
        """Raise DataError that names all problems, unless there are none."""
        if self.problems:
            raise joined(DataError, f"task {task}", self.problems)

    def sha256(self) -> str:
        """Return the sha256 over examples and documents, line by line as JSON: a copy of all would be large."""
        checksum = hashlib.sha256()
        for line in self._lines():
            checksum.update(json.dumps(line, ensure_ascii=False).encode())
            checksum.update(b"\n")
        return checksum.hexdigest()

    def _lines(self) -> Iterator[tuple[object, ...]]:
        for split, examples in self.splits.items():
            for e in examples:
                said = e.input if isinstance(e.input, str) else [(turn.role, turn.content) for turn in e.input]
                yield (split, e.id, said, e.references, e.evidence, e.answerable, e.group, e.slice, e.facts)
        for document in self.documents:
            yield ("document", document.id, document.title, document.text, document.example_id)


def checked(
    splits: Mapping[Split, Sequence[Placed]],
    documents: Sequence[PlacedDocument] | None,
    source: str,
    complaints: Complaints,
    problems: Sequence[str] = (),
) -> TaskData:
    """Compare all rows with each other and put the task together.

    Args:
        splits: what was read; a split that could not be read at all is left out.
        documents: None makes the knowledge base of the training pairs.
        source: what the documents came from, for messages and the record.
        complaints: what is wrong so far; told the rest.
        problems: what else is wrong, told first.
    """
    check_splits(splits, complaints)
    examples = {split: [entry.example for entry in placed if entry.example] for split, placed in splits.items()}
    if documents is None:
        base = pairs(examples.get("train", []))
        known = dict.fromkeys(f"pair:{entry.id}" for entry in splits.get("train", []))
        source, holder = PAIRS, "the knowledge base (no documents, so training pairs)"
    else:
        base = [entry.document for entry in documents if entry.document]
        known = dict.fromkeys(entry.id for entry in documents if entry.id)
        holder = source
    for placed in splits.values():
        check_evidence(placed, known, holder, complaints)
    return TaskData(examples, base, source, (*problems, *complaints.lines()))


def pairs(train: Iterable[Example]) -> list[Document]:
    """Return the knowledge base of a task without documents: its training examples with their answers."""
    return [
        Document(
            id=f"pair:{example.id}",
            title="",
            text=f"Input: {example.text}\n\nAnswer: {example.references[0]}",
            example_id=example.id,
        )
        for example in train
        if example.references
    ]
