"""Alpaca (instruction, input, output) and its relative Dolly (instruction, context, response)."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.tasks.columns import plain
from harness.tasks.complaints import BadCellError
from harness.tasks.files.row import FileRow
from harness.tasks.formats.gathered import Gathered, RowFormat
from harness.tasks.formats.system_turn import SYSTEM
from harness.tasks.values import shown

MORE: Final = ("question", "query", "input", "context")
"""what an instruction is about, in the order in which it is shown"""
ANSWERS: Final = ("output", "response", "completion", "answer", "references", "reference", "target", "expected_output")


def _fits(values: Mapping[str, Any]) -> bool:
    names = {plain(name) for name in values}
    return "instruction" in names and not names.isdisjoint(ANSWERS)


def _convert(row: FileRow, gathered: Gathered) -> Iterator[FileRow]:
    by_name = {plain(name): value for name, value in row.values.items()}
    missing = [] if "instruction" in by_name else ["instruction"]
    missing += [] if not ANSWERS or by_name.keys() & set(ANSWERS) else ["output"]
    if missing:
        got = f"no column {' nor '.join(missing)}; the columns are {', '.join(row.values)}"
        raise BadCellError("is no Alpaca row", got)
    asked = "\n\n".join(_texts(by_name, "instruction") + [text for name in MORE for text in _texts(by_name, name)])
    earlier = _history(by_name.get("history"))
    system = next((text for name in SYSTEM if (text := _texts(by_name, name))), [])
    turns = [{"role": "system", "content": text} for text in system] + earlier + [{"role": "user", "content": asked}]
    reference = next((by_name[name] for name in ANSWERS if by_name.get(name) is not None), None)
    values = {**row.values, "input": turns if turns[1:] else asked, "references": reference}
    yield row._replace(values=values, only_asks=not any(_texts(by_name, name) for name in MORE))


def _texts(by_name: Mapping[str, Any], name: str) -> list[str]:
    value = by_name.get(name)
    if not isinstance(value, str | None):
        raise BadCellError(f"has a bad {name}", f"want a text, got {shown(value)}")
    return [value.strip()] if value and value.strip() else []


def _history(pairs: Any) -> list[dict[str, str]]:
    """Return the turns before the instruction: pairs of what was asked and answered."""
    if not isinstance(pairs, list):
        return []
    return [
        {"role": role, "content": str(text)}
        for pair in pairs
        if isinstance(pair, list)
        for role, text in zip(("user", "assistant"), pair, strict=False)
    ]


ALPACA: Final = RowFormat(
    "alpaca",
    "Alpaca: instruction and input (or question, context), if any, joined by an empty line are the input",
    _fits,
    _convert,
    frozenset(("instruction", *MORE, "history", *SYSTEM)),
    ANSWERS,
)
