"""Conversations that stand in one text, with marks of who speaks: "User: …", [INST], <|im_start|>, "### Response:".

They are read where task.format=transcript says so: what a text means is not guessed.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import Columns, plain
from harness.tasks.complaints import BadCellError
from harness.tasks.files.row import FileRow
from harness.tasks.formats.gathered import Gathered, RowFormat
from harness.tasks.formats.system_turn import SYSTEM
from harness.tasks.formats.turns import split_conversation
from harness.tasks.looks import Look, column_look
from harness.tasks.values import shown

NAME: Final = "transcript"
TEXTS: Final = (
    *("text", "chosen", "chat", "conversation", "conversations", "dialogue", "dialog", "transcript", "messages"),
    *("content", "prompt", "input", "history", "log"),
)
"""columns that may hold such texts, likeliest first"""
BESIDE: Final = frozenset(("rejected", *SYSTEM))
"""columns that may stand beside them, and neither ask nor answer"""
MOST: Final = 0.8
"""share of the rows that show it"""
_SIDES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("user", "human", "customer", "client", "question", "q", "instruction", "input", "[inst]"), "user"),
    **dict.fromkeys(("assistant", "bot", "agent", "ai", "answer", "a", "response", "output", "model"), "assistant"),
    **dict.fromkeys(("gpt", "chatbot", "support", "[/inst]"), "assistant"),
    **dict.fromkeys(("system", "developer"), "system"),
    **dict.fromkeys(("tool", "function", "observation", "ipython"), "tool"),
}
_WORDS: Final = "human|user|customer|client|question|q|assistant|chatbot|bot|agent|ai|answer|a|gpt|model|support|system"
FAMILIES: Final = (
    re.compile(r"<\|im_start\|>[ \t]{0,3}(\w{2,12})[ \t]{0,3}\n?"),
    re.compile(r"<\|start_header_id\|>[ \t]{0,3}(\w{2,12})[ \t]{0,3}<\|end_header_id\|>\s{0,3}"),
    re.compile(r"<start_of_turn>[ \t]{0,3}(\w{2,12})[ \t]{0,3}\n?"),
    re.compile(r"<\|(system|user|assistant|tool)\|>\s{0,3}"),
    re.compile(r"(\[/?INST\])"),
    re.compile(r"\[\|(\w{2,12})\|\]\s{0,3}"),
    re.compile(rf"^#{{2,4}}[ \t]?({_WORDS}|instruction|input|response|output)\b:?", re.I | re.M),
    re.compile(rf"^[ \t]{{0,4}}({_WORDS})[ \t]?:", re.I | re.M),
)
"""marks of one way to write a conversation; of several, the first that has both sides"""
_ENDS: Final = re.compile(
    r"<\|im_end\|>|<\|eot_id\|>|<\|end\|>|<\|endoftext\|>|<\|begin_of_text\|>|<end_of_turn>|<bos>|<eos>|</?s>"
)
_SYSTEM: Final = ("<<SYS>>", "<</SYS>>")


def taken_apart(text: str) -> list[dict[str, str]]:
    """Return the turns that stand in a text; [] where it has no marks of both sides."""
    for family in FAMILIES:
        marks = list(family.finditer(text))
        sides = [_SIDES.get(mark[1].lower(), "") for mark in marks]
        if {"user", "assistant"} <= set(sides) and all(sides):
            return list(_turns(text, marks, sides))
    return []


def _turns(text: str, marks: Sequence[re.Match[str]], sides: Sequence[str]) -> Iterator[dict[str, str]]:
    if before := _ENDS.sub("", text[: marks[0].start()]).strip():
        yield {"role": "system", "content": before}
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, side, end in zip(marks, sides, ends, strict=True):
        said = _ENDS.sub("", text[mark.end() : end]).strip()
        system, closed, rest = said.removeprefix(_SYSTEM[0]).partition(_SYSTEM[1])
        if side == "user" and said.startswith(_SYSTEM[0]) and closed:
            yield {"role": "system", "content": system.strip()}
            said = rest.strip()
        yield {"role": side, "content": said}


def answer_mark(text: str) -> str:
    """Return the last mark behind which the assistant speaks, as it stands in a text; "" where it is no transcript."""
    for family in FAMILIES:
        marks = list(family.finditer(text))
        sides = [_SIDES.get(mark[1].lower(), "") for mark in marks]
        if {"user", "assistant"} <= set(sides) and all(sides):
            last = max(number for number, side in enumerate(sides) if side == "assistant")
            return marks[last][0].strip()
    return ""


def transcript_column(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the column whose texts are conversations with marks of who speaks; "" without one."""
    known = {plain(name): name for row in rows for name in row}
    for column in (known[name] for name in TEXTS if name in known):
        texts = [cell for row in rows if isinstance(cell := row.get(column), str)]
        if texts and sum(bool(answer_mark(text)) for text in texts) >= MOST * len(rows):
            return column
    return ""


def transcript_doubt(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return what to do with rows in which a conversation stands in one text; "" for others, and beside more texts."""
    column = transcript_column(rows)
    names = [name for row in rows[:1] for name in row if name != column and plain(name) not in BESIDE]
    if any(column_look(rows, name) == Look.TEXTS for name in names):
        return ""  # another column may be what is asked, or the answer
    text = next((cell for row in rows if isinstance(cell := row.get(column), str)), "") if column else ""
    if not (mark := answer_mark(text)):
        return ""
    where = f"in the first row the last answer begins after {mark!r}"
    return f"{column} holds a conversation in one text ({where}): {CURE}"


CURE: Final = (
    f"set task.format={NAME}, which takes it apart at these marks: the last turn of the assistant is the reference, "
    "what is before it the input"
)


def _convert(row: FileRow, gathered: Gathered) -> Iterator[FileRow]:
    name = _column(row.values)
    turns = taken_apart(str(row.values.get(name) or ""))
    if not turns:
        told = f"want marks of who speaks, such as User: and Assistant:, got {shown(row.values.get(name))}"
        raise BadCellError("holds no transcript", told)
    asked, reference = split_conversation(turns, gathered)
    yield row._replace(values={**row.values, "input": asked, "references": reference})


def _column(values: Mapping[str, Any]) -> str:
    known = {plain(name): name for name in reversed(list(values))}
    texts = [known[name] for name in TEXTS if name in known and isinstance(values[known[name]], str)]
    return next((name for name in texts if answer_mark(values[name])), next(iter(texts), ""))


def _columns_of(rows: Sequence[Mapping[str, Any]], _: Columns) -> Collection[str]:
    return {_column(row) for row in rows}


TRANSCRIPT: Final = RowFormat(
    NAME,
    "transcripts: the last turn of the assistant is the reference, what is before it the input",
    lambda _: False,  # on request alone
    _convert,
    frozenset(),
    columns_of=_columns_of,
)
