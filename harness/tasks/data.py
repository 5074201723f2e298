"""What a loader has read, before any limit: all splits, the knowledge base, and everything wrong with them.

What only a comparison of rows can show is found here: ids used twice, documents that repeat another one.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Final

from harness.errors import DataError, joined
from harness.tasks.complaints import Complaints, counted
from harness.tasks.locating import located
from harness.tasks.mapping import Placed, PlacedDocument
from harness.types import SPLITS, Document, Example, Split

PAIRS: Final = "input and answer of every training example"
UNIQUE: Final = "ids are unique over all splits (task.columns.id=[] numbers them)"
OTHER_IDS: Final = (
    "task.document_columns.id=[COLUMN] names another column of ids, [] makes ids from title and text, and evidence "
    "that names these ids is then unknown; rows that are parts of one document need a column, say section or chunk, "
    "that tells them apart"
)
FEW: Final = 50
"""training rows; the makers of hosted fine-tuning name 50 to 100 as the least that show anything"""
FEW_SHOW: Final = "a run shows that training works, not what fine-tuning can do; that takes 50 to 100 rows at least"


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
    """what was recognised, decided or counted, one line each"""
    repeats: int = 0
    """documents that were left out, as each repeats another one"""
    evidence: str = ""
    """how the evidence of rows that state none was found; "" where all rows state it"""
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """name of a document that was read in parts -> the ids of these"""
    recognised: bool = False
    """whether anything was recognised, carved or found: another version may read the same files otherwise"""

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
                spans = [(span.document_id, span.start, span.end, span.piece) for span in e.spans]
                fields = (split, e.id, content, e.references, e.evidence, e.answerable, e.group, e.slice, e.facts)
                yield (*fields, spans) if spans else fields
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
    splits = unique_ids(splits, complaints)
    check_splits(splits, complaints)
    repeated, unusable = dict[str, str](), list[str | None]()
    if documents is None:
        base = pairs(entry.example for entry in splits.get("train", []) if entry.example)
        unusable = [f"pair:{entry.id}" for entry in splits.get("train", []) if not entry.example]
        source, holder = PAIRS, "the knowledge base (no documents, so training pairs)"
    else:
        base, repeated = distinct(entry.document for entry in documents if entry.document)
        _count_repeats(base, repeated, source, complaints)
        unusable = [entry.id for entry in documents if not entry.document]
        holder = source
    others = {**repeated, **{name: "" for name in unusable if name}}
    parts = parts_of(documents or (), repeated)
    found = located(splits, base, others, parts, holder, complaints)
    examples = {split: [entry.example for entry in found.get(split, []) if entry.example] for split in SPLITS}
    complaints.remark(("knowledge",), _knowledge(base, source))
    _remark_few(examples["train"], complaints)
    lines, remarks = (*problems, *complaints.lines()), complaints.remarks()
    return TaskData(examples, base, source, lines, remarks, len(repeated), parts=parts)


def parts_of(documents: Iterable[PlacedDocument], repeated: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the name of each document that was read in parts -> the ids of these that are kept."""
    parts: dict[str, list[str]] = {}
    for entry in documents:
        own = entry.document and repeated.get(entry.document.id, entry.document.id)
        for parent in entry.parents if own else ():
            parts.setdefault(parent, []).append(str(own))
    return parts


def _knowledge(base: Sequence[Document], source: str) -> str:
    """Say in a line what can be retrieved."""
    if not base:
        return "knowledge base: none; there are neither documents (task.documents_file) nor training pairs"
    what = f"the {counted(len(base), 'training pair')}, as there are no documents" if source == PAIRS else source
    return f"knowledge base: {what}" + ("" if source == PAIRS else f", {counted(len(base), 'document')}")


def _remark_few(train: Sequence[Example], complaints: Complaints) -> None:
    if 0 < len(train) < FEW:
        text = f"only {counted(len(train), 'training row')}: {FEW_SHOW}"
        complaints.remark(("few",), text)


def unique_ids(splits: Mapping[Split, Sequence[Placed]], complaints: Complaints) -> Mapping[Split, Sequence[Placed]]:
    """Return the splits, with their names before all ids where ids start anew in each: the same ids, other inputs.

    Where an id occurs twice otherwise, the same row may be in two splits: it is reported.
    """
    inputs: dict[str, list[tuple[Split, object]]] = {}
    for split, placed in splits.items():
        for own in filter(None, (entry.example for entry in placed)):
            inputs.setdefault(own.id, []).append((split, own.input))
    again = [name for name, found in inputs.items() if len(found) > 1]
    if not again or not all(_all_differ(inputs[name]) for name in again):
        return splits
    text = f"another example in each split has the same id, such as {again[0]!r} ({counted(len(again), 'id')})"
    complaints.remark(("ids",), f"{text}: ids were made unique by putting the split's name before them")
    return {split: [_renamed(entry, split) for entry in placed] for split, placed in splits.items()}


def joined_parts(parts: Sequence[Sequence[Placed]], files: Sequence[Path], complaints: Complaints) -> list[Placed]:
    """Return the rows of the files of one split; ids that start anew in each get the name of their file before them.

    Args:
        parts: rows of each file.
        files: the same number of them.
        complaints: gets a remark where ids were changed.
    """
    inputs: dict[str, list[tuple[int, object]]] = {}
    for number, placed in enumerate(parts):
        for own in filter(None, (entry.example for entry in placed)):
            inputs.setdefault(own.id, []).append((number, own.input))
    again = [found for found in inputs.values() if len(found) > 1]
    if not again or not all(map(_all_differ, again)):
        return [entry for placed in parts for entry in placed]
    names = ", ".join(path.name for path in files)
    text = f"{names}: ids start anew in each file: the file's name was put before them"
    complaints.remark(("ids", names), text)
    return [_renamed(entry, file.stem) for placed, file in zip(parts, files, strict=True) for entry in placed]


def _all_differ(found: Sequence[tuple[object, object]]) -> bool:
    """Return whether these rows are of as many splits, or files, and have as many inputs."""
    return all(len(set(part)) == len(found) for part in zip(*found, strict=True))


def _renamed(entry: Placed, split: str) -> Placed:
    name = None if entry.id is None else f"{split}-{entry.id}"
    return entry._replace(id=name, example=entry.example and replace(entry.example, id=name or entry.example.id))


def check_apart(splits: Mapping[Split, Sequence[Placed]], complaints: Complaints) -> None:
    """Report splits that are another one as they were read, whatever the order of their rows and their ids.

    Of splits that share some of their rows the audits tell (`harness.tasks.overlap`).
    """
    examples = {split: [entry.example for entry in placed if entry.example] for split, placed in splits.items()}
    rows = {split: {(own.input, own.references) for own in found} for split, found in examples.items()}
    for one, other in combinations(rows, 2):
        inside = rows[one] == rows[other] or (one == "validation" and rows[one] < rows[other])
        if len(rows[one]) > 1 and inside:
            text = f"all {len(rows[one]):,} rows of {one} are in {other}, input and answer: no split may be another"
            taken = other if one == "train" else one
            advice = f"use other rows, or set task.splits.{taken}=null, which carves it from train"
            complaints.add(("apart", one, other), f"{text}; {advice}")


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
                line = f"{entry.place}: id {entry.id!r} is already used {where}; {UNIQUE}"
                complaints.add(("twice", split, other), line)


def check_documents(placed: Sequence[PlacedDocument], label: str, complaints: Complaints) -> None:
    """Report ids that two documents have; a row that stands twice is left out by `distinct`."""
    first: dict[str, PlacedDocument] = {}
    for entry in placed:
        known = entry if entry.id is None else first.setdefault(entry.id, entry)
        if known is not entry and (entry.document is None or known.document != entry.document):
            line = f"{entry.place}: document id {entry.id!r} is already used at {known.place}"
            complaints.add(("twice", label), f"{line}; {OTHER_IDS}")


def distinct(documents: Iterable[Document]) -> tuple[list[Document], dict[str, str]]:
    """Return the documents, those that are alike in all but the id only once, and id left out -> id that is kept.

    A ranking would spend its k passages on one text, and showing it under another id would count as a miss.
    """
    first: dict[Document, Document] = {}
    kept, repeated = list[Document](), dict[str, str]()
    for document in documents:
        same = first.setdefault(replace(document, id=""), document)
        if same is document:
            kept.append(document)
        else:
            repeated[document.id] = same.id
    return kept, repeated


def _count_repeats(base: Sequence[Document], repeated: Mapping[str, str], source: str, complaints: Complaints) -> None:
    total = len(base) + len(repeated)
    if repeated:
        name, same = next(iter(repeated.items()))
        line = f"{source}: {len(repeated):,} of {total:,} documents repeat another one ({name!r} repeats {same!r})"
        complaints.remark(("repeated", source), f"{line}; they are left out, and evidence that names them means that")
    alike = len(base) - len({document.text for document in base})
    if alike:
        line = f"{source}: {alike:,} of {total:,} documents have the text of another one under another title"
        complaints.remark(("same text", source), line)


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
