"""The files of a task: those of the splits, and the knowledge base, which may be a sheet beside the questions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.tasks.columns import Columns
from harness.tasks.complaints import Complaints
from harness.tasks.files.folder_rows import held_in
from harness.tasks.files.json_parts import documents_in
from harness.tasks.files.qrels_layout import Layout, layout_of
from harness.tasks.knowledge.finding import find_knowledge, find_parts
from harness.tasks.knowledge.in_workbook import documents_beside, has_examples_too
from harness.tasks.known_columns import DEFAULTS
from harness.tasks.missing_files import packed_in
from harness.tasks.rows import READERS
from harness.tasks.split_files import SplitFiles, find_splits
from harness.tasks.split_names import split_called
from harness.tasks.table_kind import holds_examples
from harness.types import SPLITS, Split

DOCUMENTS: Final = "documents"
QUERIES: Final = "queries"
ANSWERS: Final = "answers"
NO_CORPUS: Final = (
    "queries and their gold documents are there, and no documents: want corpus.jsonl with the columns _id, title and "
    "text, or task.documents_file=FILE"
)
CONTRADICTION: Final = (
    "task.documents_sheet={sheet} says where documents are, and task.documents_file=null that there are none: leave "
    "one of them out"
)


@dataclass(frozen=True)
class Files:
    """The files of a task."""

    folder: Path
    """where they are"""
    paths: Mapping[str, Path]
    """existing files by split; further ones of a split are called "train part 2" …, the documents file documents, and
    BEIR's others queries and answers"""
    problems: tuple[str, ...]
    """one line per missing file"""
    carved: tuple[Split, ...] = ()
    """splits that have no file and get a share of train"""
    remarks: tuple[str, ...] = ()
    """what was recognised by its name"""
    documents_sheet: str = ""
    """sheet with the documents, where they are in a workbook of examples"""
    parts: tuple[Path, ...] = ()
    """files and folders that are the documents together; the documents file is then the folder that they are in"""

    @property
    def read(self) -> list[Path]:
        """The files and folders that are read."""
        files = [path for role, path in self.paths.items() if role != DOCUMENTS or not self.parts]
        folders = [path for role, path in self.paths.items() if role in SPLITS and path.is_dir() and not self.parts]
        return [*files, *self.parts, *(held for folder in folders for held in held_in(folder))]

    def complaints(self) -> Complaints:
        """Return where more is collected, with these remarks in it."""
        complaints = Complaints()
        for line in self.remarks:
            complaints.remark(("files",), line)
        return complaints


def _parts_of(found: SplitFiles) -> dict[str, Path]:
    """Return the further files of splits by what they are called: "train part 2"."""
    return {f"{split} part {n}": path for split, own in found.parts.items() for n, path in enumerate(own, start=2)}


def files_of(split: str, paths: Mapping[str, Path]) -> list[Path]:
    """Return the files of a split, in order.

    Args:
        split: its name.
        paths: existing files by what they are.
    """
    first = [paths[split]] if split in paths else []
    return first + [path for role, path in paths.items() if role.startswith(f"{split} part ")]


def _say_keys(splits: Mapping[str, Any], lone_sheet: str, complaints: Complaints) -> None:
    """Name splits that there are not, and a sheet of documents where none are wanted."""
    for name in sorted(splits.keys() - set(SPLITS)):
        complaints.add(("splits",), f"splits has {name!r}: want {', '.join(SPLITS)}")
    if lone_sheet:
        complaints.add(("documents sheet",), CONTRADICTION.format(sheet=lone_sheet))


def find_files(
    place: Path,
    splits: Mapping[str, str | Sequence[str] | None],
    documents_file: str | Sequence[str] | None,
    shares: Mapping[Split, float],
    documents_sheet: str = "",
    sheet: str = "",
    columns: Columns = DEFAULTS,
) -> Files:
    """Look for the files without reading more than names: of files, and of sheets and their columns.

    Args:
        place: a folder, or one file of examples.
        splits: split -> file name or its stem, several, a pattern (train-*), or null.
        documents_file: the same for the knowledge base, which may be a folder; or several.
        shares: part of train that a split without a file gets.
        documents_sheet: sheet of a workbook with the documents, if it is told.
        sheet: the same of the examples.
        columns: of the examples, as configured.
    """
    if not place.exists():
        return Files(place, {}, (f"{place}: no such folder exists; set task.dir to the one with the task's files",))
    folder, complaints = place if place.is_dir() else place.parent, Complaints()
    _say_keys(splits, documents_sheet if documents_file is None else "", complaints)
    documents, parts = _documents(folder, documents_file, complaints)
    layout = layout_of(place)
    if layout is not None and documents is None and documents_file == DOCUMENTS:
        documents = layout.corpus
    of_both = documents is not None and not parts and _holds_examples(documents, place, documents_sheet)
    taken = [] if of_both or documents is None else [*(parts or [documents])]
    if taken and documents_file == DOCUMENTS and _are_the_examples(place, documents, splits, layout, columns):
        documents, taken = None, []
    found = find_splits(place, splits, taken, shares, complaints, layout, columns)
    paths: dict[str, Path] = {str(split): path for split, path in found.paths.items()}
    paths |= {**_parts_of(found), **_beside(layout, found.paths.values())}
    if documents is None and documents_file == DOCUMENTS:
        documents = next((path for path in found.paths.values() if documents_in(path)), None)
    _say_held(found.paths.values(), documents, complaints)
    if documents is None and documents_file and layout is not None and QUERIES in paths:
        complaints.add(("corpus",), f"{folder}: {NO_CORPUS}{packed_in(folder)}")
    paths |= {} if documents is None else {DOCUMENTS: documents}
    inside = None
    if of_both or (documents is None and documents_file == DOCUMENTS):
        books = [documents] if documents is not None else found.paths.values()
        inside = documents_beside(books, documents_sheet, sheet, complaints)
    paths |= {} if inside is None else {DOCUMENTS: inside[0]}
    own = complaints.lines(), found.carved, complaints.remarks(), "" if inside is None else inside[1]
    return Files(folder, paths, *own, parts)


def _documents(
    folder: Path, name: str | Sequence[str] | None, complaints: Complaints
) -> tuple[Path | None, tuple[Path, ...]]:
    """Return the file or folder of documents, or the folder of the task and the parts that are read of it."""
    parts = find_parts(folder, name, complaints)
    if parts or not isinstance(name, str) or not name:
        return folder if parts else None, parts
    found = find_knowledge(folder, name, complaints)
    return None if name == DOCUMENTS and found is not None and found in held_in(folder) else found, ()


def _beside(layout: Layout | None, gold: Iterable[Path]) -> dict[str, Path]:
    """Return the files that are joined with gold documents that are read: queries, and answers if there are any."""
    if layout is None or set(layout.qrels).isdisjoint(gold := list(gold)):
        return {}
    files = list(dict.fromkeys(file for path in gold if path in layout.qrels for file in layout.queries_of(path)))
    queries = {QUERIES if len(files) == 1 else f"{QUERIES} {file.name}": file for file in files}
    return {**queries, **({ANSWERS: layout.answers} if layout.answers else {})}


def _say_held(paths: Iterable[Path], documents: Path | None, complaints: Complaints) -> None:
    """Name the documents in files of examples that are not read."""
    why = "documents_file is null" if documents is None else f"{documents.name} is the knowledge base"
    for path in paths:
        if path != documents and (keys := documents_in(path)):
            line = f"not read: the documents {'.'.join(keys)!r} in {path.name}, as {why}"
            complaints.remark(("held",), line)


def _are_the_examples(
    place: Path,
    documents: Path | None,
    splits: Mapping[str, str | Sequence[str] | None],
    layout: Layout | None,
    columns: Columns,
) -> bool:
    """Return whether a file that is called like documents asks and answers, and nothing else holds examples."""
    if documents is None or documents.is_dir() or layout is not None or not holds_examples(documents, columns):
        return False
    if place == documents:
        return True
    others = find_splits(place, splits, [documents], dict.fromkeys(SPLITS, 0.0), Complaints(), layout, columns)
    return not others.paths and len(_tables(place)) == 1


def _tables(place: Path) -> list[Path]:
    return [place] if place.is_file() else [path for path in place.iterdir() if path.suffix.lower() in READERS]


def _holds_examples(documents: Path, place: Path, sheet: str) -> bool:
    """Return whether the file that is named for the documents is the one of the examples, too: a workbook of both."""
    asked = _tables(place) == [documents] or split_called(documents.stem) is not None
    return asked and has_examples_too(documents, sheet)
