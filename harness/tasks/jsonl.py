"""A task whose data are files in one folder: JSON lines, JSON, CSV or Parquet."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Final

from harness.errors import DataError
from harness.store.spec import digest, file_sha256
from harness.tasks.complaints import Complaints
from harness.tasks.data import TaskData, check_documents, checked
from harness.tasks.formats.loading import AUTO, ExampleFiles
from harness.tasks.input_evidence import UNSTATED, is_unknown, settled
from harness.tasks.loaded import LoadedTask
from harness.tasks.mapping import PlacedDocument, read_documents, read_examples
from harness.tasks.reference_kinds import remark_on_content
from harness.tasks.rows import READERS, find_file, read_rows
from harness.types import SPLITS

DOCUMENTS: Final = "documents"


@dataclass(frozen=True)
class JsonlTask(LoadedTask):
    """Local files as a task. Each file is read once, when its content is first needed.

    Without a documents file the knowledge base is made of the (input, answer) pairs of the whole train split.
    The evidence of an example whose file has no evidence column is unknown, unless there are no documents and the
    training references demonstrably rest on their inputs (`harness.tasks.input_evidence`).
    """

    KEY: ClassVar[str] = "harness.tasks.jsonl.JsonlTask"
    VERSION: ClassVar[int] = 1

    dir: str = field(compare=False)
    """folder of the files; keys depend on its content, not on its path"""
    splits: Mapping[str, str] = field(compare=False)
    """split -> file name, or its stem"""
    documents_file: str | None = field(compare=False)
    """file name (then it must be there), its stem (then it may be missing), or null"""
    format: str = field(default=AUTO, compare=False)
    """of the examples: auto (recognised and said), columns (as they are), alpaca, sharegpt, openai, squad or hotpot"""
    encoding: str | None = field(default=None, compare=False)
    """of text files, as Python names it; null: recognised and said"""
    delimiter: str | None = field(default=None, compare=False)
    """between the cells of tables; null: recognised and said"""

    def provenance(self) -> Mapping[str, Any]:
        names = {role: path.name for role, path in self._files.paths.items()}
        return {
            "files": {role: {"file": names[role], "sha256": sha} for role, sha in self._checksums.items()},
            "knowledge_base": self._data.knowledge,
            **({"evidence": self._data.evidence} if self._data.evidence else {}),
            "limit": self.limit,
        }

    @property
    def _label(self) -> str:
        return f"{self.name} ({self.dir})"

    @cached_property
    def _files(self) -> "Files":
        return find_files(Path(self.dir).expanduser(), self.splits, self.documents_file)

    @cached_property
    def _checksums(self) -> Mapping[str, str]:
        try:
            return {role: file_sha256(path) for role, path in self._files.paths.items()}
        except OSError as error:
            raise DataError(f"task {self._label}: a file cannot be read ({error})") from error

    @cached_property
    def _content_key(self) -> str:
        """The sha256 over the files and how they are read (columns, limit); not over the instruction."""
        if self._files.problems:
            self._data.demand(self._label)
        read: dict[str, Any] = {"columns": self.columns, "document_columns": self.document_columns, "limit": self.limit}
        if self._data.evidence and any(map(is_unknown, self._data.splits.values())):
            read["evidence"] = "unknown"  # until 2026-11 the input was the evidence of such rows
        if self._data.repeats:
            read["repeated documents"] = "left out"
        read |= self._examples.key(self._files.paths)
        return digest({"version": self.VERSION, "files": self._checksums, **read})

    @cached_property
    def _data(self) -> TaskData:
        """Reads and checks everything; never raises on bad data."""
        complaints, paths = Complaints(), self._files.paths
        documents, source = None, ""
        if DOCUMENTS in paths:
            documents, source = self._read_documents(paths[DOCUMENTS], complaints), paths[DOCUMENTS].name
        files = self._examples.opened(with_documents=documents is None)
        splits = {
            split: read_examples(*files.read(path, complaints), str(path), UNSTATED, complaints)
            for split in SPLITS
            if (path := paths.get(split)) is not None
        }
        documents, source = files.documents(documents, source, complaints)
        splits, evidence = settled(splits, documents is not None, complaints)
        remark_on_content(splits, documents or (), complaints)
        return replace(checked(splits, documents, source, complaints, self._files.problems), evidence=evidence)

    @property
    def _examples(self) -> ExampleFiles:
        return ExampleFiles(self.columns, self.format, self.encoding, self.delimiter)

    def _setting_problems(self) -> list[str]:
        return [*super()._setting_problems(), *self._examples.problems()]

    def _read_documents(self, path: Path, complaints: Complaints) -> list[PlacedDocument]:
        placed = read_documents(read_rows(path, complaints), self.document_columns, str(path), complaints)
        check_documents(placed, str(path), complaints)
        return placed


@dataclass(frozen=True)
class Files:
    """The files of a task."""

    paths: Mapping[str, Path]
    """existing files by split; the documents file is called documents"""
    problems: tuple[str, ...]
    """one line per missing file"""


def find_files(folder: Path, splits: Mapping[str, str], documents_file: str | None) -> Files:
    """Look for the files without reading them."""
    if not folder.is_dir():
        return Files({}, (f"{folder}: no such folder exists; set task.dir to the one with the task's files",))
    complaints = Complaints()
    for name in sorted(splits.keys() - set(SPLITS)):
        complaints.add(("splits",), f"splits has {name!r}: want {', '.join(SPLITS)}")
    paths: dict[str, Path] = {}
    for role, name in [*((split, splits.get(split, split)) for split in SPLITS), (DOCUMENTS, documents_file or "")]:
        path = find_file(folder, name, complaints) if name else None
        if path is not None:
            paths[role] = path
        elif name and not _may_be_missing(role, name):
            complaints.add(("file",), _missing(folder, role, name))
    return Files(paths, complaints.lines())


def _may_be_missing(role: str, name: str) -> bool:
    return role == DOCUMENTS and Path(name).suffix not in READERS


def _missing(folder: Path, role: str, name: str) -> str:
    wanted = name if Path(name).suffix in READERS else f"{name}{{{','.join(READERS)}}}"
    existing = sorted(path.name for path in folder.iterdir() if path.suffix in READERS)
    return f"{folder / wanted}: no such file exists for {role}; the folder has {', '.join(existing) or 'no data file'}"
