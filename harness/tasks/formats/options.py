"""The options of a multiple choice question: in columns of their own, in a list, an object, one cell, or the question.

Each has a label (A, B, …, or as the file has it) and a text; what names the right one is read in `rights`.
"""

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import Any, Final, NamedTuple

from harness.tasks.columns import plain
from harness.tasks.formats.printed import printed
from harness.tasks.values import as_truth

LABELS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""of the options of a list; those behind have their numbers"""
LETTERS: Final = "abcdefghij"
"""of columns with one option each"""
LISTS: Final = (
    *("choices", "options", "answer_choices", "answer_options", "endings", "candidates", "alternatives"),
    *("possible_answers", "response_options", "multiple_choices", "mc1_targets", "optionen", "opciones"),
    *("antwortoptionen", "antwortmöglichkeiten", "opzioni"),
)
"""columns with all options"""
LISTS_IF_LISTS: Final = ("choice", "option", "auswahl")
"""the same, but a text in them is something else"""
LISTS_OF_ANSWERS: Final = ("answers", "antworten", "respuestas", "risposte", "réponses")
"""may be the options, too, where another column names one of them by its place or label"""
LISTS_OF_EITHER: Final = ("possible_answers", "alternatives")
"""of LISTS, those that may hold several right answers; a list in them has options where one of them is named"""
STEMS: Final = (
    *("option", "choice", "ending", "sol", "opt", "op", "alternative", "candidate", "opcion", "opción", "choix"),
    *("opzione", "auswahl", "antwortoption"),
)
"""how the names of columns with one option each begin; a letter or a number follows"""
ANSWER_STEMS: Final = ("answer", "ans", "antwort", "respuesta", "risposta", "réponse", "reponse")
"""the same; answers of these names may be several right ones, too, or what models said"""
FEWEST: Final = 3
"""columns of such answers that may be options"""
WRONG: Final = re.compile(
    r"(?:distractors?|(?:incorrect|wrong|false|falsche)_(?:answer|option|choice|antwort(?:en)?)s?)(?:_?\d+)?"
)
"""columns of options that are wrong; the right one has one of ITS_OWN"""
ITS_OWN: Final = (
    "correct_answer",
    "right_answer",
    "correct_option",
    "richtige_antwort",
    "correct",
    "answer",
    "antwort",
)
TEXTS: Final = ("text", "option", "answer", "choice", "value", "content", "answer_text", "option_text")
"""where the objects of a list of options have the text"""
NAMES: Final = ("label", "key", "id", "letter", "index", "name")
"""and where the label"""
FLAGS: Final = ("correct", "is_correct", "iscorrect", "right", "is_right", "is_answer", "korrekt", "richtig")
"""and where whether it is right"""
_LABEL: Final = r"[(\[]?([A-Za-z]|\d{1,2}(?=\s?(?:[)\]]|[.:]\s)))(?:\s?[).:\]]|\s[-–]\s|\s?=)\s*"
MARK: Final = re.compile(rf"\A\s*{_LABEL}")
"""a label before its option: A), (b), 1. – but not the 1. of 1.5"""
_ANY_MARK: Final = re.compile(rf"(?:\A|(?<=[\s;,|/?.:])|(?=[(\[])){_LABEL}(?=\S)")
_BULLET: Final = re.compile(r"\A\s*[-–•*·▪‣]\s+")
_ENDS: Final = re.compile(rf"_?([{LETTERS}]|\d)(?:_.*)?")


class Option(NamedTuple):
    """One option."""

    label: str
    """A, B, … or as the file has it"""
    text: str
    """"" for an empty cell: it is not shown"""
    column: str = ""
    """its own, if it has one"""
    right: bool | None = None
    """whether the file says at the option itself that it is right"""

    def __str__(self) -> str:
        return f"{self.label}. {self.text}"


@cache
def tidy(name: str) -> str:
    """Return the name of a column without signs, and without advice: Answer 1 - max 75 characters."""
    text = re.sub(r"[\W_]+", "_", plain(name)).strip("_")
    text = re.sub(r"_(?:max|choose|optional|required|pflicht).*\Z", "", text)
    return re.sub(r"_s\Z", "s", text)


def by_name(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells of a row by the tidy names of their columns; of two that are alike the first.

    A question that is an object has its text, its stem, and its options in it.
    """
    cells = {tidy(name): value for name, value in reversed(list(values.items()))}
    inner = cells.get("question")
    if isinstance(inner, dict) and isinstance(inner.get("stem"), str):
        return {**cells, **by_name(inner), "question": inner["stem"]}
    return cells


def options_of(cells: Mapping[str, Any], between: str = "") -> list[Option]:
    """Return the options of a row, fewer than two where it has none that can be told apart.

    Args:
        cells: by tidy names.
        between: what stands between options that share a cell, as for `parted`; "": nothing is known to.
    """
    cell = listed_in(cells)
    if isinstance(cell, dict):
        return _of_object(cell)
    if isinstance(cell, str):
        return _of_list(parted(cell, between)) if between else []
    return _of_list(cell) if isinstance(cell, list) else (_of_columns(cells) or _right_and_wrong(cells))


def listed_in(cells: Mapping[str, Any]) -> Any:
    """Return the cell that holds all options; a printed list is opened. None without one."""
    name = _list_column(cells)
    return _opened(cells[name]) if name else None


def _list_column(cells: Mapping[str, Any]) -> str:
    """Return the column with all options; "" without one."""
    filled = (name for name in LISTS if cells.get(name) not in (None, "", []))
    several = (name for name in (*LISTS_IF_LISTS, *LISTS_OF_ANSWERS) if _has_several(cells.get(name)))
    return next(filled, "") or next(several, "")


def _opened(cell: Any) -> Any:
    return (printed(cell) or cell) if isinstance(cell, str) else cell


def _has_several(cell: Any) -> bool:
    value = _opened(cell)
    return isinstance(value, list | dict) and len(value) > 1


def option_columns(cells: Mapping[str, Any]) -> list[str]:
    """Return the tidy names of the columns that hold the options of a row."""
    name = _list_column(cells)
    return [name] if name else [option.column for option in (_of_columns(cells) or _right_and_wrong(cells))]


def are_answers(cells: Mapping[str, Any]) -> bool:
    """Return whether the options stand in columns that may hold several right answers instead."""
    columns = option_columns(cells)
    if columns and columns[0] in LISTS_OF_EITHER:
        return isinstance(listed_in(cells), list)
    if not columns or columns[0] in LISTS or WRONG.fullmatch(columns[0]) or WRONG.fullmatch(columns[-1]):
        return False
    lettered = len(columns) > 2 and not columns[0][-1].isdecimal()
    return columns[0] in LISTS_OF_ANSWERS or (columns[0].startswith(ANSWER_STEMS) and not lettered)


def _of_object(cell: Mapping[str, Any]) -> list[Option]:
    texts = next((cell[name] for name in ("text", "choices", "options") if isinstance(cell.get(name), list)), None)
    if texts is None:
        return [Option(str(label), as_cell(text)) for label, text in cell.items()]
    labels: list[Any] = next((cell[name] for name in ("label", "labels") if isinstance(cell.get(name), list)), [])
    if labels and all(label in (0, 1) and not isinstance(label, str) for label in labels):
        pairs = zip(texts, labels, strict=False)
        return [Option(label_at(at), as_cell(text), right=bool(flag)) for at, (text, flag) in enumerate(pairs)]
    labels = labels or [label_at(number) for number in range(len(texts))]
    return [Option(str(label), as_cell(text)) for label, text in zip(labels, texts, strict=False)]


def _of_list(cells: Sequence[Any]) -> list[Option]:
    if cells and all(isinstance(cell, dict) for cell in cells):
        return [option for at, cell in enumerate(cells) for option in _of_item(at, cell)]
    texts = [as_cell(cell) for cell in cells]
    marks = [MARK.match(text) for text in texts]
    named = [mark[1].upper() for mark in marks if mark]
    if len(named) == len(texts) and named and named[0] in ("A", "0", "1") and _ascend(named):
        return [Option(mark[1].upper(), text[mark.end() :]) for mark, text in zip(marks, texts, strict=True) if mark]
    return [Option(label_at(number), text) for number, text in enumerate(texts)]


def _of_item(at: int, cell: Mapping[str, Any]) -> list[Option]:
    """Return the option that an object of a list is; [] for any other."""
    own = {plain(name): value for name, value in cell.items()}
    text = next((own[name] for name in TEXTS if own.get(name) not in (None, "")), None)
    label = next((own[name] for name in NAMES if isinstance(own.get(name), str) and own[name] != ""), label_at(at))
    flag = next((as_truth(own[name]) for name in FLAGS if own.get(name) is not None), None)
    return [] if text is None else [Option(str(label), as_cell(text), right=flag)]


def _ascend(labels: Sequence[str]) -> bool:
    return all(_next(one) == other for one, other in itertools.pairwise(labels))


def _next(label: str) -> str:
    return str(int(label) + 1) if label.isdecimal() else chr(ord(label) + 1)


def label_at(number: int) -> str:
    """Return the label of an option that the file gives none."""
    return LABELS[number] if number < len(LABELS) else str(number + 1)


def _of_columns(cells: Mapping[str, Any]) -> list[Option]:
    for stem in (*STEMS, *ANSWER_STEMS, ""):
        names: dict[str, str] = {}
        for name in sorted(cells, key=len):
            found = _ENDS.fullmatch(name[len(stem) :]) if name.startswith(stem) else None
            if found and (stem or len(name) == 1):
                names.setdefault(found[1], name)
        ends = sorted(names)
        letters = [end for end in ends if not end.isdecimal()]
        for chosen in (letters, [end for end in ends if end.isdecimal()]):
            if len(chosen) >= (FEWEST if stem in ANSWER_STEMS else 2) and chosen[0] in ("a", "0", "1"):
                return [Option(end.upper(), as_cell(cells[names[end]]), names[end]) for end in chosen]
    return []


def _right_and_wrong(cells: Mapping[str, Any]) -> list[Option]:
    """Return the options of a row that has the right one and wrong ones apart, in an order that tells nothing."""
    names = [name for name in cells if WRONG.fullmatch(name) and cells[name] not in (None, "", [])]
    right = next((name for name in ITS_OWN if isinstance(cells.get(name), str) and cells[name].strip()), "")
    if not names or not right:
        return []
    wrong = [(name, cell) for name in names for cell in _each(cells[name])]
    every = sorted([(right, cells[right]), *wrong], key=lambda own: sha256(as_cell(own[1]).encode()).digest())
    return [Option(label_at(at), as_cell(cell), name, name == right) for at, (name, cell) in enumerate(every)]


def _each(cell: Any) -> list[Any]:
    opened = _opened(cell)
    return opened if isinstance(opened, list) else [opened]


def as_cell(cell: Any) -> str:
    """Return the text of an option; "" for an empty cell."""
    if isinstance(cell, bool):
        return str(cell).lower()
    return "" if cell is None or cell != cell else str(cell).strip()


def by_marks(cell: str) -> list[str]:
    """Return the parts of a text that begin with A), B), …; [] where it has no two of them in their order."""
    found: list[re.Match[str]] = []
    for mark in _ANY_MARK.finditer(cell):
        label = mark[1].upper()
        if len(found) < 2 and label in ("A", "0", "1") and (not found or label == found[0][1].upper()):
            found = [mark]  # the last A before B: "vitamin A. Which? A) …"
        elif found and label == _next(found[-1][1].upper()):
            found.append(mark)
    if len(found) < 2:
        return []
    ends = [*(mark.start() for mark in found[1:]), len(cell)]
    return [cell[mark.start() : end].strip(" \t\r\n;,|/") for mark, end in zip(found, ends, strict=True)]


def inside(asked: str) -> list[Option]:
    """Return the options that a question holds itself; fewer than two where it holds none."""
    return _of_list(by_marks(asked))


def _only_marks(cell: str) -> list[str]:
    parts = by_marks(cell)
    return parts if parts and MARK.match(cell) else []


def _split(pattern: str, otherwise: str = "") -> Callable[[str], list[str]]:
    """Return what parts a text at a pattern or, where that does not occur, at another one."""

    def split(cell: str) -> list[str]:
        parts = [_BULLET.sub("", part).strip() for part in re.split(pattern, cell) if part.strip()]
        return parts if len(parts) > 1 or not otherwise else _split(otherwise)(cell)

    return split


BETWEEN: Final[Mapping[str, Callable[[str], list[str]]]] = {
    "marks": _only_marks,
    "newline": _split(r"[\r\n]+|<br ?/?>"),
    "pipe": _split(r"\|+"),
    "semicolon": _split(";"),
    "tab": _split("\t"),
    "slash": _split(r"\s/\s", "/"),
    "comma": _split(r",\s+|,(?!\d)|(?<!\d),", ","),
}
"""what stands between options that share a cell, surest first -> parts of such a cell"""


SIGNS: Final[Mapping[str, str]] = {"|": "pipe", ";": "semicolon", "/": "slash", ",": "comma", "\\n": "newline"}
"""what may be told in place of their names"""


def parted(cell: str, between: str) -> list[str]:
    """Return the parts of a text with options.

    Args:
        cell: the text.
        between: key of BETWEEN or SIGNS, or any other text that stands between the options.
    """
    known = BETWEEN.get(SIGNS.get(between, between))
    return known(cell) if known else _split(re.escape(between))(cell)


def parted_by(cells: Sequence[str], fits: Callable[[str], bool]) -> str:
    """Return by what most cells are parted into options, a key of BETWEEN; "" where nothing parts most of them.

    Args:
        cells: with all options each.
        fits: whether the options that a separator gives are sound.
    """
    best, most = "", len(cells) / 2
    for between in BETWEEN:
        count = sum(len(parted(cell, between)) > 1 for cell in cells)
        if count > most and fits(between):
            best, most = between, float(count)
    return best
