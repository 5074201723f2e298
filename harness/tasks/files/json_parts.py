"""What one JSON object holds, wherever it stands in it: rows, the rows of splits, documents, gold documents.

People keep a whole task in one file: {"documents": […], "train": […], "test": […]}, {"data": {"train": …}}, or as
programs for retrieval do {"queries": {…}, "corpus": {…}, "relevant_docs": {…}}.
"""

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from harness.tasks.columns import plain
from harness.tasks.known_columns import COMMON, DEFAULTS, DOCUMENT_COLUMNS, SURE_INPUTS
from harness.tasks.split_names import KNOWLEDGE, split_called

Keys = tuple[str, ...]
"""on the way to a value"""
DEEPEST: Final = 2
"""objects around those of the splits, or around a list of rows"""
HOLDERS: Final = {
    *("data", "rows", "examples", "items", "records", "entries", "samples", "dataset", "results", "questions", "qa"),
    *("faq", "faqs", "pairs", "documents", "docs", "articles", "pages", "train", "validation", "test"),
}
"""names of the list of rows in an object that holds other things, such as a version"""
ASKS: Final = frozenset(("question", "input", "prompt", "instruction", "messages", "conversations"))
"""an object with one of these is a row, whatever lists it holds"""
QUERIES: Final = frozenset(("queries", "questions"))
GOLD: Final = frozenset(("relevant_docs", "qrels", "relevant", "relevance", "gold", "relevant_documents"))
ANSWERS: Final = frozenset(("answers", "responses", "reference_answers"))
SLICE: Final = "slice"
"""column of the category that a question stands below"""


SIDE_BY_SIDE: Final = ("documents", "texts", "contents")

PAGING: Final = frozenset(
    (
        *("total_count", "total", "count", "page", "pages", "per_page", "page_size", "limit", "offset", "cursor"),
        *("next", "next_page", "next_cursor", "has_more", "previous", "previous_page", "total_pages", "total_results"),
    )
)
"""names beside a list of which a server sends one page after the other"""
FIELDS: Final = {
    *("qas", "paragraphs", "context", "contexts", "abstract", "questions", *SURE_INPUTS, *COMMON["references"]),
    *(name for role in ("title", "text") for name in DOCUMENT_COLUMNS[role]),
}
"""names of the fields of a row, by which an object of rows is told from one of columns"""


ABOUT: Final = frozenset(
    (
        *("name", "version", "license", "licence", "author", "authors", "description", "publisher", "maintainer"),
        *("homepage", "repository", "keywords", "dependencies", "scripts", "created", "created_at", "generated_at"),
        *("exported_at", "updated_at", "date", "source", "language", "languages", "url", "count", "files", "schema"),
    )
)
"""names of the fields of an object that describes data, or a package"""
CALLED_ABOUT: Final = frozenset(
    (
        *("metadata", "meta", "info", "about", "package", "dataset_info", "dataset_infos", "manifest", "datapackage"),
        *("croissant", "config", "settings", "index"),
    )
)
"""names of files that hold such an object; in any other file it is a document, as the pages of a shop are"""
DESCRIBES: Final = "description"
PROSE: Final = 12
"""words of a text that is more than a name, a sentence of a licence or a command"""
FEWEST_ABOUT: Final = 2
FEWEST_TEXTS: Final = 2
"""texts that one object describes"""


class JsonParts(NamedTuple):
    """Where the parts of an object are."""

    splits: Mapping[str, Keys]
    """name of a split as the file has it -> its rows; {} without"""
    documents: Keys = ()
    """the knowledge base, beside rows; () without"""
    rows: Keys = ()
    """the only other list of rows; () without, or where there are splits"""
    queries: Keys = ()
    """query -> text, beside what is gold for each; () without"""


NOTHING: Final = JsonParts({})


def parts_of(values: Mapping[str, Any]) -> JsonParts:
    """Return what an object holds; nothing if it is a row itself, or holds lists that are not told apart."""
    if ASKS & values.keys() or parallel(values):
        return NOTHING
    documents = next(_documents(values), ())
    if (queries := _key(values, QUERIES)) and isinstance(values[queries], dict) and _key(values, GOLD):
        return JsonParts({}, documents, (), (queries,))
    splits = list(_splits_in(values, (), DEEPEST))
    lists = [keys for keys in _row_lists(values, (), DEEPEST) if not _is_within(keys, documents)]
    if len(splits) == 1:
        return _with_splits(splits[0], documents, lists)
    highest = [keys for keys in lists if len(keys) == min(map(len, lists))]
    if documents and not splits and len(highest) == 1 and not _is_called(highest[0][-1]):
        return JsonParts({}, documents, highest[0])
    return NOTHING


def _with_splits(splits: Mapping[str, Keys], documents: Keys, lists: Sequence[Keys]) -> JsonParts:
    """Return splits and documents; nothing if other lists stand beside them, and for a list of training rows alone."""
    above = next(iter(splits.values()))[:-1]
    others = [keys for keys in lists if keys[:-1] in (above, ()) and keys not in splits.values()]
    is_train = {split_called(name) for name in splits} == {"train"} and not above
    return NOTHING if others or (is_train and not documents) else JsonParts(splits, documents)


def _is_within(keys: Keys, above: Keys) -> bool:
    return bool(above) and keys[: len(above)] == above


def _splits_in(values: Mapping[str, Any], at: Keys, depth: int) -> Iterator[dict[str, Keys]]:
    """Yield the splits of each object that has any, down to some depth."""
    if found := {name: (*at, name) for name, rows in values.items() if split_called(name) and are_rows(rows)}:
        yield found
        return
    for name, value in values.items() if depth else ():
        if isinstance(value, dict) and not ASKS & value.keys():
            yield from _splits_in(value, (*at, name), depth - 1)


def _row_lists(values: Mapping[str, Any], at: Keys, depth: int) -> Iterator[Keys]:
    """Yield where lists of rows are, down to some depth."""
    yield from ((*at, name) for name in lists_in(values))
    for name, value in values.items() if depth else ():
        if isinstance(value, dict) and not ASKS & value.keys():
            yield from _row_lists(value, (*at, name), depth - 1)


def _documents(values: Mapping[str, Any]) -> Iterator[Keys]:
    """Yield where documents are: at the top, else one below."""
    yield from ((name,) for name, value in values.items() if _is_called(name) and _are_documents(value))
    for name, value in values.items():
        if isinstance(value, dict) and not ASKS & value.keys():
            yield from ((name, inner) for inner, own in value.items() if _is_called(inner) and _are_documents(own))


def _is_called(name: str) -> bool:
    return bool(KNOWLEDGE & set(re.split(r"[^a-z]+", name.casefold())))


def parallel(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of lists side by side, as vector stores write them: ids, documents, metadatas; [] for no such."""
    ids, texts = values.get("ids"), next((values[name] for name in SIDE_BY_SIDE if values.get(name)), None)
    if not isinstance(ids, list) or not isinstance(texts, list) or not ids or len(ids) != len(texts):
        return []
    if not all(isinstance(own, str | int) for own in ids) or not all(isinstance(text, str | None) for text in texts):
        return []
    notes = values.get("metadatas")
    notes = notes if isinstance(notes, list) and len(notes) == len(ids) else [None] * len(ids)
    return [
        {**(note if isinstance(note, dict) else {}), "id": own, "text": text}
        for own, text, note in zip(ids, texts, notes, strict=True)
    ]


def _are_documents(value: Any) -> bool:
    items = list(value.values()) if isinstance(value, dict) else value
    return isinstance(items, list) and bool(items) and all(isinstance(item, dict | str) for item in items)


def _key(values: Mapping[str, Any], names: frozenset[str]) -> str:
    return next((name for name, value in values.items() if name.casefold() in names and isinstance(value, dict)), "")


def are_rows(value: Any) -> bool:
    """Return whether a value is rows in any shape: a list of objects, or an object of columns or of one such list."""
    if isinstance(value, list):
        return all(isinstance(item, dict) and not item.keys() & {"role", "from"} for item in value)
    return isinstance(value, dict) and (list_inside(value) is not None or bool(turned(value)))


def lists_in(values: Mapping[str, Any]) -> list[str]:
    """Return the names of lists of objects that are no turns of a conversation."""
    return [
        name
        for name, value in values.items()
        if isinstance(value, list) and value and isinstance(value[0], dict) and not value[0].keys() & {"role", "from"}
    ]


def list_inside(values: Mapping[str, Any]) -> str | None:
    """Return the name of the only list of objects in an object that is no row itself."""
    names = lists_in(values)
    sure = len(values) == 1 or (len(names) == 1 and names[0] in HOLDERS)
    return names[0] if names and sure and not ASKS & values.keys() else None


def enveloped(values: Mapping[str, Any]) -> Keys:
    """Return where the only list of rows is, in an object of objects (the answer of a server); () without.

    The rows ask, or the names beside their list say that it is one page of several.
    """
    if _is_page(values):
        return (lists_in(values)[0],)
    if ASKS & values.keys():
        return ()
    found = list(_row_lists(values, (), DEEPEST))
    first = _at(values, found[0])[0] if len(found) == 1 else {}
    asks = any(map(_is_row, (first, *first.values())))  # GraphQL has each row in a node
    return found[0] if asks else ()


def _is_page(values: Mapping[str, Any]) -> bool:
    """Return whether an object is one list of objects and, besides, only what counts or turns its pages."""
    (name, *others) = lists_in(values) or [""]
    rest = {key: value for key, value in values.items() if key != name}
    inner = [cell for value in rest.values() for cell in (value.values() if isinstance(value, dict) else [value])]
    names = set(map(plain, rest))
    is_row = bool((ASKS | FIELDS) & names) or any(isinstance(cell, dict | list) and cell for cell in inner)
    return bool(name) and not others and not is_row and bool(PAGING & names)


def alike_lists(values: Mapping[str, Any]) -> list[str]:
    """Return the names of several lists of rows that ask, with the same columns, in an object that holds no others.

    Those that are called like splits or documents are none, nor those whose names all say no more than that they hold
    rows: one of them may be the knowledge base of another.
    """
    names = lists_in(values)
    others = [value for name, value in values.items() if name not in names]
    if len(names) < 2 or ASKS & values.keys() or any(isinstance(value, dict | list) for value in others):
        return []
    if HOLDERS.issuperset(names) or any(split_called(name) or _is_called(name) for name in names):
        return []
    first = values[names[0]][0].keys()
    return names if all(_is_row(values[name][0]) and values[name][0].keys() == first for name in names) else []


def _at(values: Any, keys: Keys) -> Any:
    for key in keys:
        values = values[key]
    return values


def turned(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of an object of columns or of rows (pandas writes four kinds); none if it is no such object."""
    if rows := parallel(values):
        return rows
    names, data = values.get("columns"), values.get("data")
    if isinstance(names, list) and isinstance(data, list) and all(isinstance(row, list) for row in data):
        return [dict(zip(map(str, names), row, strict=False)) for row in data]
    if asked_and_answered(values):
        return [{"question": question, "answer": answer} for question, answer in values.items()]
    if rows := asked_by_category(values):
        return rows
    columns = list(values.values())
    if len(columns) < 2 or not all(isinstance(column, dict | list) and column for column in columns):
        return []
    if all(map(_is_row, columns)) or _are_named_rows(values):
        return [{"id": name, **row} for name, row in values.items()]
    if all(isinstance(column, dict) and column.keys() == columns[0].keys() for column in columns):
        return [{name: column[key] for name, column in values.items()} for key in columns[0]]
    if any(isinstance(cell, dict) for column in columns for cell in column):
        return []
    if all(isinstance(column, list) and len(column) == len(columns[0]) for column in columns):
        return [dict(zip(values, row, strict=True)) for row in zip(*columns, strict=True)]
    return []


def _are_named_rows(values: Mapping[str, Any]) -> bool:
    """Return whether an object has a row for each name, and not a column: the fields inside have names of columns."""
    inner = [_texts_in(value) if isinstance(value, dict) else set() for value in values.values()]
    outer = {plain(name) for name in values}
    return all(len(FIELDS & own) > 1 for own in inner) and not FIELDS & outer


def _texts_in(value: Mapping[str, Any]) -> set[str]:
    """Return the plain names of the fields that hold a text."""
    return {plain(name) for name, cell in value.items() if isinstance(cell, str)}


def asked_and_answered(values: Mapping[str, Any]) -> bool:
    """Return whether an object has questions as its keys, with a text as the answer of each."""
    return _ask(list(values)) and all(isinstance(value, str) for value in values.values())


def asked_by_category(values: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the rows of an object of questions and answers below categories; [] for any other.

    What stands around all categories says nothing of any of them, and is left out of their names.
    """
    found = list(_below_categories(values, ()))
    are_texts = all(isinstance(answer, str) and keys for keys, _, answer in found)
    if not are_texts or not _ask([question for _, question, _ in found]):
        return []
    levels = zip(*(keys for keys, _, _ in found), strict=False)
    above = sum(1 for _ in itertools.takewhile(lambda names: len(set(names)) == 1, levels))
    named = (({SLICE: " / ".join(keys[above:])} if keys[above:] else {}, *pair) for keys, *pair in found)
    return [{"question": question, "answer": answer, **category} for category, question, answer in named]


def _below_categories(values: Mapping[str, Any], at: Keys) -> Iterator[tuple[Keys, str, Any]]:
    """Yield what stands below categories: these, a key, and what it leads to."""
    for name, value in values.items():
        if isinstance(value, dict) and len(at) < DEEPEST:
            yield from _below_categories(value, (*at, name))
        else:
            yield at, name, value


def _ask(names: Sequence[str]) -> bool:
    """Return whether half of the keys of an object, and two at least, are questions."""
    count = sum(name.rstrip().endswith(("?", "？")) for name in names)
    return count >= max(2, len(names) / 2)


def _is_row(value: Any) -> bool:
    """Return whether an object has a column with a name for the input, and a text in it."""
    names = {*ASKS, *DEFAULTS.input, *SURE_INPUTS}
    return isinstance(value, dict) and any(plain(name) in names and isinstance(value[name], str) for name in value)


def asked(values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the rows of an object of queries: their texts, the ids of their gold documents, and answers if there are.

    Args:
        values: an object with queries, and what is gold for them: a list of ids, or document -> score.
    """
    queries, gold, answers = (values.get(_key(values, names), {}) for names in (QUERIES, GOLD, ANSWERS))
    for name, text in queries.items():
        named = gold.get(name, [])
        ids = [key for key, score in named.items() if _is_above_0(score)] if isinstance(named, dict) else named
        known = {"answer": answers[name]} if name in answers else {}
        yield {"id": name, "input": text, **known, "evidence": ids}


def _is_above_0(score: Any) -> bool:
    try:
        return float(score) > 0
    except (TypeError, ValueError):
        return bool(score)


def documents_in(path: Path) -> Keys:
    """Return where a JSON file of examples holds the knowledge base, too; () for other files."""
    return parts_of(_object_in(path)).documents


def is_of_programs(path: Path) -> bool:
    """Return whether a JSON file is one object without any row: settings, or a description of files of data."""
    value = _object_in(path)
    is_row = bool(ASKS & value.keys()) or _is_row(value) or bool(turned(value)) or parts_of(value) != NOTHING
    return bool(value) and not is_row and not any(_row_lists(value, (), DEEPEST))


def is_about_texts(path: Path, texts: Sequence[Path]) -> bool:
    """Return whether a JSON file is one object that describes the texts beside it, and no document itself.

    Args:
        path: of the file.
        texts: files with a text each of the same data.
    """
    is_called_so = path.suffix.lower() == ".json" and plain(path.stem) in CALLED_ABOUT
    if not is_called_so or len(texts) < FEWEST_TEXTS or not is_of_programs(path):
        return False
    values = {plain(name): cell for name, cell in _object_in(path).items()}
    is_document = any(isinstance(values.get(name), str) for name in DOCUMENT_COLUMNS["text"])
    is_document = is_document or any(_is_prose(cell) for name, cell in values.items() if name != DESCRIBES)
    return not is_document and len(ABOUT & values.keys()) >= FEWEST_ABOUT


def _is_prose(value: Any) -> bool:
    """Return whether a value is, or holds at any depth, a text of sentences."""
    if isinstance(value, dict | list):
        return any(map(_is_prose, value.values() if isinstance(value, dict) else value))
    return isinstance(value, str) and len(value.split()) >= PROSE


def _object_in(path: Path) -> Mapping[str, Any]:
    """Return the object that a JSON file is; {} for other files."""
    if path.suffix.lower() != ".json":
        return {}
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError, OSError):
        return {}
    return value if isinstance(value, dict) else {}
