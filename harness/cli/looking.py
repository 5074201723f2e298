"""Builds a task from data as people have them: knowledge base and its columns, evidence, whether there are answers.

What the loader recognises by itself is left to it; what is chosen here stands in the yaml that `make init` writes.
"""

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.cli import old_names
from harness.cli.config import compose, experiment, resolved
from harness.cli.free_text import quoted
from harness.errors import ConfigError, DataError, joined
from harness.tasks.complaints import Complaints
from harness.tasks.document_names import DocumentNames
from harness.tasks.files.folder_rows import held_in
from harness.tasks.formats.recognition import recognise
from harness.tasks.jsonl import JsonlTask
from harness.tasks.knowledge.beside import how_to_use, lookalikes, named, some, texts_in
from harness.tasks.knowledge.roles import document_roles, document_rows, evidence_column, id_columns, quoting_column
from harness.tasks.rows import READERS, FileRow, read_rows
from harness.tasks.split_names import split_called
from harness.tasks.suggestions import all_ask, columns_of, suggested
from harness.tasks.table_kind import holds_documents, holds_examples
from harness.tasks.task_files import DOCUMENTS
from harness.types import SPLITS, Document

NO_ANSWERS: Final = "task.columns.references=[]"
SHOWN: Final = 200
"""rows by which a column that names documents is found"""


def looked_at(place: Path, given: Sequence[str]) -> tuple[JsonlTask, Mapping[str, Any]]:
    """Build a task from data, with what had to be chosen besides: the knowledge base and its columns, evidence.

    Args:
        place: folder or file.
        given: keys of the task that were set, each KEY=VALUE.

    Returns:
        The task, and its node of the configuration with everything chosen.

    Raises:
        CutleryError: a key is wrong, or the data cannot be read as a task.
    """
    keys = {old_names.key_of(line) for line in given}
    choices, rows = _knowledge(place, given)
    task, node = _built(place, [*choices, *given])
    if "task.columns.evidence" not in keys:
        more = _evidence(task, [] if "task.document_columns.id" in keys else rows)
        if more:
            choices += more
            task, node = _built(place, [*choices, *given])
    answered = any(own.references for examples in task.data.splits.values() for own in examples)
    is_open = "task.columns.references" not in keys and not answered and task.problems()
    if is_open and _is_without_answers(place, [*choices, *given]):
        task, node = _built(place, [*choices, NO_ANSWERS, *given])
    if problems := task.problems():
        raise joined(DataError, f"task {node['name']} ({place})", problems)
    return task, node


def _knowledge(place: Path, given: Sequence[str]) -> tuple[list[str], list[FileRow]]:
    """Return the keys for a knowledge base beside the data, whatever its name and its columns are, and its rows."""
    folder, keys = place if place.is_dir() else place.parent, {old_names.key_of(line) for line in given}
    told = any(key == "task.documents_file" or key.startswith("task.splits.") for key in keys)
    choices = _both(place) if place.is_dir() and not told else []
    task, _ = _built(place, [*choices, *given])
    found = task.files.get(DOCUMENTS)
    if found is None and "task.documents_file" not in keys and (name := _beside(folder, place, task)):
        choices += [f"task.documents_file={quoted(name)}"]
        task, _ = _built(place, [*choices, *given])
        found = task.files.get(DOCUMENTS)
    rows = [] if found is None else document_rows(found, task.documents_shape(), task.document_parts)
    choices += [
        _columns(f"task.document_columns.{role}", names)
        for role, names in document_roles(rows).items()
        if f"task.document_columns.{role}" not in keys
    ]
    return choices, rows


def _columns(key: str, names: Iterable[str]) -> str:
    return f"{key}=[{','.join(map(quoted, names))}]"


def _beside(folder: Path, place: Path, task: JsonlTask) -> str:
    """Return the name of what looks like the knowledge base; many texts are one; of others the user chooses."""
    splits = [path for role, path in task.files.items() if role != DOCUMENTS]
    like = _candidates(folder, place, splits)
    if not like and splits and place.is_dir():
        left = [path for path in _tables(folder) if path not in splits and holds_documents(path)]
        like = left if len(left) == 1 else []
    if len(like) > 1 and like == texts_in(folder) and all(path.is_file() for path in like):
        return "."
    if len(like) > 1:
        names = some(list(map(named, like)))
        raise ConfigError(f"{folder}: {names} look like knowledge bases; {how_to_use(folder, like)}")
    return named(like[0]) if like else ""


def _candidates(folder: Path, place: Path, splits: Collection[Path]) -> list[Path]:
    """Return what may be the knowledge base: texts before tables, and never the only table: it holds the examples.

    Args:
        folder: of the task.
        place: the folder, or the one file of the task.
        splits: files of examples, which may be called docs_test.csv.
    """
    like = lookalikes(folder, [place, *splits, *(held_in(place) if place.is_dir() else [])])
    texts = [path for path in like if path.is_dir() or path.suffix.lower() not in READERS]
    return texts or (like if len(_tables(folder)) > len(like) else [])


def _tables(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.suffix.lower() in READERS and path.is_file()]


def _both(folder: Path) -> list[str]:
    """Return the keys for two tables of which one asks and answers and the other has documents, by their columns."""
    tables = _tables(folder)
    words = [word for path in tables for word in re.split(r"[^a-z]+", path.stem.lower())]
    if len(tables) != 2 or any(map(split_called, words)) or lookalikes(folder, []):
        return []
    asking = [path for path in tables if holds_examples(path)]
    base = [path for path in tables if path not in asking and holds_documents(path)]
    if len(asking) != 1 or len(base) != 1:
        return []
    return [f"task.documents_file={quoted(base[0].name)}", f"task.splits.train={quoted(asking[0].name)}"]


def _built(place: Path, lines: Sequence[str]) -> tuple[JsonlTask, Mapping[str, Any]]:
    config = compose(["task=jsonl", f"task.dir={place}", "arm=[base]", *lines])
    task = experiment(config).task
    assert isinstance(task, JsonlTask), "conf/task/jsonl.yaml describes one"
    return task, resolved(config)["task"]


def _evidence(task: JsonlTask, base: Sequence[FileRow]) -> list[str]:
    """Return the keys for the columns of examples that name documents, of files in which no row has evidence yet.

    Args:
        task: as it was built so far.
        base: rows of its documents, whose ids may be in another column; [] if that is settled.
    """
    documents = [document for document in task.data.documents if not document.example_id]
    files = {split: path for split in SPLITS if (path := task.files.get(split)) is not None}
    without = [
        path for split, path in files.items() if not any(own.evidence for own in task.data.splits.get(split, []))
    ]
    if not documents or not without:
        return []
    used = {name for role in vars(task.columns).values() for name in role}
    found = _naming(task, without, DocumentNames(documents, parts=task.data.parts), used)
    if found:
        names = dict.fromkeys((*_used(task, files.values()), *found))
        return [_columns("task.columns.evidence", names)]
    if len(without) < len(files):
        return []  # some rows name documents by the ids that these have
    for name in id_columns(base):
        by_name = DocumentNames([Document(str(row.values[name]), "", "") for row in base])
        if found := _naming(task, without, by_name, used - set(task.columns.evidence)):
            return [_columns("task.document_columns.id", [name]), _columns("task.columns.evidence", found)]
    quoting = _looked_for(task, without, lambda rows, taken: quoting_column(rows, documents, taken), used)
    return [_columns("task.columns.evidence", quoting)] if quoting else []


def _naming(task: JsonlTask, files: Iterable[Path], names: DocumentNames, used: Collection[str]) -> list[str]:
    """Return the columns of these files that name documents, but for those that are used."""
    return _looked_for(task, files, lambda rows, taken: evidence_column(rows, names, taken), used)


def _looked_for(
    task: JsonlTask,
    files: Iterable[Path],
    column_of: Callable[[list[FileRow], Collection[str]], str | None],
    used: Collection[str],
) -> list[str]:
    """Return the column that is found in the first rows of each of these files, but for those that are used."""
    found: dict[str, None] = {}
    for path in files:
        rows = list(itertools.islice(read_rows(path, Complaints(), task.shape()), SHOWN))
        roles = recognise(path, task.columns, task.format, task.shape()).roles
        others = {column for role, column in roles.items() if role != "evidence"}
        if "input" not in roles:  # a page for each question, called as it: the column asks
            values = [row.values for row in rows]
            others |= {name for name in columns_of(values) if all_ask(values, name)}
        if (column := column_of(rows, {*used, *others})) is not None:
            found[column] = None
    return list(found)


def _used(task: JsonlTask, files: Iterable[Path]) -> list[str]:
    """Return the columns of evidence that files have."""
    roles = (recognise(path, task.columns, task.format, task.shape()).roles for path in files)
    return [own["evidence"] for own in roles if "evidence" in own]


def _is_without_answers(place: Path, lines: Sequence[str]) -> bool:
    """Return whether all that is wrong is that there are no answers, while gold documents are known for all rows."""
    task, _ = _built(place, [*lines, NO_ANSWERS])
    rows = [example for examples in task.data.splits.values() for example in examples]
    if task.problems() or not rows or not all(example.evidence for example in rows):
        return False
    for path in (path for role, path in task.files.items() if role in SPLITS):
        known = recognise(path, task.columns, task.format, task.shape())
        if suggested([row.values for row in known.sample], {"references": ()}, set(known.roles.values())):
            return False  # a column may be the answer
    return True
