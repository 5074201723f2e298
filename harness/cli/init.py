"""`make init dir=DATA`: look at your data, say what it is, and write the yaml of a task from it.

    make init dir=DATA [name=support or task=support] [force=true] [strict=true]
        [columns.input=[question] documents_file=kb/ …]

Prints what was recognised (format, columns, splits, knowledge base, languages, lengths) and what should be mended first
(repetitions, leakage). Writes conf/task/NAME.yaml with comments and names the command to run next. What was recognised
wrongly is set by the keys of the task (conf/task/jsonl.yaml). A yaml that was edited since, or is of other data, is
written over with force=true alone. Exit status: 0 written; 1 written, and with strict=true something is
flagged; 2 the data cannot be read as a task.
"""

import itertools
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.cli import old_names
from harness.cli.config import ROOT, compose, experiment, resolved
from harness.cli.free_text import quoted
from harness.cli.task_file import bad_name, default_name, not_ours, sealed
from harness.cli.task_yaml import Choices, chosen, written
from harness.errors import ConfigError, CutleryError, DataError, joined
from harness.store.files import write_text
from harness.tasks.complaints import Complaints
from harness.tasks.description import described
from harness.tasks.document_names import DocumentNames
from harness.tasks.formats.recognition import recognise
from harness.tasks.jsonl import JsonlTask
from harness.tasks.knowledge.finding import lookalikes, named
from harness.tasks.knowledge.roles import document_roles, document_rows, evidence_column, id_columns
from harness.tasks.labels import label_audits
from harness.tasks.overlap import overlap_audits
from harness.tasks.rows import READERS, FileRow, read_rows
from harness.tasks.task_files import DOCUMENTS
from harness.types import Document

OWN: Final = ("dir", "name", "task", "force", "strict")
"""keys of the command; all others are the task's. The name may be given as task=NAME, as other commands want it"""
TASKS: Final = ROOT / "conf/task"
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
            task, node = _built(place, [*choices, *more, *given])
    if problems := task.problems():
        raise joined(DataError, f"task {node['name']} ({place})", problems)
    return task, node


def _knowledge(place: Path, given: Sequence[str]) -> tuple[list[str], list[FileRow]]:
    """Return the keys for a knowledge base beside the data, whatever its name and its columns are, and its rows."""
    folder, keys = place if place.is_dir() else place.parent, {old_names.key_of(line) for line in given}
    task, _ = _built(place, given)
    choices = list[str]()
    found = task.files.get(DOCUMENTS)
    if found is None and "task.documents_file" not in keys and (found := _beside(folder, place)) is not None:
        choices = [f"task.documents_file={quoted(named(found))}"]
        task, _ = _built(place, [*choices, *given])
    rows = [] if found is None else document_rows(found, task.documents_shape())
    choices += [
        _columns(f"task.document_columns.{role}", names)
        for role, names in document_roles(rows).items()
        if f"task.document_columns.{role}" not in keys
    ]
    return choices, rows


def _columns(key: str, names: Sequence[str]) -> str:
    return f"{key}=[{','.join(map(quoted, names))}]"


def _beside(folder: Path, place: Path) -> Path | None:
    """Return what looks like the knowledge base and has another name than documents; the user chooses of several."""
    like = _candidates(folder, place)
    if len(like) > 1:
        names = ", ".join(map(named, like))
        raise ConfigError(f"{folder}: {names} look like knowledge bases; say which is: documents_file={named(like[0])}")
    return like[0] if like else None


def _candidates(folder: Path, place: Path) -> list[Path]:
    """Return what may be the knowledge base: texts before tables, and never the only table: it holds the examples."""
    like = lookalikes(folder, [place])
    texts = [path for path in like if path.is_dir() or path.suffix.lower() not in READERS]
    tables = [path for path in folder.iterdir() if path.suffix.lower() in READERS]
    return texts or (like if len(tables) > len(like) else [])


def _built(place: Path, lines: Sequence[str]) -> tuple[JsonlTask, Mapping[str, Any]]:
    config = compose(["task=jsonl", f"task.dir={place}", "arm=[base]", *lines])
    task = experiment(config).task
    assert isinstance(task, JsonlTask), "conf/task/jsonl.yaml describes one"
    return task, resolved(config)["task"]


def _evidence(task: JsonlTask, base: Sequence[FileRow]) -> list[str]:
    """Return the keys for the column of examples that names documents, if no example has evidence yet.

    Args:
        task: as it was built so far.
        base: rows of its documents, whose ids may be in another column; [] if that is settled.
    """
    documents = [document for document in task.data.documents if not document.example_id]
    examples = [example for split in task.data.splits.values() for example in split]
    path = task.files.get("test") or task.files.get("train")
    if not documents or path is None or any(example.evidence for example in examples):
        return []
    rows = list(itertools.islice(read_rows(path, Complaints(), task.shape()), SHOWN))
    used = {name for role in vars(task.columns).values() for name in role}
    used |= set(recognise(path, task.columns, task.format, task.shape()).roles.values())
    if column := evidence_column(rows, DocumentNames(documents), used):
        return [_columns("task.columns.evidence", [column])]
    for name in id_columns(base):
        known = DocumentNames([Document(str(row.values[name]), "", "") for row in base])
        if column := evidence_column(rows, known, used):
            return [_columns("task.document_columns.id", [name]), _columns("task.columns.evidence", [column])]
    return []


def _flags(task: JsonlTask) -> Iterator[str]:
    yield from (found.flag for found in (*overlap_audits(task), *label_audits(task)) if found.flag)


def _arguments(lines: Sequence[str]) -> tuple[Path, str, bool, list[str]]:
    """Return folder or file, name, whether to overwrite, and the keys of the task."""
    own = {key: value for key, equals, value in (line.partition("=") for line in lines) if equals and key in OWN}
    if not own.get("dir"):
        raise ConfigError("name your data: make init dir=DATA, a folder or a file")
    place = Path(own["dir"]).expanduser().resolve()
    if not place.exists():
        raise ConfigError(f"dir={own['dir']}: there is no such folder or file")
    name = own.get("name") or own.get("task") or default_name(place)
    if problem := bad_name(name):
        raise ConfigError(f"name={name}: {problem}")
    if own.get("task", name) != name:
        raise ConfigError(f"name={name} and task={own['task']} are two names of one task: give one")
    rest = [line for line in lines if line.partition("=")[0] not in OWN]
    return (
        place,
        name,
        own.get("force") == "true",
        [line if line.startswith("task.") else f"task.{line}" for line in rest],
    )


def _target(name: str, place: Path, *, force: bool) -> Path:
    path = TASKS / f"{name}.yaml"
    problem = "" if force or not path.exists() else not_ours(path.read_text(encoding="utf-8"), place)
    if problem:
        cure = "choose another name=…, or force=true, which writes over it"
        raise ConfigError(f"{path.relative_to(ROOT)} is there and {problem}: {cure}")
    return path


def main() -> None:
    """Look, print, write, and say what to do next."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(__doc__)
        sys.exit()
    try:
        place, name, force, given = _arguments(sys.argv[1:])
        path = _target(name, place, force=force)
        task, node = looked_at(place, given)
        choices: Choices = chosen(task, node, name)
        print("\n".join([f"Read {place}", *(f"  {line}" for line in (*task.remarks(), *described(task)))]))
        flags = list(_flags(task))
        print("".join(f"! {flag}\n" for flag in flags), end="")
        write_text(path, sealed(written(choices, task.remarks()), place))
    except (CutleryError, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(2)
    print(f"\nWritten: {path.relative_to(ROOT)} ({choices.why})")
    print(f"Next:    make experiment task={name} limit=20     a first look")
    print(f"         make experiment task={name}              all of it")
    sys.exit(bool(flags) and "strict=true" in sys.argv[1:])


if __name__ == "__main__":
    main()
