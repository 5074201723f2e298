"""A task whose data is a set on the Hugging Face Hub, or a local folder laid out like one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any, ClassVar

from harness.store.spec import digest, file_sha256
from harness.tasks.carving import Carving
from harness.tasks.complaints import Complaints
from harness.tasks.contradictions import contradiction_remark
from harness.tasks.data import TaskData, check_apart, check_documents, checked
from harness.tasks.download import Download, HubError, download
from harness.tasks.loaded import LoadedTask, carved
from harness.tasks.mapping import Placed, PlacedDocument, merged, read_documents, read_examples, with_document
from harness.tasks.missing_columns import MissingColumns
from harness.types import SPLITS, Split


@dataclass(frozen=True)
class HubTask(LoadedTask):
    """A Hub set as a task. It is downloaded once, when its content is first needed.

    Documents are the distinct texts of the document columns, over all rows; the document of a row is the evidence
    of its example. Without document columns the knowledge base consists of the (input, answer) pairs of the train
    split.
    """

    KEY: ClassVar[str] = "harness.tasks.hub.HubTask"
    VERSION: ClassVar[int] = 1

    id: str = field(compare=False)
    """owner/name on the Hub; a path that starts with / . or ~ is a local folder"""
    config: str | None = field(compare=False)
    """named configuration of the set"""
    folder: str | None = field(compare=False)
    """folder inside the repository to read instead of a named configuration"""
    revision: str | None = field(compare=False)
    """commit, tag or branch; null for the newest. The commit that was read is always recorded"""
    cache: str | None = field(compare=False)
    """folder for what is downloaded; null for the library's own"""
    splits: Mapping[str, str | None] = field(compare=False)
    """split -> split of the set; one without is carved from train, whole groups and lookalikes, as in local files"""
    carve: Mapping[str, float] = field(compare=False)
    """split that the set lacks -> share of train that is taken for it by single rows, the same in every run"""
    merge_same_input: bool = field(compare=False)
    """whether rows of a split that have the same input are one example with several references"""

    def provenance(self) -> Mapping[str, Any]:
        self._data.demand(self._label)
        source = self._source
        return {
            "hub": self.id,
            "config": self.config,
            "folder": self.folder,
            "revision": self.revision,
            "commit": source.commit,
            "from_cache": source.from_cache,
            "files": {name: file_sha256(path) for name, path in source.files.items()},
            "splits": dict(self.splits),
            "carve": dict(self.carve),
            "carved": {"shares": self._shares, "seed": self.split_seed} if self._shares else None,
            "knowledge_base": self._data.knowledge,
            "remarks": list(self.remarks()),
            "limit": self.limit,
        }

    @property
    def _label(self) -> str:
        return f"{self.name} ({self.id})"

    def _setting_problems(self) -> list[str]:
        answers = [name for name in self.document_columns.text if name in self.columns.references]
        twice = [
            f"{name} is a column of both columns.references and document_columns.text: documents would be answers"
            for name in answers
        ]
        return [*super()._setting_problems(), *twice]

    @property
    def _named(self) -> dict[str, str]:
        """The splits that the set has."""
        return {split: name for split, name in self.splits.items() if name is not None}

    @property
    def _shares(self) -> dict[Split, float]:
        """Part of train that splits get which nothing else gives."""
        wanted = self.shares([split for split in SPLITS if split not in {*self._named, *self.carve}])
        return {split: share for split, share in wanted.items() if share} if "train" in self._named else {}

    @cached_property
    def _source(self) -> Download:
        return download(self.id, self.config, self.folder, self.revision, self.cache)

    @cached_property
    def _content_key(self) -> str:
        """The sha256 over examples, documents and limit: the same for the same data from any source."""
        self._data.demand(self._label)
        return digest({"version": self.VERSION, "read": self._data.sha256(), "limit": self.limit})

    @cached_property
    def _data(self) -> TaskData:
        if problems := split_problems(self._named, self.carve):
            return TaskData({}, [], "", tuple(problems))
        try:
            return self._read(self._source)
        except HubError as error:
            return TaskData({}, [], "", (str(error),))

    def _read(self, source: Download) -> TaskData:
        complaints = Complaints()
        documents: list[PlacedDocument] = []
        splits: dict[Split, list[Placed]] = {}
        missing = MissingColumns(complaints)
        for split in SPLITS:
            if split in self._named:
                splits[split], texts = self._read_split(source, self._named[split], missing)
                documents += texts
        missing.report()
        check_apart(splits, complaints)
        if self.carve and splits["train"]:
            shares = {split: self.carve[split] for split in SPLITS if split in self.carve}
            splits = {**splits, **carved(splits["train"], shares, rest="train")}
            if not splits["train"]:
                complaints.add(("carve",), f"{self.id}: nothing is left of train after carve has taken its shares")
        if self._shares:
            splits |= Carving(self._shares, self.split_seed).carve(splits["train"], self._label, complaints)
        ordered = {split: splits[split] for split in SPLITS if split in splits}
        if line := contradiction_remark(ordered):
            complaints.remark(("contradictions",), line)
        if not self.document_columns.text:
            return checked(ordered, None, self.id, complaints)
        unique = list({(entry.id, entry.document): entry for entry in documents}.values())
        check_documents(unique, self.id, complaints)
        return checked(ordered, unique, self.id, complaints)

    def _read_split(
        self, source: Download, split: str, missing: MissingColumns
    ) -> tuple[list[Placed], list[PlacedDocument]]:
        label = f"{self.id}/{split}"
        placed = read_examples(source.rows(split, label), self.columns, label, (), missing)
        texts: list[PlacedDocument] = []
        if self.document_columns.text:
            texts = read_documents(source.rows(split, label), self.document_columns, label, missing.complaints)
            placed = [with_document(entry, text.document) for entry, text in zip(placed, texts, strict=True)]
        return (merged(placed) if self.merge_same_input else placed), texts


def split_problems(splits: Mapping[str, str], carve: Mapping[str, float]) -> list[str]:
    """Return what is wrong with the choice of splits."""
    known = ", ".join(SPLITS)
    problems = [f"{name!r} is not a split: want {known}" for name in sorted({*splits, *carve} - set(SPLITS))]
    problems += [f"splits and carve both give {name}: keep one" for name in SPLITS if name in splits and name in carve]
    problems += _same_splits(splits)
    if "train" not in splits and ("test" not in splits or carve):
        problems.append("neither splits nor carve gives test: name it, or train to carve it from, in splits")
    problems += [
        f"carve.{name} is {share}: want a share between 0 and 1" for name, share in carve.items() if not 0 < share < 1
    ]
    if sum(carve.values()) >= 1:
        problems.append(f"carve takes {sum(carve.values()):g} of train: want less than 1 in all")
    if "train" in carve:
        problems.append("carve.train: train is the split that carve takes from; name it in splits")
    return problems


def _same_splits(splits: Mapping[str, str]) -> list[str]:
    return [
        f"splits.{one} and splits.{other} are both {splits[one]!r}: no split may be another; leave {other} out, which "
        "carves it from train"
        for one, other in combinations(SPLITS, 2)
        if one in splits and splits[one] == splits.get(other)
    ]
