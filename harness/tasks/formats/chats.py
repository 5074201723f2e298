"""ShareGPT (conversations of from and value) and OpenAI (messages of role and content), and their relatives."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import Columns, plain
from harness.tasks.complaints import BadCellError, listed
from harness.tasks.files.row import FileRow
from harness.tasks.formats.gathered import Gathered, RowFormat
from harness.tasks.formats.printed import printed
from harness.tasks.formats.system_turn import system_column, system_turns
from harness.tasks.formats.turns import (
    UNANSWERED,
    UNANSWERED_IS,
    is_conversation,
    is_unwanted,
    side_of,
    split_conversation,
)
from harness.tasks.known_columns import COMMON, DEFAULTS
from harness.tasks.values import as_texts, shown

COLUMNS: Final = (
    "conversations",
    "messages",
    "conversation",
    "turns",
    "dialog",
    "dialogue",
    "chat",
    "contents",
    "segments",
    "input",
    "prompt",
    "chosen",
)
"""columns that hold turns, likeliest first; a prompt or input has its answer in another column"""
_FIRST: Final = ("completion", "chosen", "response", "answer", "ideal", "output", *DEFAULTS.references)
_KINDS: Final = frozenset(("a", "label", "labels", "category", "class", "summary", "highlights"))
ANSWERS: Final = (
    *_FIRST,
    *(name for name in COMMON["references"] if "." not in name and name not in (*_FIRST, *_KINDS)),
    *("expected_output", "expected_response", "preferred_output", "preferred", "preferred_response"),
)
"""columns that may hold the answer to turns that end with the user's"""
EXCHANGED: Final = (
    ("input", "user", "human", "question", "instruction", "prompt", "query", "customer", "user_utterance"),
    ("output", "assistant", "gpt", "answer", "response", "bot", "completion", "reply", "system_response"),
)
"""what is asked and what is answered, in conversations that are lists of such pairs"""
SPOKEN: Final = ("conversations", "messages", "conversation", "turns", "dialog", "dialogue", "chat")
"""columns in which texts one after the other are turns of the user and of the assistant, where nothing else answers"""
SIDES: Final = ("user", "assistant")
SEGMENTS: Final = "segments"
"""column of texts that follow each other; those whose label is true are learnt"""
ENDS: Final = ("<s>", "</s>", "<|endoftext|>", "<|im_end|>", "<|eot_id|>", "<|begin_of_text|>")
"""signs of chat templates, which stand at the ends of texts that were made for one model"""
PREFERRED: Final = frozenset(("preferred_output", "preferred", "preferred_response", "chosen"))
"""columns whose turns answer an object of turns, {"messages": […]}, better than others do"""
TOOLS: Final = frozenset(("tools", "functions"))
SHOWN: Final = "the last turn of the assistant is the reference, what is before it the input"


def _turns(values: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return the turns in a cell, also where it is a text of JSON; [] without any."""
    cell: Any = values.get(name)
    cell = printed(cell) if isinstance(cell, str) and cell.lstrip().startswith("[") else cell
    cell = cell.get("messages") if isinstance(cell, dict) and _is_preferred(values) else cell
    if isinstance(cell, list) and _are_spoken(values, name, cell):
        return [{"role": SIDES[number % 2], "content": text} for number, text in enumerate(cell)]
    if name == SEGMENTS and _are_segments(cell):
        return [{"role": SIDES[one["label"]], "content": _without_ends(one["text"])} for one in cell]
    if name in SPOKEN and (pairs := _exchanged(cell)):
        return [{"role": side, "content": text} for pair in pairs for side, text in zip(SIDES, pair, strict=True)]
    return cell if isinstance(cell, list) and is_conversation(cell) else []


def _are_segments(cell: Any) -> bool:
    """Return whether a cell is a list of texts of which a label, true or false, says whether they are learnt."""
    items = cell if isinstance(cell, list) and all(isinstance(one, dict) for one in cell) else []
    are_texts = all(isinstance(one.get("text"), str) for one in items)
    labels = [one.get("label") for one in items]
    return are_texts and all(isinstance(label, bool) for label in labels) and {True, False} == {*labels}


def _without_ends(text: str) -> str:
    """Return a text without the signs of templates at its ends."""
    text = text.strip()
    for sign in ENDS:
        text = text.removeprefix(sign).removesuffix(sign).strip()
    return text


def _is_preferred(values: Mapping[str, Any]) -> bool:
    """Return whether a column holds the turns that are preferred as the answer."""
    return any(plain(name) in PREFERRED and is_conversation(cell) for name, cell in values.items())


def _exchanged(cell: Any) -> list[tuple[str, str]]:
    """Return what is asked and answered in each item of a list of pairs; [] for any other cell."""
    pairs = []
    for item in cell if isinstance(cell, list) else []:
        known = {plain(key): text for key, text in item.items()} if isinstance(item, dict) else {}
        sides = [[known[key] for key in keys if isinstance(known.get(key), str)] for keys in EXCHANGED]
        if any(len(texts) != 1 for texts in sides):
            return []
        pairs.append((sides[0][0], sides[1][0]))
    return pairs


def _are_spoken(values: Mapping[str, Any], name: str, cell: Any) -> bool:
    """Return whether a cell is a list of texts that two speakers take turns to say."""
    if (
        name not in SPOKEN
        or not isinstance(cell, list)
        or len(cell) < 2
        or not all(isinstance(one, str) for one in cell)
    ):
        return False
    answers = {*COMMON["references"], *ANSWERS} - {*SPOKEN}
    return not any(plain(other) in answers and values[other] not in (None, "", []) for other in values)


def _column(values: Mapping[str, Any], keys: frozenset[str]) -> str | None:
    """Return the column with a conversation whose turns have these keys."""
    return next((name for name in COLUMNS if (turns := _turns(values, name)) and turns[0].keys() & keys), None)


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
    said = _turns(row.values, name)
    if isinstance(row.values[name], str):
        gathered.decided(f"{name} is a text of JSON: its turns are read")
    if _are_spoken(row.values, name, row.values[name]):
        gathered.decided(f"the texts of {name} are read as turns of the user and of the assistant, in this order")
    if name == SEGMENTS and _are_segments(row.values[name]):
        gathered.decided("the segments are turns: those whose label is true are the assistant's")
    if name in SPOKEN and _exchanged(row.values[name]):
        gathered.decided(f"the pairs of {name} are read as turns of the user and of the assistant")
    if row.values.get("tools") or row.values.get("functions"):
        gathered.decided("the descriptions of tools (column tools) are not shown to the model")
    turns = _learnt([*system_turns(row.values), *said, *_answer(row.values, name, said)], gathered)
    if turns:
        try:
            asked, reference = split_conversation(turns, gathered)
        except BadCellError as error:
            others = [column for column in row.values if column != name and column != system_column(row.values)]
            if error.kind != UNANSWERED or not others:
                raise
            there = f"{UNANSWERED_IS}, or a column {', '.join(ANSWERS[:3])}, …; the other columns are {listed(others)}"
            raise BadCellError(UNANSWERED, there) from None
        yield row._replace(values={**row.values, "input": asked, "references": reference})


def _learnt(turns: list[Mapping[str, Any]], gathered: Gathered) -> list[Mapping[str, Any]]:
    """Return the turns up to the last of the assistant that is to be learnt; [] where all have the weight 0."""
    said = [number for number, turn in enumerate(turns, start=1) if side_of(turn) in ("assistant", "call")]
    wanted = [number for number in said if not is_unwanted(turns[number - 1])]
    if not said or (wanted and wanted[-1] == said[-1]):
        return turns
    if not wanted:
        gathered.decided("rows are left out in which all turns of the assistant have the weight 0: none is an answer")
        return []
    gathered.decided("turns of the assistant at the end that have the weight 0 are left out: they are no answers")
    return turns[: wanted[-1]]


def _answer_column(values: Mapping[str, Any], asked: str, turns: Sequence[Mapping[str, Any]]) -> str:
    """Return the column with the answer, where the turns end with another one's than the assistant's; "" without."""
    if side_of(turns[-1]) in ("assistant", "call"):
        return ""
    known = {plain(name): name for name in values if name != asked}
    return next((known[name] for name in ANSWERS if name in known and values[known[name]]), "")


def _answer(values: Mapping[str, Any], asked: str, turns: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the answer that stands in another column than the turns before it."""
    column = _answer_column(values, asked, turns)
    answer = values.get(column)
    answer = [answer] if isinstance(answer, dict) else answer
    if isinstance(answer, list) and is_conversation(answer):
        return answer
    try:
        return [{"role": "assistant", "content": text} for text in as_texts(answer)[:1]]
    except BadCellError as error:
        raise BadCellError(f"has a bad {column}", str(error)) from None


def _columns_of(rows: Sequence[Mapping[str, Any]], columns: Columns) -> Collection[str]:
    """Return the columns that are read in these rows."""
    read = set[str]()
    for values in rows:
        name = _column(values, frozenset({"from", "role"}))
        if name is not None:
            read |= {name, system_column(values), _answer_column(values, name, _turns(values, name))}
    return read | {name for values in rows for name in values if plain(name) in TOOLS}


SHAREGPT: Final = RowFormat(
    "sharegpt", f"ShareGPT conversations: {SHOWN}", _fits_from, _convert, frozenset(), columns_of=_columns_of
)
OPENAI: Final = RowFormat(
    "openai", f"OpenAI messages: {SHOWN}", _fits_role, _convert, frozenset(), columns_of=_columns_of
)
