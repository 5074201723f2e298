"""Which columns could be the input and the references of rows in which no known name says so: for messages.

What is suggested has been tried on the first rows, and no column is suggested for two roles: following a message to
the letter leads on.
"""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from harness.tasks.columns import INPUT, REFERENCES, look_up, near_names, plain
from harness.tasks.complaints import BadCellError
from harness.tasks.known_columns import COMMON, DEFAULTS
from harness.tasks.looks import Look, column_look
from harness.tasks.values import as_input, as_texts

READ: Final = 200
"""rows on which a column is tried"""
INSIDE: Final = frozenset(
    (
        *("choices", "options", "distractors", "incorrect", "context", "contexts", "passage", "passages", "document"),
        *("documents", "meta", "metadata"),
    )
)
"""words in names of objects in which no column asks or answers"""
ALIKE: Final = 0.85
"""least likeness of a name to a known one that was mistyped"""
WEAK: Final = frozenset(("text", "best", "correct", "a", "q"))
"""words that say less than any other"""
NUMBER: Final = re.compile(r"-?\d+(?:[.,]\d+)*")
DEEPEST: Final = 4
"""objects in objects that a dot is written for"""
SAYS: Final[Mapping[str, frozenset[str]]] = {
    "input": frozenset(
        (
            *("question", "questions", "query", "prompt", "stem", "input", "inputs", "ask", "asked", "q", "problem"),
            *("instruction", "utterance", "request", "user", "human", "frage", "pregunta", "domanda", "sentence"),
            "text",
        )
    ),
    "references": frozenset(
        (
            *("answer", "answers", "response", "responses", "reference", "references", "target", "targets", "output"),
            *("outputs", "label", "gold", "golden", "correct", "solution", "completion", "reply", "a", "truth", "best"),
            *("expected", "assistant", "summary", "antwort", "loesung", "musterloesung", "respuesta", "risposta"),
        )
    ),
}
"""words in names of columns that ask, and of those that answer"""
OTHER: Final = frozenset(
    (
        *("id", "ids", "url", "date", "time", "source", "license", "split", "choices", "options", "distractors"),
        *("incorrect", "wrong", "negative", "negatives", "rejected", "labels", "start", "context", "contexts"),
        *("passage", "document", "documents", "title", "author", "category", "topic", "language", "lang", "version"),
        *("nr", "no", "num", "number", "index", "uid", "uuid", "datum", "page", "score", "difficulty"),
    )
)
"""words in names of columns that do neither, whatever else their names say"""


def suggested(
    rows: Sequence[Mapping[str, Any]], roles: Mapping[str, Sequence[str]], taken: Collection[str]
) -> dict[str, str]:
    """Return role -> column for the roles for which one can be suggested; another column for each.

    Args:
        rows: of one file.
        roles: that no column plays (input, references or both) -> names that were looked for.
        taken: columns that play others.
    """
    read, used = list(islice(rows, READ)), {name.partition(".")[0] for name in taken if name not in (INPUT, REFERENCES)}
    left = [name for name in columns_of(read) if name not in taken and name.partition(".")[0] not in used]
    found: dict[str, str] = {}
    for role in ("input", "references"):
        if role not in roles:
            continue
        free = [name for name in left if name not in found.values() and _fits(role, name, read)]
        like = near_names(roles[role], [name.rpartition(".")[2] for name in free])
        if free:
            found[role] = max(free, key=lambda name: (name.rpartition(".")[2] in like, *_likeness(role, name, read)))
    return found


def longest_column(rows: Sequence[Mapping[str, Any]], taken: Collection[str]) -> str:
    """Return the column with the longest texts, that every row has; "" without one."""
    free = [name for name in columns_of(rows) if name not in taken]
    texts = [name for name in free if all(_can_be("input", row, name) for row in rows)]
    return max(texts, key=lambda name: sum(len(str(look_up(row, (name,))[1])) for row in rows), default="")


def columns_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the columns of rows, and as a dot reaches them those in objects, in order."""
    return list(dict.fromkeys(name for row in rows for name in _leaves(row, "", DEEPEST)))


def _leaves(values: Mapping[str, Any], above: str, depth: int) -> Iterator[str]:
    for name, value in values.items():
        inner = value[0] if isinstance(value, list) and value and isinstance(value[0], Mapping) else value
        if isinstance(inner, Mapping) and depth:
            yield from _leaves(inner, f"{above}{name}.", depth - 1)
        elif inner is not None:
            yield f"{above}{name}"


def _fits(role: str, name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the values of a column can be read in a role in all rows, and look like it."""
    says, other = _says(role, name), {"input": "references", "references": "input"}[role]
    if says < 0 or _says(other, name) >= max(1.0, says) or not all(_can_be(role, row, name) for row in rows):
        return False
    if role == "input":
        return says > 0 or column_look(rows, name) == Look.TEXTS
    return says > 0 or column_look(rows, name) > Look.NAMES or _are_numbers(rows, name)


def _likeness(role: str, name: str, rows: Sequence[Mapping[str, Any]]) -> tuple[float, int]:
    return _says(role, name), column_look(rows, name)


def _are_numbers(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Return whether a column has numbers that are not always the same."""
    cells = [look_up(row, (name,))[1] for row in rows]
    return len({str(cell) for cell in cells}) > 1 and all(re.fullmatch(NUMBER, str(cell)) for cell in cells)


def _can_be(role: str, row: Mapping[str, Any], name: str) -> bool:
    column, value = look_up(row, (name,))
    try:
        return column is not None and bool(as_input(value) if role == "input" else as_texts(value))
    except BadCellError:
        return False


def _says(role: str, name: str) -> float:
    """Return how much a name says that a column has a role; below 0 where it says that it has none."""
    above, _, last = name.rpartition(".")
    said = _words(last)
    if _words(above) & INSIDE:
        return -1.0
    if difflib.get_close_matches(plain(last), (*getattr(DEFAULTS, role), *COMMON[role]), cutoff=ALIKE):
        return 2.0
    if said & OTHER - SAYS[role]:
        return -1.0
    return 1.0 if said & SAYS[role] - WEAK else 0.5 if said & WEAK & SAYS[role] else 0.0


def _words(name: str) -> set[str]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    return set(re.split(r"[\W\d_]+", plain(apart))) - {""}
