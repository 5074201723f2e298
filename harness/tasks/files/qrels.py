"""Queries with their gold documents and answers, from files in the layout of BEIR (`qrels_layout`).

The rows of a file of gold documents are its queries, each once, with the ids of all its documents that have a score
above 0. Ids are matched as they are written, else by their spelling; what does not match is counted, with ids of both
sides, so that the message names the file that is wrong.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
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


def joined_rows(path: Path, layout: Layout, read: Read, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield the queries of a file of gold documents, with these as their evidence and with their answers.

    Args:
        path: of the gold documents.
        layout: that it is a part of.
        read: reads a file as it is.
        shape: what is known of the queries; gets what was made of them.
        complaints: collects what is wrong.
    """
    files = layout.queries_of(path)
    queries = _Queries(" and ".join(file.name for file in files), _by_id(files, read, shape, complaints))
    pairs = queries.turned(gold_pairs(path, read, complaints))
    by = f", the answers of {layout.answers.name}" if layout.answers else ""
    shape.notes.append(f"queries of {queries.name} with the gold documents of {path.parent.name}/{path.name}{by}")
    shape.notes += [f"of {path.name} {pairs.note}"] if pairs.note else []
    gold = _gold(pairs, path, shape, complaints)
    known = queries.known(gold, path, shape, complaints)
    answers = _answers(layout.answers, queries, read, complaints) if layout.answers else {}
    if layout.answers and answers:
        _say_unanswered(list(known.values()), answers, path, layout.answers, shape)
    columns, numbers = dict.fromkeys(name for rows in answers.values() for name in _answer(rows)), count(1)
    for name, query in known.items():
        place, documents = gold[name]
        values = {**_own(queries.rows[query]), **columns, **_answer(answers.get(query, []))}
        yield FileRow(place, next(numbers), {**values, "id": query, "evidence": documents})


def _gold(found: GoldPairs, path: Path, shape: FileShape, complaints: Complaints) -> Gold:
    """Return the queries that have gold documents."""
    gold: dict[str, tuple[str, list[str]]] = {}
    for pair in found.pairs:
        if pair.is_gold:
            documents = gold.setdefault(pair.query, (pair.place, []))[1]
            documents += [pair.document] if pair.document not in documents else []
    if found.pairs and not gold:
        line = f"{path}: none of its {counted(len(found.pairs), 'line')} has a score above 0"
        complaints.add((str(path), "scores"), f"{line}, so that no query has a gold document")
    below = sum(not pair.is_gold for pair in found.pairs)
    without = list(dict.fromkeys(pair.query for pair in found.pairs if pair.query not in gold))
    if below and gold:
        shape.notes.append(
            f"{below:,} of {counted(len(found.pairs), 'pair')} have a score of 0 or below and are not gold"
        )
    if without and gold:
        shape.notes.append(
            f"{len(without)} queries of {path.name} have no document with a score above 0 and are left out "
            f"({in_words(without)})"
        )
    return gold


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

    def known(self, gold: Gold, path: Path, shape: FileShape, complaints: Complaints) -> Mapping[str, str]:
        """Return what the gold documents call a query -> its id, for the queries that are there."""
        found = {name: self.ids.find(name) for name in gold}
        for name, ids in found.items():
            if len(ids) > 1:
                several = f"query {name!r} can be each of {in_words(ids)} in {self.name}; write it as one of them"
                complaints.add((str(path), "several queries"), f"{gold[name][0]}: {several}")
        missing = [name for name, ids in found.items() if not ids]
        if missing and self.rows:
            self._say_missing(missing, gold, path, shape, complaints)
        known = {name: ids[0] for name, ids in found.items() if len(ids) == 1}
        first: dict[str, str] = {}
        for name, query in known.items():
            if (other := first.setdefault(query, name)) != name:
                line = f"{gold[name][0]}: {other!r} and {name!r} are both query {query!r} of {self.name}"
                complaints.add((str(path), "one query"), f"{line}; write them alike if they are one")
        spelt = [name for name, query in known.items() if name != query]
        if spelt:
            line = f"{len(spelt):,} ids of queries are spelt otherwise in {self.name}"
            shape.notes.append(f"{line} ({spelt[0]!r} is {known[spelt[0]]!r})")
        return {first[query]: query for query in first}

    def _say_missing(
        self, missing: Sequence[str], gold: Gold, path: Path, shape: FileShape, complaints: Complaints
    ) -> None:
        line = f"{len(missing):,} of {len(gold):,} queries are not in {self.name}, such as {in_words(missing)}"
        if len(missing) <= LARGE * len(gold):
            shape.notes.append(f"{line}, and are left out")
        else:
            complaints.add(
                (str(path), "queries"), f"{gold[missing[0]][0]}: {line}; {self.such_as}: are these the right files?"
            )


def _by_id(
    files: Sequence[Path], read: Read, shape: FileShape, complaints: Complaints
) -> Mapping[str, Mapping[str, Any]]:
    """Return the rows of queries by their ids; of several with one id the first."""
    found: dict[str, Mapping[str, Any]] = {}
    for file in files:
        shape.names = names_of_columns(file)
        rows = list(read(file, shape, complaints))
        ids = [_id(row.values, IDS) for row in rows]
        if rows and not any(ids):
            line = f"{file}: no column has the ids of queries; its columns are {listed(rows[0].values)}"
            complaints.add((str(file), "ids"), f"{line}; want _id or query-id, and text")
        again = len(rows) - len(set(ids))
        if again and any(ids):
            shape.notes.append(f"{counted(again, 'row')} of {file.name} repeat the id of another one and are left out")
        for name, row in zip(ids, rows, strict=True):
            if name is not None:
                found.setdefault(name, row.values)
    return found


def _answers(
    path: Path, queries: _Queries, read: Read, complaints: Complaints
) -> Mapping[str, list[Mapping[str, Any]]]:
    """Return query -> rows of its answers, by the first column that names queries; {}, which is reported, without."""
    rows = [row.values for row in read(path, FileShape(), complaints)]
    names = {plain(name): name for values in rows for name in values}
    wanted = [names[name] for name in (*OF_A_QUERY, *IDS) if name in names]
    for column in dict.fromkeys((*wanted, *names.values())):
        ids = [queries.ids.find(name) if (name := _id(row, (plain(column),))) else [] for row in rows]
        least = 1 if column in wanted else (len(rows) + 1) // 2
        if sum(map(len, ids)) >= least:
            found: dict[str, list[Mapping[str, Any]]] = {}
            for one, row in zip(ids, rows, strict=True):
                if len(one) == 1:
                    found.setdefault(one[0], []).append(_without(row, column))
            return found
    if rows:
        complaints.add((str(path), "answers"), f"{path}: {_no_answers(rows, wanted, names, queries)}")
    return {}


def _no_answers(
    rows: Sequence[Mapping[str, Any]], wanted: Sequence[str], names: Mapping[str, str], queries: _Queries
) -> str:
    if not wanted:
        want = f"want _id or query-id, with ids such as {in_words(queries.rows)}"
        return f"no column has the ids of queries; its columns are {listed(names.values())}; {want}"
    ids = [name for row in rows if (name := _id(row, (plain(wanted[0]),)))]
    line = f"none of its {counted(len(rows), 'row')} is of a query: its {wanted[0]} is {in_words(dict.fromkeys(ids))}"
    return f"{line}, while {queries.such_as}; take the file away to measure retrieval alone"


def _say_unanswered(
    queries: Sequence[str], answers: Mapping[str, Any], path: Path, file: Path, shape: FileShape
) -> None:
    without = [query for query in queries if query not in answers]
    if without:
        line = f"{len(without):,} of {len(queries):,} queries of {path.name} have no answer in {file.name}"
        shape.notes.append(f"{line} ({in_words(without)}; it has those of {in_words(answers)})")


def _own(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a query: its text as the input, and what its metadata hold."""
    inner = query.get("metadata")
    values = {**(inner if isinstance(inner, dict) else {}), **query}
    text = next((name for name in TEXTS if values.get(name) not in (None, "")), None)
    rest = {name: value for name, value in values.items() if name not in ("metadata", text) and plain(name) not in IDS}
    return {**rest, "input": values.get(text or "")}


def _without(row: Mapping[str, Any], column: str) -> Mapping[str, Any]:
    return {name: value for name, value in row.items() if name != column}


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
