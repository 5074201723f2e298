"""The layout of BEIR and its relatives: queries in one file, their gold documents in others, the documents in a third.

BEIR: `corpus.jsonl` (_id, title, text), `queries.jsonl` (_id, text), `qrels/train.tsv`, `dev.tsv`, `test.tsv`.
MS MARCO and TREC: `collection.tsv`, `queries.train.tsv`, `qrels.train.tsv`, without a line that names the columns.
Answers are no part of the layout: they are taken from columns of the queries, or from a file beside them.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import mean
from typing import Final

from harness.tasks.columns import plain
from harness.tasks.complaints import Complaints
from harness.tasks.files.row import TAB, FileShape
from harness.tasks.files.text import text_lines
from harness.tasks.split_names import COMMON

FOLDER: Final = "qrels"
GOLD_WORDS: Final = frozenset(("qrels", "qrel"))
QUERY_WORDS: Final = frozenset(("queries", "query", "topics", "topic", "questions"))
CORPUS_WORDS: Final = ("corpus", "collection", "documents", "docs", "passages", "psgs")
"""names of the documents, likeliest first"""
ANSWER_WORDS: Final = frozenset(("answer", "answers", "reference", "references", "gold", "golden", "responses"))
"""words in the name of a file with the answers of the queries"""
RIGHT_WORDS: Final = frozenset(("gold", "golden", "reference", "references"))
TABLES: Final = (".jsonl", ".ndjson", ".json", ".tsv", ".csv", ".parquet")
LINES: Final = (".tsv", ".csv", ".txt")
"""endings of tables as text, which may have no line with the names of the columns"""
GOLD_ENDINGS: Final = (*TABLES, ".txt", ".qrels", ".qrel", ".trec", "")
NAMES: Final = frozenset(
    (
        *("id", "_id", "qid", "query_id", "question_id", "topic_id", "topic", "doc_id", "docid", "pid", "passage_id"),
        *("corpus_id", "document_id", "text", "query", "question", "title", "body", "contents", "content", "passage"),
        *("url", "input", "metadata", "answer", "answers"),
    )
)
"""names of columns of queries and documents; a first line with none of them is a row"""
LOOKED_AT: Final = 50
"""lines by which columns without names are told apart"""


@dataclass(frozen=True)
class Layout:
    """The files of a folder in this layout."""

    queries: tuple[Path, ...]
    """one, or one per split"""
    qrels: tuple[Path, ...]
    """files of gold documents"""
    corpus: Path | None
    """the documents, if the folder has them"""
    answers: Path | None
    """answers of the queries, if a file has them"""

    def queries_of(self, path: Path) -> tuple[Path, ...]:
        """Return the queries that a file of gold documents can be about: those of its name, else of its split."""
        own = words(path) - GOLD_WORDS
        same = [file for file in self.queries if words(file) - QUERY_WORDS == own]
        of_split = [file for file in self.queries if meant(own) and meant(words(file)) == meant(own)]
        general = [file for file in self.queries if not meant(words(file))]
        return tuple(same or of_split or general or self.queries)


def layout_of(folder: Path) -> Layout | None:
    """Return the files of a folder that is laid out so; None for any other."""
    if not folder.is_dir():
        return None
    inside = [path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix.lower() in TABLES]
    qrels = gold_files(folder)
    queries = [path for path in _called(folder, QUERY_WORDS) if path not in qrels]
    if not queries or not qrels:
        return None
    corpus = _corpus(folder)
    others = {*queries, *qrels, corpus}
    named = [path for path in inside if path not in others and words(path) & ANSWER_WORDS]
    return Layout(tuple(queries), tuple(qrels), corpus, min(named, key=_rank, default=None))


def gold_files(folder: Path) -> list[Path]:
    """Return the files that say which documents are gold for which query."""
    within = folder / FOLDER
    if within.is_dir() and (own := [path for path in sorted(within.iterdir()) if _may_be_gold(path)]):
        return own
    called = [path for path in sorted(folder.iterdir()) if _may_be_gold(path)]
    return [path for path in called if (words(path) | {path.suffix.lower()[1:]}) & GOLD_WORDS]


def _may_be_gold(path: Path) -> bool:
    about = words(path) & {"readme", "license"}
    return path.is_file() and path.suffix.lower() in GOLD_ENDINGS and not path.name.startswith(".") and not about


def _called(folder: Path, wanted: Iterable[str]) -> list[Path]:
    """Return the tables whose name has one of these words, or those in a folder that is called so."""
    kinds = (*TABLES, ".txt")
    there = [path for path in sorted(folder.iterdir()) if words(path) & set(wanted)]
    files = [path for path in there if path.is_file() and path.suffix.lower() in kinds]
    inside = (sorted(path.iterdir()) for path in there if path.is_dir())
    return files or [path for paths in inside for path in paths if path.is_file() and path.suffix.lower() in kinds]


def _corpus(folder: Path) -> Path | None:
    for word in CORPUS_WORDS:
        there = [path for path in sorted(folder.iterdir()) if word in words(path)]
        files = [path for path in there if path.is_file() and path.suffix.lower() in TABLES]
        exact = [path for path in files if words(path) == {word}] or files
        if exact or (there := [path for path in there if path.is_dir()]):
            return (exact or there)[0]
    return None


def _rank(path: Path) -> tuple[bool, bool, str]:
    """Gold answers before others, and "answers" alone before a file that names whose they are."""
    own = words(path)
    return not own & RIGHT_WORDS, not own <= ANSWER_WORDS, path.name


def layout_around(path: Path) -> Layout | None:
    """Return the layout of which this file says the gold documents; None where it is no such file."""
    folder = path.parent.parent if path.parent.name == FOLDER else path.parent
    found = layout_of(folder)
    return found if found is not None and path in found.qrels else None


def names_of_columns(path: Path) -> tuple[str, ...]:
    """Return what the columns of queries or documents of a layout are, where the file does not name them; else ()."""
    if path.suffix.lower() not in LINES:
        return ()
    in_own_folder = words(path.parent) & {*QUERY_WORDS, *CORPUS_WORDS}
    known = layout_of(path.parent) or (layout_of(path.parent.parent) if in_own_folder else None)
    if known is None or path not in (*known.queries, known.corpus):
        return ()
    head = list(islice(text_lines(path, FileShape(), Complaints()), LOOKED_AT))
    rows = [cells for cells in map(cells_of, head) if len(cells) > 1]
    return _names(rows) if rows and NAMES.isdisjoint(map(plain, rows[0])) else ()


def _names(rows: list[list[str]]) -> tuple[str, ...]:
    """Return names for columns: an id first, then the longest is the text, an address, and what else is a title."""
    width = max(len(cells) for cells in rows)
    lengths = [mean(len(cells[number]) if number < len(cells) else 0 for cells in rows) for number in range(width)]
    text = max(range(1, width), key=lambda number: lengths[number])
    names = ["_id"]
    for number in range(1, width):
        cell = rows[0][number] if number < len(rows[0]) else ""
        kind = "text" if number == text else "url" if "://" in cell else "title"
        names.append(kind if kind not in names else f"{kind}_{number}")
    return tuple(names)


def cells_of(line: str) -> list[str]:
    """Return the cells of a line: between tabs, else between commas or semicolons, else between spaces."""
    line = line.rstrip("\r\n")
    if TAB in line:
        return [cell.strip() for cell in line.split(TAB)]
    delimiter = next((one for one in ",;" if one in line), None)
    if delimiter is None:
        return line.split()
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]


def meant(own: Iterable[str]) -> set[str]:
    """Return the splits that words mean."""
    return {split for split, names in COMMON.items() if names & set(own)}


def words(path: Path) -> set[str]:
    """Return the words in the name of a file."""
    return set(re.split(r"[^a-z]+", path.stem.casefold())) - {""}
