"""Which file holds which split: by name, by the names that people use, or one file for everything.

A name that differs from its split's own (`dev.jsonl`, `kb`) was chosen by the user, so that its file must be there. The
split's own name is the default: where no file has it, files with common names are taken, and said.
"""

import os
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final

from harness.tasks.columns import Columns, typed
from harness.tasks.complaints import Complaints
from harness.tasks.files.folder_rows import held_in
from harness.tasks.files.json_parts import is_about_texts, is_of_programs
from harness.tasks.files.qrels_layout import Layout, gold_files, meant, words
from harness.tasks.knowledge.beside import some, texts_in, typed_name
from harness.tasks.known_columns import DEFAULTS
from harness.tasks.missing_files import is_data, missing_file, to_save, words_of
from harness.tasks.rows import READERS, find_file
from harness.tasks.split_names import COMMON, KNOWLEDGE
from harness.tasks.split_parts import are_parts, in_folder_of, lost_part, only_folder
from harness.tasks.table_kind import holds_documents, holds_examples
from harness.types import SPLITS, Split

PATTERN: Final = frozenset("*?")
"""signs in a name that stands for several files"""
FEW: Final = 5
"""names that a message lists"""
LISTED: Final = 20
"""names that a key lists"""


@dataclass(frozen=True)
class SplitFiles:
    """Where the rows of each split are, and which splits are to be carved."""

    paths: Mapping[Split, Path]
    """files that are there"""
    carved: tuple[Split, ...] = ()
    """splits without a file that get a share of train"""
    parts: Mapping[Split, tuple[Path, ...]] = field(default_factory=dict)
    """more files of a split, read after the first"""


def find_splits(
    place: Path,
    splits: Mapping[str, str | Sequence[str] | None],
    documents: Collection[Path],
    shares: Mapping[Split, float],
    found: Complaints,
    layout: Layout | None = None,
    columns: Columns = DEFAULTS,
) -> SplitFiles:
    """Look for the files of the splits without reading them.

    Args:
        place: a folder, or one file.
        splits: split -> file name or its stem, several, or a pattern (train-*); null: there is no file of it.
        documents: files and folders of the knowledge base.
        shares: part of train that a split without a file gets; 0: none.
        found: collects what is wrong and what was recognised.
        layout: files of queries and their gold documents, if the folder is laid out so.
        columns: of the examples, as configured.
    """
    if place.is_file() and place.suffix.lower() not in READERS:
        found.add(("file",), f"{place}: a file of examples ends in {', '.join(READERS)}{to_save([place])}")
        return SplitFiles({})
    if place.is_dir() and (saved := _saved_to_disk(place)):
        found.add(("file",), saved)
        return SplitFiles({})
    told: dict[Split, Sequence[str]] = {split: _listed(splits.get(split, split)) for split in SPLITS}
    names = {split: every[0] if every else None for split, every in told.items()}
    search = _Search(place, names, found, columns, {split: every[1:] for split, every in told.items()})
    if search.is_whole():
        return SplitFiles({"train": place}, search.to_carve(shares))
    search.by_name()
    if layout is not None:
        search.by_gold_documents(layout)
    search.by_meaning(documents, layout)
    search.one_file_for_everything()
    search.refuse_one_file_twice()
    search.say_left()
    carved = search.to_carve(shares)
    return SplitFiles({split: search.paths[split] for split in SPLITS if split in search.paths}, carved, search.parts)


def _listed(told: str | Sequence[str] | None) -> Sequence[str]:
    return [told] if isinstance(told, str) else list(told or ())


@dataclass
class _Search:
    """The files of one task's splits, found step by step.

    Args:
        place: a folder, or one file.
        names: of the files or their stems; None: there is none.
        found: collects what is wrong and what was recognised.
        columns: of the examples, as configured: a file that asks and answers is one, whatever else it is called.
        more: names of further files of a split.
    """

    place: Path
    names: Mapping[Split, str | None]
    found: Complaints
    columns: Columns = DEFAULTS
    more: Mapping[Split, Sequence[str]] = field(default_factory=dict)
    paths: dict[Split, Path] = field(init=False, default_factory=dict)
    parts: dict[Split, tuple[Path, ...]] = field(init=False, default_factory=dict)
    """more files of a split than the one in paths"""
    meant: set[Split] = field(init=False, default_factory=set)
    """splits whose files were found by what their names mean"""
    inner: Path | None = field(init=False, default=None)
    """folder below in which the data files lie"""
    left: list[Path] = field(init=False, default_factory=list)
    """data files that are no split so far"""

    @property
    def folder(self) -> Path:
        return self.place.parent if self.place.is_file() else self.place

    @property
    def lost(self) -> set[Split]:
        """Splits whose chosen file is not there."""
        wanted = {split for split, name in self.names.items() if name not in (None, split) or self.more.get(split)}
        return wanted - self.paths.keys()

    def is_whole(self) -> bool:
        """Take the folder itself where it is examples as a whole, and no file is named for a split."""
        if self.place.is_file() or self.lost or not held_in(self.place):
            return False
        self.paths["train"] = self.place
        return True

    def by_name(self) -> None:
        """Take the files that have the names that were given; a chosen name must have one."""
        for split, name in self.names.items():
            if not name or (self.place.is_file() and name == split and not self.more.get(split)):
                continue
            every = [name, *self.more.get(split, ())]
            found = [path for one in every for path in self._called_so(one, split, alone=len(every) == 1)]
            if found:
                self.paths[split], *parts = dict.fromkeys(found)
                self._with_parts(split, parts)

    def _called_so(self, name: str, split: Split, *, alone: bool) -> list[Path]:
        """Return the files of a name, or of a pattern; a name that was chosen must have one."""
        if PATTERN & set(name):
            found = sorted(path for path in self.folder.glob(name) if is_data(path))
        else:
            path = find_file(self.folder, name, self.found)
            found = [] if path is None else [path]
        if not found and not (alone and name == split):
            self.found.add(("file", name), missing_file(self.folder, split, name))
        return found

    def _with_parts(self, split: Split, parts: Sequence[Path]) -> None:
        """Keep more files of a split and say so."""
        if parts:
            self.parts[split] = tuple(parts)
            names = [self._called(path) for path in (self.paths[split], *parts)]
            self.found.remark(("splits", split), f"the {split} split is {some(names)} together")

    def by_meaning(self, documents: Collection[Path], layout: Layout | None) -> None:
        """Take files whose names mean a split that has none so far; several for one are named."""
        inside = [self.place] if self.place.is_file() else sorted(self.place.iterdir())
        taken = {*documents, *self.paths.values(), *chain(*self.parts.values())}
        if layout is not None:  # these have no examples, whatever split their names mean
            taken |= {*layout.queries, *layout.qrels, *filter(None, (layout.answers, layout.corpus))}
        self.left = [path for path in inside if is_data(path) and path not in taken]
        if not self.left and not self.paths and layout is None and (folder := only_folder(inside, taken)) is not None:
            inside = sorted(folder.iterdir())
            self.left = [path for path in inside if is_data(path)]
            self.inner = folder
            self.found.remark(("splits", "folder"), f"the data files lie one below, in {folder.name}/")
        for split, name in self.names.items():
            if split in self.paths or name != split or self.more.get(split):
                continue
            candidates = [path for path in self.left if self._means(path) == {split}]
            exact = [path for path in candidates if path.stem.casefold() in COMMON[split]]
            if chosen := exact or candidates or in_folder_of(split, inside, taken):
                self._choose(split, chosen)

    def _means(self, path: Path) -> set[Split]:
        """Return the splits that words of a file's name mean; documents have none, though docs_test.csv may be one."""
        words = words_of(path)
        splits = {split for split, names in COMMON.items() if words & names}
        return splits if not words & KNOWLEDGE or (splits and holds_examples(path, self.columns)) else set()

    def by_gold_documents(self, layout: Layout) -> None:
        """Take the files of gold documents for the splits that have no file; of several the one that is called so."""
        left = [path for path in layout.qrels if path not in self.paths.values()]
        for split, name in self.names.items():
            if split in self.paths or name != split:
                continue
            candidates = [path for path in left if meant(words(path)) == {split}]
            exact = [path for path in candidates if words(path) - {"qrels", "qrel"} <= COMMON[split]]
            if chosen := exact or candidates:
                self._choose(split, chosen)
        if not self.paths and len(layout.qrels) == 1:
            self.paths["train"] = layout.qrels[0]
        elif not self.paths and not self.lost:
            self._refuse_unnamed(layout.qrels)

    def _refuse_unnamed(self, gold: Sequence[Path]) -> None:
        """Report files of gold documents of which none has the name of a split."""
        names = ", ".join(map(self._called, gold))
        text = f"{self.folder}: {names} name gold documents, and none is called train, validation or test"
        self.found.add(("file",), f"{text}; choose, such as task.splits.test={self._called(gold[0])}")

    def _called(self, path: Path) -> str:
        """Return what task.splits calls a file."""
        return path.relative_to(self.folder).as_posix()

    def _choose(self, split: Split, candidates: Sequence[Path]) -> None:
        name = self._called(candidates[0])
        together = are_parts(split, candidates)
        if lost := lost_part(candidates) if together or len(candidates) == 1 else "":
            self.found.add(("file",), f"{self._called(candidates[0])} is a part of the {split} split, and {lost}")
        elif len(candidates) > 1 and not together:
            names = list(map(self._called, candidates))
            every = f"; or read all of them: task.splits.{split}=[{','.join(map(typed, names))}]"
            text = f"{', '.join(names)} can each be the {split} split: choose one, task.splits.{split}={name}"
            self.found.add(("file",), text + every * (len(names) <= FEW))
        self._take(split, candidates[0])
        self.meant.add(split)
        if together:
            self.left = [path for path in self.left if path not in candidates]
            self._with_parts(split, candidates[1:])

    def one_file_for_everything(self) -> None:
        """Take the only file with examples as train; with task.splits.train=null as test alone."""
        if not self.paths and not self.lost:
            self._take_only()
        if self.paths.keys() == {"validation"} and {"train", "test"} <= set(self.names.values()):
            self.paths = {"train": self.paths["validation"]}
            self.found.remark(("splits",), f"the only file, {self.paths['train'].name}, serves as train")
        else:
            self._say_names()

    def say_left(self) -> None:
        """Name the files of the folder below that are no split; those beside it are named elsewhere."""
        if self.inner is not None and self.left and self.paths:
            names = some([self._called(path) for path in self.left])
            self.found.remark(("splits", "left"), f"not read: {names} (task.splits.SPLIT=FILE uses one)")

    def _say_names(self) -> None:
        """Say which file is which split where its name is another."""
        for split, path in self.paths.items():
            if split in self.meant and split != path.stem and split not in self.parts:
                self.found.remark(("splits",), f"the {split} split is {self._called(path)}, by its name")

    def _take_only(self) -> None:
        candidates = [path for path in self.left if not KNOWLEDGE & words_of(path)]
        candidates = candidates or [path for path in self.left if holds_examples(path, self.columns)]
        candidates = self._without_settings(candidates) if len(candidates) > 1 else candidates
        about = [path for path in candidates if len(candidates) == 1 and is_about_texts(path, texts_in(self.folder))]
        candidates = [] if about else candidates
        names = ", ".join(path.name for path in candidates)
        role: Split = "test" if self.names["train"] is None else "train"
        if len(candidates) == 1:
            self._take(role, candidates[0])
            self.found.remark(("splits",), f"the only file with examples, {names}, serves as {role}")
        elif candidates:
            name = self._called(candidates[0])
            advice = f"say which is which, such as task.splits.test={name}, or set task.dir to one"
            text = f"{self.folder}: no file is called train, validation or test, and it has {names}"
            self.found.add(("file",), f"{text}; {_as_documents(candidates) or advice + _to_join(candidates)}")
        else:
            held = f"; {about[0].name} is one JSON object that describes the texts beside it, no rows" if about else ""
            text = missing_file(self.folder, "examples", "train")
            self.found.add(("file",), f"{text}{held}{self._without_queries()}")

    def _without_settings(self, candidates: list[Path]) -> list[Path]:
        """Return the files that may hold rows, if some do not, and say which those are."""
        settings = [path for path in candidates if is_of_programs(path)]
        rest = [path for path in candidates if path not in settings]
        if rest and settings:
            names = some([path.name for path in settings])
            self.found.remark(("splits", "settings"), f"not read, as no list of rows is in it: {names}")
        return rest or candidates

    def _without_queries(self) -> str:
        """Say what is missing where files of gold documents are there."""
        gold = gold_files(self.folder)
        want = "which takes a file of queries: queries.jsonl with the columns _id and text"
        return f"; {self._called(gold[0])} says which documents are gold, {want}" if gold else ""

    def refuse_one_file_twice(self) -> None:
        """Report a file that is two splits."""
        known: dict[str, Split] = {}
        every = [(split, path) for split, one in self.paths.items() for path in (one, *self.parts.get(split, ()))]
        for split, path in every:
            other = known.setdefault(os.path.realpath(path), split)  # Path.resolve raises for a link to itself
            if other != split:
                taken = "validation" if "validation" in (other, split) else "test"
                text = f"{path.name} is both the {other} and the {split} split: no split may be another"
                advice = f"name another file, or set task.splits.{taken}=null, which carves {taken} from train"
                self.found.add(("file",), f"{text}; {advice}")

    def to_carve(self, shares: Mapping[Split, float]) -> tuple[Split, ...]:
        """Return the splits to carve, test first; a split whose chosen file is missing is reported already."""
        wanted = [split for split in reversed(SPLITS) if split not in self.paths and split not in self.lost]
        text = missing_file(self.folder, "test", "test") if "test" in wanted and self.paths else ""
        if "train" in self.paths:
            if text and not shares["test"]:
                self.found.add(("file",), f"{text}; task.test_share is 0, so that none is carved")
            return tuple(split for split in wanted if shares.get(split))
        if text:
            self.found.add(("file",), f"{text}; there is no train split to carve it from")
        elif "train" in wanted and "test" in self.paths:
            name = self.paths["test"].name
            self.found.remark(("splits",), f"there is no train split: {name} is asked, and nothing is trained")
        return ()

    def _take(self, split: Split, path: Path) -> None:
        self.paths[split] = path
        self.left = [other for other in self.left if other != path]


def _saved_to_disk(place: Path) -> str:
    """Return what to do with a folder that the datasets library has saved; "" for any other."""
    if not (place / "dataset_dict.json").exists() or any(place.glob("*.jsonl")):
        return ""
    loaded = f"d = datasets.load_from_disk({str(place)!r})"
    code = f"import datasets; {loaded}; [d[s].to_json({f'{place}/'!r} + s + '.jsonl') for s in d]"
    text = "was written by save_to_disk of the library datasets, whose Arrow files are not read; to write JSON lines"
    return f"{place}: {text}: python -c {shlex.quote(code)}"


def _as_documents(files: Sequence[Path]) -> str:
    """Return the key that makes a knowledge base of the only table of documents beside one of examples; "" else."""
    asking = [path for path in files if holds_examples(path)]
    base = [path for path in files if path not in asking and holds_documents(path)]
    if len(asking) != 1 or len(base) != 1:
        return ""
    text = f"{asking[0].name} asks and answers, and {base[0].name} has texts of documents by its columns"
    more = f", with task.splits.train={asking[0].name}" if len(files) > 2 else ""
    return f"{text}: set task.documents_file={typed_name(base[0])}{more}"


def _to_join(files: Sequence[Path]) -> str:
    """Return the key that reads files as one split, if they are parts of one set by their columns; "" for others."""
    endings = {path.suffix.lower() for path in files}
    if len(endings) > 1 or len(files) > LISTED:
        return ""
    key = f"task.splits.train=[{','.join(typed(path.name) for path in files)}]"
    if not endings <= {".csv", ".tsv"} or len({_first_line(path) for path in files}) == 1:
        return f"; parts of one set are read together by {key}"
    return (
        "; their columns differ: if one has the questions and another the answers, join their rows by id into one file"
    )


def _first_line(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.readline().removeprefix(b"\xef\xbb\xbf").strip()
    except OSError:
        return b""
