"""A task whose data are files in one folder: JSON lines, JSON, CSV or Parquet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Final

from harness.errors import DataError
from harness.store.spec import digest
from harness.tasks.carving import Carving
from harness.tasks.columns import typed
from harness.tasks.complaints import Complaints
from harness.tasks.data import TaskData, check_apart, check_documents, checked, joined_parts
from harness.tasks.document_names import DocumentNames
from harness.tasks.files.json_parts import documents_in
from harness.tasks.files.row import FileShape
from harness.tasks.formats.loading import AUTO, TOLD, ExampleFiles
from harness.tasks.input_evidence import is_unknown, settled
from harness.tasks.knowledge.beside import named, remark_beside
from harness.tasks.knowledge.finding import content_sha256, described, is_plain
from harness.tasks.knowledge.partly_named import Head, partly_named
from harness.tasks.knowledge.reading import MADE, read_knowledge
from harness.tasks.known_columns import DEFAULTS
from harness.tasks.loaded import LoadedTask
from harness.tasks.locating import FOUND
from harness.tasks.mapping import UNSTATED, Placed, PlacedDocument, read_examples
from harness.tasks.missing_columns import MissingColumns
from harness.tasks.reference_kinds import remark_on_content
from harness.tasks.split_column import SplitColumn, split_column
from harness.tasks.task_files import DOCUMENTS, NO_CORPUS, QUERIES, Files, files_of, find_files
from harness.tasks.unread import remark_unread
from harness.types import SPLITS, Split

NO_ANSWERS: Final = "no answers are read (task.columns.references=[]): what needs none is measured; nothing is trained"


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
    """folder of the files, or one file; keys depend on the content, not on the path"""
    splits: Mapping[str, str | Sequence[str] | None] = field(compare=False)
    """split -> file name, or its stem; a list of several, or a pattern (train-*), that are read together; null: no file
    of it. A split without a file is carved from train"""
    documents_file: str | Sequence[str] | None = field(compare=False)
    """file or folder in `dir`, with or without its ending, or a path; a list of several; "." for all texts in `dir` and
    below; or null. "documents" alone may be missing"""
    format: str = field(default=AUTO, compare=False)
    """of the examples: auto (recognised and said), columns (as they are), alpaca, sharegpt, openai, squad, hotpot, nq,
    choices; transcript (conversations in one text, on request alone)"""
    encoding: str | None = field(default=None, compare=False)
    """of text files, as Python names it; null: recognised and said"""
    delimiter: str | None = field(default=None, compare=False)
    """between the cells of tables; null: recognised and said"""
    options_from: int | None = field(default=None, compare=False)
    """number of the first option where multiple choice gives the right one as a number; null: recognised and said"""
    options_between: str | None = field(default=None, compare=False)
    """what stands between the options of multiple choice that share one cell; null: recognised and said"""
    options_right: str | None = field(default=None, compare=False)
    """of several right options an answer must name all, or any; null: all, and said"""
    answers_between: str | None = field(default=None, compare=False)
    """between right answers that share a cell: a sign, newline, tab, pipe, semicolon, comma; null: each cell is one"""
    assistant: str | Sequence[str] | None = field(default=None, compare=False)
    """names of those who answer in chats whose turns give names instead of roles; null: recognised and said"""
    sheet: str | int | None = field(default=None, compare=False)
    """of workbooks, that has the examples: its name, or its number from 1; null: recognised and said"""
    header_row: int | None = field(default=None, compare=False)
    """number of the row of tables and sheets with names of the columns, from 1; 0: none has them; null: recognised"""
    every_row: bool = field(default=False, compare=False)
    """whether totals, notes and repeated headers in tables and sheets are rows; false: they are left out and said"""
    documents_sheet: str | int | None = field(default=None, compare=False)
    """the same as sheet, of documents; in the workbook of the examples if there is no documents file"""
    documents_header_row: int | None = field(default=None, compare=False)
    """the same as header_row, of documents"""

    def provenance(self) -> Mapping[str, Any]:
        names = {role: path.name for role, path in self._files.paths.items()}
        if self._files.parts:
            names[DOCUMENTS] = ", ".join(map(named, self._files.parts))
        return {
            "files": {role: {"file": names[role], "sha256": sha} for role, sha in self._checksums.items()},
            "carved": dict(self._carving) or None,
            **({"split column": self._split_column.name} if self._split_column else {}),
            "knowledge_base": self._data.knowledge,
            **({"evidence": self._data.evidence} if self._data.evidence else {}),
            "remarks": [line.replace(f"{self._files.folder}/", "") for line in self.remarks()],
            "limit": self.limit,
        }

    @property
    def files(self) -> Mapping[str, Path]:
        """Existing files by split; the file or folder of documents is called documents."""
        return self._files.paths

    @property
    def _label(self) -> str:
        return f"{self.name} ({self.dir})"

    @cached_property
    def _files(self) -> Files:
        sheets = _as_text(self.documents_sheet), _as_text(self.sheet)
        return find_files(
            Path(self.dir).expanduser(), self.splits, self.documents_file, self.shares(), *sheets, self.columns
        )

    @property
    def _carving(self) -> Mapping[str, Any]:
        """What decides which rows of train are in other splits; {} where none are."""
        shares = self._shares
        return {"shares": shares, "seed": self.split_seed} if shares else {}

    @property
    def _shares(self) -> dict[Split, float]:
        told = self._split_column.splits if self._split_column else set[Split]()
        return {} if told == {"test"} else self.shares(set(self._files.carved) - told)

    @cached_property
    def _split_column(self) -> SplitColumn | None:
        """The column of the first file that says which split a row is of; files of all splits need none."""
        splits = {split: path for split in SPLITS if (path := self._files.paths.get(split)) is not None}
        own = next(iter(splits), None)
        if own is None or len(splits) == len(SPLITS):
            return None
        others = {split: path for split, path in splits.items() if split != own}
        return split_column(splits[own], self._examples.shape(), self.columns, others, self._split_faults)

    @cached_property
    def _split_faults(self) -> Complaints:
        return Complaints()

    @cached_property
    def _checksums(self) -> Mapping[str, str]:
        try:
            parts = self._files.parts
            return {
                role: content_sha256(path, parts if role == DOCUMENTS else ())
                for role, path in self._files.paths.items()
            }
        except OSError as error:
            raise DataError(f"task {self._label}: a file cannot be read ({error})") from error

    @cached_property
    def _content_key(self) -> str:
        """The sha256 over the files and how they are read (columns, limit); not over the instruction.

        Where anything was recognised, what was read is a part of it: a version that reads the files otherwise has
        another key, and one that reads them alike has the same.
        """
        if self._files.problems:
            self._data.demand(self._label)
        read: dict[str, Any] = {"columns": self.columns, "document_columns": self.document_columns, "limit": self.limit}
        if self._data.evidence and any(map(is_unknown, self._data.splits.values())):
            read["evidence"] = "unknown"  # until 2026-11 the input was the evidence of such rows
        if self._data.repeats:
            read["repeated documents"] = "left out"
        if self._carving:
            read["carved"] = self._carving
        if self._split_column:
            read["split column"] = self._split_column.name
        read |= self._examples.key()
        told = {"documents_sheet": self.documents_sheet, "documents_header_row": self.documents_header_row}
        read |= {name: value for name, value in told.items() if value is not None}
        if self._data.recognised:
            read["as read"] = self._data.sha256()
        return digest({"version": self.VERSION, "files": self._checksums, **read})

    @cached_property
    def _data(self) -> TaskData:
        """Reads and checks everything; never raises on bad data."""
        complaints, paths = self._files.complaints(), self._files.paths
        if any(NO_CORPUS in line for line in self._files.problems):  # every id would be called wrong
            return TaskData({}, [], "", self._files.problems)
        documents, source = None, ""
        if DOCUMENTS in paths:
            documents = self._read_documents(paths[DOCUMENTS], complaints)
            source = self._source(paths[DOCUMENTS])
        files, missing = self._examples.opened(with_documents=documents is None), MissingColumns(complaints)
        splits: dict[Split, list[Placed]] = {}
        for split in SPLITS:
            each = [
                read_examples(*files.read(path, complaints), str(path), UNSTATED, missing)
                for path in files_of(split, paths)
            ]
            if each:
                splits[split] = joined_parts(each, files_of(split, paths), complaints)
        missing.report()
        documents, source = files.documents(documents, source, complaints)
        if not self._files.problems:
            check_apart(splits, complaints)
        self._part(splits, complaints)
        splits, evidence = settled(splits, documents is not None, complaints)
        if not self.columns.references:
            complaints.remark(("no answers",), NO_ANSWERS)
        if self._files.folder.is_dir():
            remark_unread(Path(self.dir).expanduser(), self._files.read, DOCUMENTS in paths, complaints)
            if self.documents_file:
                remark_beside(self._files.folder, self._files.read, complaints)
        remark_on_content(splits, documents or (), complaints)
        found = checked(splits, documents, source, complaints, self._files.problems)
        found = self._with_partly_named(found, files)
        if not found.problems and not found.splits["test"]:
            found = replace(found, problems=(self._nothing_asked(),))
        recognised = bool(files.gathered.decisions or self._shares) or complaints.has_remark(FOUND)
        recognised = recognised or any(map(complaints.has_remark, MADE))
        recognised = recognised or (DOCUMENTS in paths and not is_plain(paths[DOCUMENTS]))
        return replace(found, evidence=evidence, recognised=recognised)

    def _with_partly_named(self, found: TaskData, files: ExampleFiles) -> TaskData:
        """Return the same with a line on a column that names documents of which some are missing."""
        stated = any(own.evidence or own.spans for examples in found.splits.values() for own in examples)
        if DOCUMENTS not in self._files.paths or stated or self.columns.evidence != DEFAULTS.evidence:
            return found
        heads = {path: Head(*head) for path, head in files.gathered.heads.items()}
        lines = partly_named(heads, DocumentNames(found.documents, parts=found.parts))
        return replace(found, remarks=(*found.remarks, *lines))

    def _nothing_asked(self) -> str:
        """Return what is wrong where no row of test is left, and what helps."""
        told = self._split_column
        if told is not None:
            rows = f"the column {told.name} says {' and '.join(sorted(told.splits))} of every row, and none is of test"
            return f"{rows}: set task.columns.slice=[{typed(told.name)}], which carves test from all of them"
        return "no row of test is left, so that nothing can be asked: set task.splits.test=null, or to another file"

    def _part(self, splits: dict[Split, list[Placed]], complaints: Complaints) -> None:
        """Give other splits rows of the first file: those that its column says are theirs, else a share."""
        own = next(iter(splits), None)
        if own is not None and self._split_column:
            splits |= self._split_column.parts(splits.pop(own), self._files.paths[own].name, complaints)
        for line in self._split_faults.lines():
            complaints.add(("split column",), line)
        if (shares := self._shares) and "train" in splits:
            splits |= Carving(shares, self.split_seed).carve(
                splits["train"], self._files.paths["train"].name, complaints
            )

    @property
    def _examples(self) -> ExampleFiles:
        told = {name: getattr(self, name) for name in TOLD}
        return ExampleFiles(self.columns, **told, read_besides=self._files.documents_sheet)

    def shape(self) -> FileShape:
        """Return what is told of the files of examples: how they are to be read."""
        return self._examples.shape()

    @property
    def document_parts(self) -> Sequence[Path]:
        """Files and folders that are the documents together, in the folder that is called so; () without several."""
        return self._files.parts

    def documents_shape(self) -> FileShape:
        """Return what is known of the files of documents before they are read."""
        sheet = self._files.documents_sheet or _as_text(self.documents_sheet)
        return FileShape(
            encoding=self.encoding or "",
            sheet=sheet,
            header_row=self.documents_header_row,
            every_row=self.every_row,
            documents=True,
        )

    def _setting_problems(self) -> list[str]:
        row = self.documents_header_row
        problems = [*super()._setting_problems(), *self._examples.problems()]
        if row is not None and row < 0:
            problems.append(f"documents_header_row is {row}: want null, the number of a row, from 1, or 0 for none")
        return problems

    def _read_documents(self, path: Path, complaints: Complaints) -> list[PlacedDocument]:
        columns = self.document_columns
        if columns.id and any(role.startswith(QUERIES) for role in self._files.paths):
            columns = replace(columns, id=tuple(dict.fromkeys((*columns.id, "_id"))))  # as this layout calls it
        before = len(complaints.lines())
        placed = read_knowledge(path, columns, complaints, self.documents_shape(), self._files.parts)
        if self._files.documents_sheet and not self.documents_sheet and len(complaints.lines()) > before:
            text = f"{path}: sheet {self._files.documents_sheet!r} is taken for the documents"
            complaints.add((path, "sheet"), f"{text}; if it has none, set task.documents_file=null")
        check_documents(placed, str(path), complaints)
        return placed

    def _source(self, path: Path) -> str:
        """Return what the knowledge base is called: a file or folder, or the part of one that it is."""
        sheet, keys = self._files.documents_sheet, documents_in(path)
        if sheet:
            return f"sheet {sheet!r} of {path.name}"
        what = described(path, self._files.parts)
        return f"{'.'.join(keys)} in {what}" if keys else what


def _as_text(sheet: str | int | None) -> str:
    return "" if sheet is None else str(sheet)
