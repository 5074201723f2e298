"""Which documents are gold for which query: qrels as BEIR, TREC, MS MARCO and programs write them.

Lines of query, document and score, with or without a line that names them, in any order of named columns; TREC has a
number between query and document that means nothing. JSON has a row each, lists, or query -> document -> score.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from harness.tasks.columns import plain
from harness.tasks.complaints import BadCellError, Complaints, listed
from harness.tasks.files.qrels_layout import cells_of
from harness.tasks.files.row import FileRow, FileShape
from harness.tasks.files.text import text_lines
from harness.tasks.values import as_id, as_truth, shown

QUERY: Final = (
    *("query_id", "queryid", "qid", "topic", "topic_id", "topicid", "query", "id", "_id", "question_id"),
    *("example_id", "request_id"),
)
DOCUMENT: Final = (
    *("corpus_id", "corpusid", "doc_id", "docid", "docno", "pid", "passage_id", "document_id", "did", "doc"),
    *("document", "passage", "doc_ids", "corpus_ids", "relevant", "relevant_docs", "positives", "pos"),
)
SCORE: Final = ("score", "relevance", "rel", "label", "relevancy", "grade", "gain", "judgment", "judgement", "rating")
WANT: Final = (
    "want the columns query-id, corpus-id and score, or lines of query, document and score (TREC: q 0 d score)"
)
ROWS: Final = (".jsonl", ".ndjson", ".json", ".parquet")
TREC: Final = 4
"""cells of a line with the number that means nothing"""
RUN: Final = 6
"""cells of a line of a ranking: query, Q0, document, rank, score, name"""

Read = Callable[[Path, FileShape, Complaints], Iterator[FileRow]]


class Pair(NamedTuple):
    """A query and a document."""

    place: str
    """path:line"""
    query: str
    document: str
    is_gold: bool
    """whether the score is above 0"""


@dataclass
class GoldPairs:
    """What a file says."""

    pairs: list[Pair] = field(default_factory=list)
    note: str = ""
    """how the columns were told apart, where the file does not name them"""
    named: bool = True
    """whether it does"""

    def swapped(self) -> "GoldPairs":
        """Return the same with queries for documents, where the file does not say which is which."""
        pairs = [pair._replace(query=pair.document, document=pair.query) for pair in self.pairs]
        return GoldPairs(pairs, "the columns are document, query and score, as the ids show", named=True)


def gold_pairs(path: Path, read: Read, complaints: Complaints) -> GoldPairs:
    """Return the pairs of a file.

    Args:
        path: of the file.
        read: reads rows of JSON and Parquet.
        complaints: collects lines that say no pair.
    """
    if path.suffix.lower() in ROWS:
        nested = _nested(path) if path.suffix.lower() == ".json" else None
        rows = ((row.place, row.values) for row in read(path, FileShape(), complaints)) if nested is None else nested
        named = (({plain(name): value for name, value in values.items()}, place) for place, values in rows)
        return GoldPairs(list(_pairs(named, path, complaints)))
    return _of_lines(path, complaints)


def _nested(path: Path) -> Iterator[tuple[str, dict[str, Any]]] | None:
    """Return the pairs of {query: {document: score}} or {query: [documents]}; None for other JSON."""
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError):
        return None
    if not isinstance(value, dict) or not value or not all(isinstance(inner, dict | list) for inner in value.values()):
        return None
    if any(isinstance(item, dict | list) for inner in value.values() for item in _values(inner)):
        return None
    return (
        (f"{path} ({query})", {"query_id": query, "doc_id": document, "score": score})
        for query, inner in value.items()
        for document, score in (inner.items() if isinstance(inner, dict) else ((item, 1) for item in inner))
    )


def _values(inner: Any) -> Sequence[Any]:
    return list(inner.values()) if isinstance(inner, dict) else list(inner)


def _of_lines(path: Path, complaints: Complaints) -> GoldPairs:
    """Return the pairs of a table; a first line with a name of a column, or above scores without one, is a header."""
    lines = ((number, cells_of(line)) for number, line in enumerate(text_lines(path, FileShape(), complaints), 1))
    filled = ((number, cells) for number, cells in lines if any(cells))
    head = list(islice(filled, 2))
    if not head:
        return GoldPairs()
    header, note = _header([cells for _, cells in head])
    rows = chain(head[1:] if header.is_line else head, filled)
    named = ((dict(zip(header.names, cells, strict=False)), f"{path}:{number}") for number, cells in rows)
    return GoldPairs(list(_pairs(named, path, complaints, len(header.names))), note, named=not note)


class _Header(NamedTuple):
    names: tuple[str, ...]
    is_line: bool
    """whether the first line has the names"""


def _header(head: Sequence[Sequence[str]]) -> tuple[_Header, str]:
    first = [plain(cell) for cell in head[0]]
    if {*first} & {*QUERY, *DOCUMENT, *SCORE}:
        return _Header(tuple(first), is_line=True), ""
    width = len(first)
    names = {2: ("qid", "doc_id"), 3: ("qid", "doc_id", "score"), TREC: ("qid", "iteration", "doc_id", "score")}
    above = width in (3, TREC) and not _is_number(first[-1]) and len(head) > 1 and _is_number(head[1][-1])
    read = names.get(width, tuple(first))
    said = ", ".join({"qid": "query", "doc_id": "document"}.get(name, name) for name in read if name != "iteration")
    why = f"no column ({listed(head[0])}) has a known name" if above else "no line has the names of the columns"
    return _Header(read, is_line=above), f"{why}: they are read as {said}" if width in names else ""


def _pairs(
    rows: Iterator[tuple[dict[str, Any], str]], path: Path, complaints: Complaints, width: int | None = None
) -> Iterator[Pair]:
    for values, place in rows:
        query, documents, score = (_first(values, names) for names in (QUERY, DOCUMENT, SCORE))
        if query is None or documents is None:
            run = f"; {RUN} cells are those of a ranking (a run), not of gold documents" if width == RUN else ""
            complaints.add((str(path), "qrels"), f"{place}: {WANT}, got {listed(map(str, values))}{run}")
            continue
        try:
            is_gold = _is_gold(score)
            for document in documents if isinstance(documents, list) else [documents]:
                yield Pair(place, as_id(query), as_id(document), is_gold)
        except BadCellError as error:
            complaints.add((str(path), "qrels", error.kind), f"{place}: {error}")


def _is_gold(score: Any) -> bool:
    """Return whether a score says that a document is relevant: no score does, 0 and below do not."""
    if score is None:
        return True
    try:
        return float(score) > 0
    except (TypeError, ValueError):
        known = as_truth(score)
    if known is None:
        raise BadCellError("the score has an unknown value", f"want a number, got {shown(score)}")
    return known


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _first(values: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((values[name] for name in names if values.get(name) not in (None, "", [])), None)
