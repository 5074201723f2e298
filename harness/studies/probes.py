"""A file of probes: questions that have nothing to do with the task, asked before and after a model is tuned on it.

Columns: `instruction` (the same in all rows), `input` and `references`; also `facts` (bare values that a right answer
states), `choices` (answers to choose among by their likelihood, a reference among them) and `group` (rows that are
resampled together). JSON lines, CSV or whatever else a task is read from.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from harness.errors import DataError, joined
from harness.tasks.complaints import Complaints
from harness.tasks.files.row import FileRow
from harness.tasks.rows import read_rows
from harness.types import Example

COLUMNS: Final = "columns instruction, input and references, and if you like facts, choices and group"
MOST_NAMED: Final = 3
"""faults that are listed"""


@dataclass(frozen=True)
class ProbeFile:
    """What was read."""

    name: str
    """of the file, without its ending"""
    instruction: str
    """what the model should do"""
    examples: tuple[Example, ...]
    """the questions, in their order"""


def read_probe(path: str) -> ProbeFile:
    """Read a file of probes.

    Raises:
        DataError: lists what is wrong with it, and how it should be.
    """
    place = Path(path).expanduser()
    if not place.is_file():
        raise DataError(
            f"probe {path}: there is no such file; name one with the {COLUMNS} by study.values.probe=[FILE]"
        )
    return _read(place, place.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _read(path: Path, _changed: int) -> ProbeFile:
    complaints = Complaints()
    rows = list(read_rows(path, complaints))
    problems = [*complaints.lines(), *(line for row in rows for line in _problems(row))]
    instructions = {str(row.values.get("instruction") or "").strip() for row in rows}
    if len(instructions) > 1:
        problems.append(f"it has {len(instructions)} instructions; put each into a file of its own")
    if not rows or problems:
        reason = problems[:MOST_NAMED] or ["it has no row"]
        raise joined(DataError, f"probe {path.name} (want the {COLUMNS})", reason)
    examples = tuple(_example(path.stem, number, row.values) for number, row in enumerate(rows, start=1))
    return ProbeFile(path.stem, next(iter(instructions)), examples)


def _problems(row: FileRow) -> Iterator[str]:
    for column in ("instruction", "input", "references"):
        if not _texts(row.values.get(column)):
            yield f"{row.place}: nothing in column {column}"
    choices, references = _texts(row.values.get("choices")), _texts(row.values.get("references"))
    if choices and not set(choices) & set(references):
        yield f"{row.place}: no choice is a reference"


def _example(name: str, number: int, values: Mapping[str, Any]) -> Example:
    return Example(
        id=f"{name}-{number:04d}",
        input=_texts(values["input"])[0],
        references=_texts(values["references"]),
        evidence=(),
        group=next(iter(_texts(values.get("group"))), ""),
        slice=name,
        facts=_texts(values.get("facts")),
        choices=_texts(values.get("choices")),
    )


def _texts(value: Any) -> tuple[str, ...]:
    """Return a cell as texts, without empty ones."""
    cells = value if isinstance(value, list | tuple) else [value]
    return tuple(text for cell in cells if cell is not None and (text := str(cell)).strip())
