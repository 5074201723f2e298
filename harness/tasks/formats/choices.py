"""Multiple choice: a question, its options in a list, an object or columns of their own, and which of them is right.

Without its options such a question cannot be answered, and a number or a letter alone is no reference.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from harness.tasks.columns import plain
from harness.tasks.complaints import BadCellError, listed
from harness.tasks.files.row import FileRow
from harness.tasks.formats.gathered import Gathered, RowFormat
from harness.tasks.formats.printed import printed
from harness.tasks.values import shown

LETTERS: Final = "abcdefghij"
"""of columns with one option each"""
LABELS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""of the options of a list; those behind have their numbers"""
QUESTIONS: Final = (
    "question",
    "query",
    "prompt",
    "instruction",
    "problem",
    "frage",
    "q",
    "stem",
    "ctx",
    "goal",
    "input",
    "sentence",
)
CONTEXTS: Final = ("context", "passage", "article", "paragraph", "support", "premise")
LISTS: Final = ("choices", "options", "answer_choices", "answer_options", "endings", "candidates", "alternatives")
STEMS: Final[Mapping[str, tuple[str, int]]] = {
    **dict.fromkeys(("option", "choice", "ending", "sol", "opt", "op"), (f"{LETTERS}0123456789", 2)),
    "answer": (LETTERS, 3),
    "": (LETTERS, 2),
}
"""how the names of columns with one option each begin -> how they end, and how many of them there are at least"""
RIGHT: Final = (
    *("correct_answer", "correct_option", "correct_choice", "correct", "answer_key", "answerkey", "answer", "answers"),
    *("answer_idx", "answer_index", "answer_id", "answer_letter", "label", "cop", "target", "gold", "ground_truth"),
    *("solution", "key", "references", "reference"),
)
ZERO_OR_ONE: Final = "task.options_from=0, or 1, says with which number the options begin"
_MARK: Final = re.compile(r"\A\s*\(?([A-Za-z]|\d)\s?[).:]\s*")


class Option(NamedTuple):
    """One option."""

    label: str
    """A, B, … or as the file has it"""
    text: str
    """"" for an empty cell: it is not shown"""

    def __str__(self) -> str:
        return f"{self.label}. {self.text}"


def _fits(values: Mapping[str, Any]) -> bool:
    by_name = {plain(name): value for name, value in values.items()}
    return not by_name.keys().isdisjoint(QUESTIONS) and bool(_options(by_name) or _listed(by_name))


def _listed(by_name: Mapping[str, Any]) -> Any:
    """Return the cell that holds all options; a printed list is opened."""
    cell = next((by_name[name] for name in LISTS if by_name.get(name)), None)
    return (printed(cell) or cell.splitlines()) if isinstance(cell, str) else cell


def _options(by_name: Mapping[str, Any]) -> list[Option]:
    """Return the options of a row, fewer than two where it has none that can be told apart."""
    cell = _listed(by_name)
    if isinstance(cell, dict) and isinstance(cell.get("text"), list):
        labels = cell.get("label") or [_label(number) for number in range(len(cell["text"]))]
        return [Option(str(label), str(text)) for label, text in zip(labels, cell["text"], strict=False)]
    if isinstance(cell, dict):
        return [Option(str(label), _text(text)) for label, text in cell.items()]
    return _of_list(cell) if isinstance(cell, list) else _of_columns(by_name)


def _of_list(cells: Sequence[Any]) -> list[Option]:
    if cells and all(isinstance(cell, dict) and "text" in cell for cell in cells):
        return [Option(str(cell.get("label", _label(at))), str(cell["text"])) for at, cell in enumerate(cells)]
    texts = [_text(cell) for cell in cells]
    marks = [_MARK.match(text) for text in texts]
    named = [mark[1].upper() for mark in marks if mark]
    if len(set(named)) == len(texts) and named[0] in ("A", "0", "1"):
        return [Option(mark[1].upper(), text[mark.end() :]) for mark, text in zip(marks, texts, strict=True) if mark]
    return [Option(_label(number), text) for number, text in enumerate(texts)]


def _label(number: int) -> str:
    return LABELS[number] if number < len(LABELS) else str(number + 1)


def _of_columns(by_name: Mapping[str, Any]) -> list[Option]:
    for stem, (ends, least) in STEMS.items():
        names = {end: name for end in ends for name in (f"{stem}{end}", f"{stem}_{end}") if name in by_name}
        first = {next(iter(names), ""), min(names, default="")}
        if len(names) >= least and first <= {"a", "0", "1"}:
            return [Option(end.upper(), _text(by_name[name])) for end, name in names.items()]
    return []


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _convert(row: FileRow, gathered: Gathered) -> Iterator[FileRow]:
    by_name = {plain(name): value for name, value in row.values.items()}
    asked, options = next((by_name[name] for name in QUESTIONS if by_name.get(name)), None), _options(by_name)
    if not isinstance(asked, str) or len(options) < 2:
        got = f"the columns are {listed(row.values)}"
        raise BadCellError("is no multiple choice", f"want a question and a list of options; {got}")
    right = _right(by_name, options, gathered)
    before = [text for name in CONTEXTS if isinstance(text := by_name.get(name), str) and len(text.split()) > 1]
    lines = "\n".join(str(option) for option in options if option.text)
    taken = {option.text.casefold() for option in options if option != right}
    references = [name for name in (right.text, right.label, str(right)) if name.casefold() not in taken]
    values = {**row.values, "input": "\n\n".join([*before, asked.strip(), lines]), "references": references}
    yield row._replace(values=values)


def _right(by_name: Mapping[str, Any], options: Sequence[Option], gathered: Gathered) -> Option:
    """Return the right option, which a row names by its label, its text or its number."""
    name = next((name for name in RIGHT if by_name.get(name) not in (None, "", [])), None)
    if name is None:
        raise BadCellError(
            "does not say which option is right", f"want a column answer, or task.format=columns; got {listed(by_name)}"
        )
    value = by_name[name][0] if isinstance(by_name[name], list) and len(by_name[name]) == 1 else by_name[name]
    said = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    numbered = gathered.by_number and said.isdecimal()
    if said and not numbered and (found := _by_words(said, options, gathered.by_text)):
        return found
    first = gathered.options_from or 0
    if said.isdecimal() and first <= int(said) < len(options) + first:
        gathered.decided(f"numbers in {name} count the options from {first}")
        return options[int(said) - first]
    want = f"want a label, text or number of one of {listed(map(str, options))}, got {shown(value)}"
    raise BadCellError(f"has a bad {name}", f"{want} (numbers count from {first}; {ZERO_OR_ONE})")


def _count(rows: Sequence[Mapping[str, Any]], gathered: Gathered) -> str:
    """Find out from the first rows of a file whether numbers count its options from 0 or from 1.

    They count from 0 where one is 0, and from 1 where one is the number of options. Where none is either, each would be
    another option by the two ways, and nothing tells which is meant, unless an earlier file of the task does.

    Args:
        rows: as they were read.
        gathered: gets the number of the first option.

    Returns:
        What is wrong; "" where it is known, told, or where no row gives a number.
    """
    said = [found for row in rows if (found := _said(row)) is not None]
    gathered.by_text = _are_texts(said)
    gathered.by_number = _are_places(said)
    if gathered.options_from is not None:
        return ""
    numbers = [
        (int(word), len(options))
        for word, options in said
        if word.isdecimal() and (gathered.by_number or not _by_words(word, options))
    ]
    if any(number == 0 for number, _ in numbers):
        gathered.options_from = 0
    elif any(number == count for number, count in numbers):
        gathered.options_from = 1
    elif numbers:
        seen = listed(map(str, sorted({number for number, _ in numbers})))
        return (
            f"the right options are given as numbers ({seen}) that are never 0 and never that of the last option, so "
            f"that they may count from 0 or from 1; {ZERO_OR_ONE}"
        )
    return ""


def _said(row: Mapping[str, Any]) -> tuple[str, Sequence[Option]] | None:
    """Return what a row says of its right option, and the options; None where it says nothing of one."""
    by_name = {plain(name): value for name, value in row.items()}
    value = next((by_name[name] for name in RIGHT if by_name.get(name) not in (None, "", [])), None)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    said = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return (said, _options(by_name)) if said else None


def _are_texts(said: Sequence[tuple[str, Sequence[Option]]]) -> bool:
    """Whether rows that can be read in one way alone name a text, and none names a label."""
    texts = [word.casefold() in {one.text.casefold() for one in options} for word, options in said]
    labels = [word.upper() in {one.label.upper() for one in options} for word, options in said]
    pairs = list(zip(texts, labels, strict=True))
    return (True, False) in pairs and (False, True) not in pairs


def _are_places(said: Sequence[tuple[str, Sequence[Option]]]) -> bool:
    """Whether numbers are places of options: some are neither label nor text, and all may be one."""
    numbers = [(word, options) for word, options in said if word.isdecimal()]
    strange = any(_by_words(word, options) is None for word, options in numbers)
    return strange and all(0 <= int(word) <= len(options) for word, options in numbers)


def _by_words(said: str, options: Sequence[Option], by_text: bool = False) -> Option | None:
    same = next((option for option in options if by_text and said.casefold() == option.text.casefold()), None)
    if same is not None:
        return same
    mark = _MARK.match(f"{said})" if len(said) == 1 else said)
    rest = said[mark.end() :].casefold() if mark else ""
    for option in options:
        by_mark = mark and mark[1].upper() == option.label.upper() and rest in ("", option.text.casefold())
        if by_mark or said.upper() == option.label.upper() or said.casefold() == option.text.casefold():
            return option
    return None


OPTIONS: Final = RowFormat(
    "choices",
    "multiple choice: the options stand below the question; the right one's text or label is right",
    _fits,
    _convert,
    frozenset(
        (
            *(QUESTIONS + CONTEXTS + LISTS),
            *(f"{stem}{joint}{end}" for stem, (ends, _) in STEMS.items() for joint in ("", "_") for end in ends),
        )
    ),
    RIGHT,
    _count,
)
