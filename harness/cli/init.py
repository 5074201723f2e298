"""`make init dir=DATA`: look at your data, say what it is, and write the yaml of a task from it.

    make init dir=DATA [name=support or task=support] [force=true] [strict=true]
        [columns.input=[question] documents_file=kb/ …]

Prints what was recognised (format, columns, splits, knowledge base, languages, lengths) and what should be mended first
(repetitions, leakage). Writes conf/task/NAME.yaml with comments and names the command to run next. What was recognised
wrongly is set by the keys of the task (conf/task/jsonl.yaml). A yaml that was edited since, or is of other data, is
written over with force=true alone. Exit status: 0 written; 1 written, and with strict=true something is
flagged; 2 the data cannot be read as a task.
"""

import logging
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from harness.cli.config import ROOT
from harness.cli.looking import looked_at
from harness.cli.reader_gone import quiet_when_reader_goes
from harness.cli.task_file import bad_name, default_name, is_of, not_ours, sealed
from harness.cli.task_yaml import Choices, chosen, written
from harness.errors import ConfigError, CutleryError
from harness.store.files import write_text
from harness.tasks.description import described
from harness.tasks.jsonl import JsonlTask
from harness.tasks.labels import label_audits
from harness.tasks.overlap import overlap_audits

OWN: Final = ("dir", "name", "task", "force", "strict")
"""keys of the command; all others are the task's. The name may be given as task=NAME, as other commands want it"""
TASKS: Final = ROOT / "conf/task"


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


def task_of_data(place: Path, name: str, *, keep: bool = False) -> str:
    """Look at data and write the yaml of their task, as the command does; return what it would print.

    Args:
        place: folder or file.
        name: of the task.
        keep: take a yaml that is there and was made of the same data, edited or not, as it is.

    Raises:
        CutleryError: the data cannot be read as a task, or a yaml of this name is somebody else's.
    """
    path = TASKS / f"{name}.yaml"
    if keep and path.exists() and is_of(path.read_text(encoding="utf-8"), place):
        return f"Task {name}: {path.relative_to(ROOT)} is there, made of {place}, and is taken as it is"
    path = _target(name, place, force=False)
    task, node = looked_at(place, [])
    choices = chosen(task, node, name)
    write_text(path, sealed(written(choices, task.remarks()), place))
    said = [f"Read {place}", *(f"  {line}" for line in (*task.remarks(), *described(task)))]
    flags = [f"! {flag}" for flag in _flags(task)]
    return "\n".join([*said, *flags, f"Written: {path.relative_to(ROOT)} ({choices.why})"])


@quiet_when_reader_goes
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
