"""A task whose data are files in one folder: JSON lines, JSON, CSV or Parquet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Final

from harness.errors import DataError
from harness.store.spec import digest
from harness.tasks.complaints import Complaints
from harness.tasks.data import TaskData, check_documents, checked
from harness.tasks.knowledge.finding import content_sha256, described, find_knowledge, remark_beside
from harness.tasks.knowledge.reading import read_knowledge
from harness.tasks.loaded import LoadedTask
from harness.tasks.mapping import PlacedDocument, read_examples
from harness.tasks.rows import READERS, find_file, read_rows
from harness.types import SPLITS, THE_INPUT

DOCUMENTS: Final = "documents"


@dataclass(frozen=True)
class JsonlTask(LoadedTask):
    """Local files as a task. Each file is read once, when its content is first needed.

    Without a documents file the knowledge base is made of the (input, answer) pairs of the whole train split.
    An example whose files have no evidence column has the input as its evidence if there are no documents, and
    unknown evidence if there are.
    """

    KEY: ClassVar[str] = "harness.tasks.jsonl.JsonlTask"
    VERSION: ClassVar[int] = 1

    dir: str = field(compare=False)
    """folder of the files; keys depend on its content, not on its path"""
    splits: Mapping[str, str] = field(compare=False)
    """split -> file name, or its stem"""
    documents_file: str | None = field(compare=False)
    """file or folder in `dir`, with or without its ending, or a path; or null. "documents" alone may be missing"""

    def provenance(self) -> Mapping[str, Any]:
        names = {role: path.name for role, path in self._files.paths.items()}
        return {
            "files": {role: {"file": names[role], "sha256": sha} for role, sha in self._checksums.items()},
            "knowledge_base": self._data.knowledge,
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
            return {role: content_sha256(path) for role, path in self._files.paths.items()}
        except OSError as error:
            raise DataError(f"task {self._label}: a file cannot be read ({error})") from error

    @cached_property
    def _content_key(self) -> str:
        """The sha256 over the files and how they are read (columns, limit); not over the instruction."""
        if self._files.problems:
            self._data.demand(self._label)
        read = {"columns": self.columns, "document_columns": self.document_columns, "limit": self.limit}
        return digest({"version": self.VERSION, "files": self._checksums, **read})

    @cached_property
    def _data(self) -> TaskData:
        """Reads and checks everything; never raises on bad data."""
        complaints, paths = Complaints(), self._files.paths
        documents, source = None, ""
        if DOCUMENTS in paths:
            documents, source = self._read_documents(paths[DOCUMENTS], complaints), described(paths[DOCUMENTS])
        default_evidence = THE_INPUT if documents is None else ()
        splits = {
            split: read_examples(read_rows(path, complaints), self.columns, str(path), default_evidence, complaints)
            for split in SPLITS
            if (path := paths.get(split)) is not None
        }
        if (folder := Path(self.dir).expanduser()).is_dir() and self.documents_file:
            remark_beside(folder, self._files.paths.values(), complaints)
        return checked(splits, documents, source, complaints, self._files.problems)

    def _read_documents(self, path: Path, complaints: Complaints) -> list[PlacedDocument]:
        placed = read_knowledge(path, self.document_columns, complaints)
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
    for split, name in ((split, splits.get(split, split)) for split in SPLITS):
        path = find_file(folder, name, complaints) if name else None
        if path is not None:
            paths[split] = path
        elif name:
            complaints.add(("file",), _missing(folder, split, name))
    if documents_file and (knowledge := find_knowledge(folder, documents_file, complaints)) is not None:
        paths[DOCUMENTS] = knowledge
    return Files(paths, complaints.lines())


def _missing(folder: Path, role: str, name: str) -> str:
    wanted = name if Path(name).suffix in READERS else f"{name}{{{','.join(READERS)}}}"
    existing = sorted(path.name for path in folder.iterdir() if path.suffix in READERS)
    return f"{folder / wanted}: no such file exists for {role}; the folder has {', '.join(existing) or 'no data file'}"
