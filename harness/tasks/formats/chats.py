"""ShareGPT (conversations of from and value) and OpenAI (messages of role and content)."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.tasks.complaints import BadCellError
from harness.tasks.files.row import FileRow
from harness.tasks.formats.gathered import Gathered, RowFormat
from harness.tasks.formats.turns import is_conversation, split_conversation
from harness.tasks.values import as_texts, shown

COLUMNS: Final = (
    "conversations",
    "messages",
    "conversation",
    "turns",
    "dialog",
    "dialogue",
    "chat",
    "input",
    "prompt",
    "chosen",
)
"""columns that hold turns, likeliest first; a prompt or input has its answer in another column"""
ANSWERS: Final = ("completion", "chosen", "response", "answer", "ideal", "output", "reference", "references")
READS: Final = frozenset((*COLUMNS, *ANSWERS, "system", "tools", "functions"))
SHOWN: Final = "the last turn of the assistant is the reference, what is before it the input"


def _column(values: Mapping[str, Any], keys: frozenset[str]) -> str | None:
    """Return the column with a conversation whose turns have these keys."""
    return next((name for name in COLUMNS if is_conversation(values.get(name)) and values[name][0].keys() & keys), None)


def _fits_from(values: Mapping[str, Any]) -> bool:
    return _column(values, frozenset({"from"})) is not None


def _fits_role(values: Mapping[str, Any]) -> bool:
    return _column(values, frozenset({"role"})) is not None


def _convert(row: FileRow, gathered: Gathered) -> Iterator[FileRow]:
    name = _column(row.values, frozenset({"from", "role"}))
    if name is None:
        there = next((column for column in COLUMNS if column in row.values), None)
        got = f"{there} is {shown(row.values[there])}" if there else f"the columns are {', '.join(row.values)}"
        raise BadCellError("holds no conversation", f"want messages or conversations, a list of turns; {got}")
    turns = [*_system(row.values), *row.values[name], *_answer(row.values, name)]
    asked, reference = split_conversation(turns, gathered)
    if row.values.get("tools") or row.values.get("functions"):
        gathered.decided("the descriptions of tools (column tools) are not shown to the model")
    yield row._replace(values={**row.values, "input": asked, "references": reference})


def _system(values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the system turn of a column of its own."""
    text = values.get("system")
    return [{"role": "system", "content": text}] if isinstance(text, str) and text.strip() else []


def _answer(values: Mapping[str, Any], asked: str) -> list[Mapping[str, Any]]:
    """Return the answer that stands in another column than the turns before it."""
    if values[asked][-1].get("role", values[asked][-1].get("from")) in ("assistant", "gpt"):
        return []
    answer = next((values[name] for name in ANSWERS if name != asked and values.get(name)), None)
    if isinstance(answer, list) and is_conversation(answer):
        return answer
    return [{"role": "assistant", "content": text} for text in as_texts(answer)[:1]]


SHAREGPT: Final = RowFormat("sharegpt", f"ShareGPT conversations: {SHOWN}", _fits_from, _convert, READS)
OPENAI: Final = RowFormat("openai", f"OpenAI messages: {SHOWN}", _fits_role, _convert, READS)
