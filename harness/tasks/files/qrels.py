"""Queries with their gold documents and answers, from files in the layout of BEIR (`qrels_layout`).

The rows of a file of gold documents are its queries, each once, with the ids of all its documents that have a score
above 0. Ids are matched as they are written, else by their spelling; what does not match is counted, with ids of both
sides, so that the message names the file that is wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.tasks.columns import plain
from harness.tasks.complaints import BadCellError, Complaints, counted, listed
from harness.tasks.files.gold_rows import QUERY, GoldPairs, Read, gold_pairs
from harness.tasks.files.qrels_layout import Layout, names_of_columns
from harness.tasks.files.row import FileRow, FileShape
from harness.tasks.id_spelling import KnownIds, in_words
from harness.tasks.values import as_id

IDS: Final = ("_id", "id", *QUERY)
OF_A_QUERY: Final = tuple(name for name in QUERY if name not in ("id", "_id", "query"))
"""columns of answers that name their query, before ids of their own"""
TEXTS: Final = ("text", "query", "question", "input")
LARGE: Final = 0.1
"""share of the queries that are not found from which on a file is wrong; fewer are left out and said"""

Gold = Mapping[str, tuple[str, list[str]]]
"""query as the file calls it -> place of its first line, and its gold documents"""
Answers = Mapping[str, list[Mapping[str, Any]]]
"""id of a query -> rows of its answers"""


def joined_rows(path: Path, layout: Layout, read: Read, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the queries of a file of gold documents, with these as their evidence and with their answers.

    Args:
        path: of the gold documents.
        layout: that it is a part of.
        read: reads a file as it is.
        shape: what is known of the queries; gets what was made of them.
        complaints: collects what is wrong.
    """
    files, said = layout.queries_of(path), _Said(path, shape, complaints)
    queries = _Queries(" and ".join(file.name for file in files), _by_id(files, read, said))
    pairs = queries.turned(gold_pairs(path, read, complaints))
    by = f", the answers of {layout.answers.name}" if layout.answers else ""
    said.note(f"queries of {queries.name} with the gold documents of {path.parent.name}/{path.name}{by}")
    if pairs.note:
        said.note(f"of {path.name} {pairs.note}")
    gold = _gold(pairs, said)
    known = queries.known(gold, said)
    answers = _answers(layout.answers, queries, read, complaints) if layout.answers else {}
    if layout.answers and answers:
        _say_unanswered(list(known.values()), answers, layout.answers, said)
    yield from _joined(known, gold, queries, answers)


@dataclass(frozen=True)
class _Said:
    """Where it is said what was made of a file of gold documents, and what is wrong with it."""

    path: Path
    shape: FileShape
    complaints: Complaints

    def note(self, line: str) -> None:
        self.shape.notes.append(line)

    def fault(self, kind: str, line: str) -> None:
        self.complaints.add((str(self.path), kind), line)


def _gold(found: GoldPairs, said: _Said) -> Gold:
    """Return the queries that have gold documents."""
    gold: dict[str, tuple[str, list[str]]] = {}
    for pair in found.pairs:
        if pair.is_gold:
            documents = gold.setdefault(pair.query, (pair.place, []))[1]
            documents += [pair.document] if pair.document not in documents else []
    if found.pairs and not gold:
        line = f"{said.path}: none of its {counted(len(found.pairs), 'line')} has a score above 0"
        said.fault("scores", f"{line}, so that no query has a gold document")
    elif any(not pair.is_gold for pair in found.pairs):
        _say_below(found, gold, said)
    return gold


def _say_below(found: GoldPairs, gold: Gold, said: _Said) -> None:
    below = sum(not pair.is_gold for pair in found.pairs)
    said.note(f"{below:,} of {counted(len(found.pairs), 'pair')} have a score of 0 or below and are not gold")
    without = list(dict.fromkeys(pair.query for pair in found.pairs if pair.query not in gold))
    if without:
        line = f"{len(without)} queries of {said.path.name} have no document with a score above 0"
        said.note(f"{line} and are left out ({in_words(without)})")


class _Queries:
    """The queries that a file of gold documents can be about.

    Args:
        name: of their files.
        rows: id -> row.
    """

    def __init__(self, name: str, rows: Mapping[str, Mapping[str, Any]]) -> None:
        self.name = name
        self.rows = rows
        self.ids = KnownIds(rows)

    @property
    def such_as(self) -> str:
        return f"{self.name} has {len(self.rows):,}, such as {in_words(self.rows)}"

    def turned(self, found: GoldPairs) -> GoldPairs:
        """Return pairs whose columns have no names with the two sides changed where the ids show that."""
        straight = any(self.ids.find(pair.query) for pair in found.pairs)
        crosswise = sum(bool(self.ids.find(pair.document)) for pair in found.pairs)
        return found.swapped() if not (found.named or straight) and 2 * crosswise > len(found.pairs) else found

    def known(self, gold: Gold, said: _Said) -> Mapping[str, str]:
        """Return what the gold documents call a query -> its id, for the queries that are there."""
        found = {name: self.ids.find(name) for name in gold}
        for name, ids in found.items():
            if len(ids) > 1:
                several = f"query {name!r} can be each of {in_words(ids)} in {self.name}; write it as one of them"
                said.fault("several queries", f"{gold[name][0]}: {several}")
        missing = [name for name, ids in found.items() if not ids]
        if missing and self.rows:
            self._say_missing(missing, gold, said)
        return self._each_once({name: ids[0] for name, ids in found.items() if len(ids) == 1}, gold, said)

    def _each_once(self, known: Mapping[str, str], gold: Gold, said: _Said) -> Mapping[str, str]:
        """Return the names without those of a query that has another one, too; say which are spelt otherwise."""
        first: dict[str, str] = {}
        for name, query in known.items():
            if (other := first.setdefault(query, name)) != name:
                line = f"{gold[name][0]}: {other!r} and {name!r} are both query {query!r} of {self.name}"
                said.fault("one query", f"{line}; write them alike if they are one")
        spelt = [name for name, query in known.items() if name != query]
        if spelt:
            line = f"{len(spelt):,} ids of queries are spelt otherwise in {self.name}"
            said.note(f"{line} ({spelt[0]!r} is {known[spelt[0]]!r})")
        return {first[query]: query for query in first}

    def _say_missing(self, missing: Sequence[str], gold: Gold, said: _Said) -> None:
        line = f"{len(missing):,} of {len(gold):,} queries are not in {self.name}, such as {in_words(missing)}"
        if len(missing) <= LARGE * len(gold):
            said.note(f"{line}, and are left out")
        else:
            said.fault("queries", f"{gold[missing[0]][0]}: {line}; {self.such_as}: are these the right files?")


def _joined(known: Mapping[str, str], gold: Gold, queries: _Queries, answers: Answers) -> Iterator[FileRow]:
    """Yield one row per query; all have the columns of answers, which are empty where there is none."""
    columns = dict.fromkeys(name for rows in answers.values() for name in _answer(rows))
    for number, (name, query) in enumerate(known.items(), start=1):
        place, documents = gold[name]
        values = {**_own(queries.rows[query]), **columns, **_answer(answers.get(query, []))}
        yield FileRow(place, number, {**values, "id": query, "evidence": documents})


def _by_id(files: Sequence[Path], read: Read, said: _Said) -> Mapping[str, Mapping[str, Any]]:
    """Return the rows of queries by their ids; of several with one id the first."""
    found: dict[str, Mapping[str, Any]] = {}
    for file in files:
        said.shape.names = names_of_columns(file)
        rows = list(read(file, said.shape, said.complaints))
        ids = [_id(row.values, IDS) for row in rows]
        _say_ids(file, rows, ids, said)
        for name, row in zip(ids, rows, strict=True):
            if name is not None:
                found.setdefault(name, row.values)
    return found


def _say_ids(file: Path, rows: Sequence[FileRow], ids: Sequence[str | None], said: _Said) -> None:
    again = len(rows) - len(set(ids))
    if rows and not any(ids):
        line = f"{file}: no column has the ids of queries; its columns are {listed(rows[0].values)}"
        said.complaints.add((str(file), "ids"), f"{line}; want _id or query-id, and text")
    elif again:
        said.note(f"{counted(again, 'row')} of {file.name} repeat the id of another one and are left out")


def _answers(path: Path, queries: _Queries, read: Read, complaints: Complaints) -> Answers:
    """Return query -> rows of its answers, by the first column that names queries; {}, which is reported, without."""
    rows = [row.values for row in read(path, FileShape(), complaints)]
    names = {plain(name): name for values in rows for name in values}
    wanted = [names[name] for name in (*OF_A_QUERY, *IDS) if name in names]
    for column in dict.fromkeys((*wanted, *names.values())):
        least = 1 if column in wanted else (len(rows) + 1) // 2
        found = _of_queries(rows, column, queries)
        if sum(map(len, found.values())) >= least:
            return found
    if rows:
        complaints.add((str(path), "answers"), f"{path}: {_no_answers(rows, wanted, names, queries)}")
    return {}


def _of_queries(rows: Sequence[Mapping[str, Any]], column: str, queries: _Queries) -> Answers:
    """Return query -> rows whose cell of a column names it."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        name = _id(row, (plain(column),))
        ids = [] if name is None else queries.ids.find(name)
        if len(ids) == 1:
            found.setdefault(ids[0], []).append({key: value for key, value in row.items() if key != column})
    return found


def _no_answers(
    rows: Sequence[Mapping[str, Any]], wanted: Sequence[str], names: Mapping[str, str], queries: _Queries
) -> str:
    if not wanted:
        want = f"want _id or query-id, with ids such as {in_words(queries.rows)}"
        return f"no column has the ids of queries; its columns are {listed(names.values())}; {want}"
    ids = [name for row in rows if (name := _id(row, (plain(wanted[0]),)))]
    line = f"none of its {counted(len(rows), 'row')} is of a query: its {wanted[0]} is {in_words(dict.fromkeys(ids))}"
    return f"{line}, while {queries.such_as}; take the file away to measure retrieval alone"


def _say_unanswered(queries: Sequence[str], answers: Answers, file: Path, said: _Said) -> None:
    without = [query for query in queries if query not in answers]
    if without:
        line = f"{len(without):,} of {len(queries):,} queries of {said.path.name} have no answer in {file.name}"
        said.note(f"{line} ({in_words(without)}; it has those of {in_words(answers)})")


def _own(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a query: its text as the input, and what its metadata hold."""
    inner = query.get("metadata")
    values = {**(inner if isinstance(inner, dict) else {}), **query}
    text = next((name for name in TEXTS if values.get(name) not in (None, "")), None)
    rest = {name: value for name, value in values.items() if name not in ("metadata", text) and plain(name) not in IDS}
    return {**rest, "input": values.get(text or "")}


def _answer(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the columns of the answers of a query; values of several rows as lists. A text there is the answer."""
    names = dict.fromkeys(name for row in rows for name in row if plain(name) not in (*IDS, *TEXTS[1:]))
    each = {name: [row[name] for row in rows if row.get(name) is not None] for name in names}
    single = {name: values[0] if len(values) == 1 else values for name, values in each.items()}
    return {"answer" if plain(name) == TEXTS[0] else name: value for name, value in single.items()}


def _id(values: Mapping[str, Any], names: Sequence[str]) -> str | None:
    by_name = {plain(name): value for name, value in values.items()}
    value = next((by_name[name] for name in names if by_name.get(name) not in (None, "")), None)
    try:
        return None if value is None else as_id(value)
    except BadCellError:
        return None
