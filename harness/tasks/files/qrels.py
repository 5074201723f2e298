"""The layout of BEIR and its relatives: queries in one file, their gold documents in others, the documents in a third.

`corpus.jsonl` (_id, title, text), `queries.jsonl` (_id, text) and `qrels/train.tsv`, `dev.tsv`, `test.tsv` (query-id,
corpus-id, score). The rows of a file of gold documents are its queries, each once, with the ids of all its documents
that have a score above 0. Answers are no part of the layout: they are taken from columns of the queries, or from a file
of answers beside them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.tasks.columns import plain
from harness.tasks.complaints import Complaints, listed
from harness.tasks.files.row import FileRow, FileShape

FOLDER: Final = "qrels"
QUERY: Final = ("query_id", "queryid", "qid", "topic", "id", "_id", "question_id")
DOCUMENT: Final = ("corpus_id", "corpusid", "doc_id", "docid", "pid", "passage_id", "document_id")
SCORE: Final = ("score", "relevance", "rel", "label", "relevancy")
IDS: Final = ("_id", "id", *QUERY)
OF_A_QUERY: Final = tuple(name for name in QUERY if name not in ("id", "_id"))
"""columns of answers that name their query, before ids of their own"""
TEXTS: Final = ("text", "query", "question", "input")
ANSWERS: Final = frozenset(("answer", "answers", "reference", "references", "gold", "golden", "responses"))
"""words in the name of a file with the answers of the queries"""
GOLD: Final = frozenset(("gold", "golden", "reference", "references"))
WANT: Final = "want the columns query-id, corpus-id and score"

Read = Callable[[Path, FileShape, Complaints], Iterator[FileRow]]


@dataclass(frozen=True)
class Layout:
    """The files of a folder in this layout."""

    queries: Path
    qrels: tuple[Path, ...]
    """files of gold documents, one per split"""
    corpus: Path | None
    """the documents, if the folder has them"""
    answers: Path | None
    """answers of the queries, if a file has them"""


def layout_of(folder: Path) -> Layout | None:
    """Return the files of a folder that is laid out so; None for any other."""
    if not folder.is_dir():
        return None
    inside = [path for path in sorted(folder.iterdir()) if _is_table(path)]
    queries = next((path for path in inside if path.stem.casefold() == "queries"), None)
    within = folder / FOLDER
    qrels = [path for path in sorted(within.iterdir()) if _is_table(path)] if within.is_dir() else []
    qrels = qrels or [path for path in inside if FOLDER in _words(path)]
    if queries is None or not qrels:
        return None
    corpus = next((path for path in inside if path.stem.casefold() in ("corpus", "collection")), None)
    named = [path for path in inside if path not in (queries, corpus, *qrels) and _words(path) & ANSWERS]
    return Layout(queries, tuple(qrels), corpus, min(named, key=_rank, default=None))


def _rank(path: Path) -> tuple[bool, bool, str]:
    """Gold answers before others, and "answers" alone before a file that names whose they are."""
    words = _words(path)
    return not words & GOLD, not words <= ANSWERS, path.name


def layout_around(path: Path) -> Layout | None:
    """Return the layout of which this file says the gold documents; None where it is no such file."""
    folder = path.parent.parent if path.parent.name == FOLDER else path.parent
    found = layout_of(folder) if path.parent.name == FOLDER or FOLDER in _words(path) else None
    return found if found is not None and path in found.qrels else None


def joined_rows(path: Path, layout: Layout, read: Read, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the queries of a file of gold documents, with these as their evidence and with their answers.

    Args:
        path: of the gold documents.
        layout: that it is a part of.
        read: reads a file as it is.
        shape: what is known of the queries; gets what was made of them.
        complaints: collects what is wrong.
    """
    gold, irrelevant = _gold(read(path, FileShape(), complaints), path, complaints)
    answers = _by_id(read(layout.answers, FileShape(), complaints), (*OF_A_QUERY, *IDS)) if layout.answers else {}
    queries = _by_id(read(layout.queries, shape, complaints))
    by = f", the answers of {layout.answers.name}" if layout.answers else ""
    shape.notes.append(
        f"queries of {layout.queries.name} with the gold documents of {path.parent.name}/{path.name}{by}"
    )
    if irrelevant:
        shape.notes.append(
            f"{irrelevant} queries of {path.name} have no document with a score above 0 and are left out"
        )
    for number, (name, (place, documents)) in enumerate(gold.items(), start=1):
        if name not in queries:
            complaints.add(
                (path, "query"), f"{place}: {layout.queries.name} has no query {name!r}; take it out or add it"
            )
            continue
        values = {**_own(queries[name][0]), **_answer(answers.get(name, []))}
        yield FileRow(place, number, {**values, "id": name, "evidence": documents})


def _gold(rows: Iterator[FileRow], path: Path, complaints: Complaints) -> tuple[dict[str, tuple[str, list[str]]], int]:
    """Return query -> place of its first row, and the documents that are relevant for it; and how many have none."""
    gold: dict[str, tuple[str, list[str]]] = {}
    seen = set[str]()
    for row in rows:
        by_name = {plain(name): value for name, value in row.values.items()}
        query, document, score = (_first(by_name, names) for names in (QUERY, DOCUMENT, SCORE))
        if query is None or document is None:
            complaints.add((path, "qrels"), f"{row.place}: {WANT}, got {listed(row.values)}")
            continue
        seen.add(str(query))
        if _is_relevant(score):
            documents = gold.setdefault(str(query), (row.place, []))[1]
            documents += [str(document)] if str(document) not in documents else []
    return gold, len(seen - gold.keys())


def _is_relevant(score: Any) -> bool:
    try:
        return score is None or float(score) > 0
    except (TypeError, ValueError):
        return True


def _by_id(rows: Iterator[FileRow], names: tuple[str, ...] = IDS) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        name = _first({plain(name): value for name, value in row.values.items()}, names)
        if name is not None:
            found.setdefault(str(name), []).append(row.values)
    return found


def _own(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a query: its text as the input, and what its metadata hold."""
    inner = query.get("metadata")
    values = {**(inner if isinstance(inner, dict) else {}), **query}
    text = next((name for name in TEXTS if values.get(name) not in (None, "")), None)
    rest = {name: value for name, value in values.items() if name not in ("metadata", text) and plain(name) not in IDS}
    return {**rest, "input": values.get(text or "")}


def _answer(rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the columns of the answers of a query; values of several rows as lists. A text there is the answer."""
    names = dict.fromkeys(name for row in rows for name in row if plain(name) not in (*IDS, *TEXTS[1:]))
    each = {name: [row[name] for row in rows if row.get(name) is not None] for name in names}
    single = {name: values[0] if len(values) == 1 else values for name, values in each.items()}
    return {"answer" if plain(name) == TEXTS[0] else name: value for name, value in single.items()}


def _first(values: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((values[name] for name in names if values.get(name) not in (None, "")), None)


def _is_table(path: Path) -> bool:
    return path.suffix.lower() in (".jsonl", ".ndjson", ".json", ".tsv", ".csv", ".parquet") and path.is_file()


def _words(path: Path) -> set[str]:
    return set(re.split(r"[^a-z]+", path.stem.casefold()))
