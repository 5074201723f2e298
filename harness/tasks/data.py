"""What a loader has read, before any limit: all splits, the knowledge base, and everything wrong with them.

Faults that only a comparison of rows can show are found here: ids used twice, evidence that names no document.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from harness.errors import DataError, joined
from harness.tasks.complaints import Complaints
from harness.tasks.mapping import Placed, PlacedDocument
from harness.types import THE_INPUT, Document, Example, Split

PAIRS: Final = "input and answer of every training example"


@dataclass(frozen=True)
class TaskData:
    """Examples and documents of a task, in the order of their files."""

    splits: Mapping[Split, Sequence[Example]]
    """usable examples; only to be used if there is no problem"""
    documents: Sequence[Document]
    """the knowledge base"""
    knowledge: str
    """source of the knowledge base, for the record"""
    problems: tuple[str, ...]
    """everything that is wrong, one line each"""
    remarks: tuple[str, ...] = ()
    """what was recognised, decided or left out, one line each"""

    def demand(self, task: str) -> None:
        """Raise DataError that names all problems, unless there are none."""
        if self.problems:
            raise joined(DataError, f"task {task}", self.problems)

    def sha256(self) -> str:
        """Return the sha256 over examples and documents, line by line as JSON, without a copy of everything."""
        checksum = hashlib.sha256()
        for line in self._lines():
            checksum.update(json.dumps(line, ensure_ascii=False).encode())
            checksum.update(b"\n")
        return checksum.hexdigest()

    def _lines(self) -> Iterator[tuple[object, ...]]:
        for split, examples in self.splits.items():
            for e in examples:
                content = e.input if isinstance(e.input, str) else [(turn.role, turn.content) for turn in e.input]
                yield (split, e.id, content, e.references, e.evidence, e.answerable, e.group, e.slice, e.facts)
        for document in self.documents:
            yield ("document", document.id, document.title, document.text, document.example_id, *document.metadata)


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
        documents: None makes the knowledge base from the training pairs.
        source: of the documents, for messages and the record.
        complaints: what is wrong so far; collects the rest.
        problems: what else is wrong, listed first.
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
    complaints.remark(("knowledge",), _knowledge(base, source))
    return TaskData(examples, base, source, (*problems, *complaints.lines()), complaints.remarks())


def _knowledge(base: Sequence[Document], source: str) -> str:
    """Say in a line what can be retrieved."""
    if not base:
        return "knowledge base: none; there are neither documents (task.documents_file) nor training pairs"
    what = f"the {len(base):,} training pairs, as there are no documents" if source == PAIRS else source
    return f"knowledge base: {what}" + ("" if source == PAIRS else f", {len(base):,} documents")


def check_splits(splits: Mapping[Split, Sequence[Placed]], complaints: Complaints) -> None:
    """Report ids that two rows have, of the same split or of different splits."""
    first: dict[str, tuple[Split, str]] = {}
    for split, placed in splits.items():
        for entry in placed:
            if entry.id is None:
                continue
            other, place = first.setdefault(entry.id, (split, entry.place))
            if place != entry.place:
                where = f"at {place}" if other == split else f"in the {other} split, at {place}"
                line = f"{entry.place}: id {entry.id!r} is already used {where}; ids are unique over all splits"
                complaints.add(("twice", split, other), line)


def check_documents(placed: Sequence[PlacedDocument], label: str, complaints: Complaints) -> None:
    """Report ids that two documents have."""
    first: dict[str, str] = {}
    for entry in placed:
        if entry.id is not None and first.setdefault(entry.id, entry.place) != entry.place:
            line = f"{entry.place}: document id {entry.id!r} is already used at {first[entry.id]}"
            complaints.add(("twice", label), line)


def check_evidence(placed: Iterable[Placed], known: Mapping[str, object], holder: str, complaints: Complaints) -> None:
    """Report evidence that names no document.

    Args:
        placed: of one split.
        known: ids of all documents, in order.
        holder: of the documents, for messages.
        complaints: collects what is wrong.
    """
    example = next(iter(known), None)
    hint = f"{len(known):,} documents, such as {example!r}" if example is not None else "no document"
    for entry in placed:
        for name in entry.evidence if entry.evidence != THE_INPUT else ():
            if name not in known:
                line = f"{entry.place}: evidence {name!r} names no document; {holder} has {hint}"
                complaints.add(("evidence", entry.place.rpartition(":")[0]), line)


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
