"""Which column is the question and which the answer: as configured, in another case, or by a common name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import Columns, look_up, plain

DEFAULTS: Final = Columns(
    id=("id",),
    input=("input",),
    references=("references", "reference"),
    evidence=("evidence", "doc_ids"),
    answerable=("answerable",),
    group=("group", "intent"),
    slice=("slice",),
    facts=("facts",),
)
"""conf/task/jsonl.yaml's; a role that has other columns was named by the user, and is never looked for elsewhere"""
ROLES: Final = tuple(vars(DEFAULTS))

COMMON: Final[Mapping[str, Sequence[str]]] = {
    "input": (
        *("question", "query", "prompt", "instruction", "user_input", "user", "request", "utterance", "problem"),
        *("frage", "pregunta", "domanda", "article", "document", "dialogue", "dialog", "conversation", "source"),
        *("source_text", "passage", "sentence", "review", "comment", "email", "message", "text", "content", "q"),
    ),
    "references": (
        *("answers.text", "answer.text", "answer.value", "answers", "answer", "response", "completion", "output"),
        *("target", "reply", "ideal", "expected", "expected_answer", "expected_output", "expected_response"),
        *("correct_answer", "best_answer", "ground_truth", "ground_truths", "gold", "gold_answer", "gold_answers"),
        *("assistant", "solution", "antwort", "respuesta", "risposta", "summary", "highlights", "target_text"),
        *("chosen", "label", "labels", "category", "class", "a"),
    ),
    "id": ("_id", "qid", "question_id", "example_id", "uid", "uuid"),
}
"""role -> names of columns that have it in data that people share, likeliest first"""
CONTEXTS: Final = (
    *("context", "contexts", "reference_contexts", "reference_context", "gold_context", "ground_truth_context"),
    *("passage", "passages", "article", "document", "paragraph"),
)
"""columns that hold the texts which answer the question of their row"""


def column_names(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the columns that any row has, in order."""
    return list(dict.fromkeys(name for row in rows for name in row))


def find_roles(rows: Sequence[Mapping[str, Any]], columns: Columns, guess: bool) -> dict[str, str]:
    """Return role -> column of the rows, for the roles that are found.

    Args:
        rows: the first of a file.
        columns: as configured.
        guess: whether a role that keeps its default may be played by a column of a common name.
    """
    names = {plain(name): name for name in reversed(column_names(rows))}
    found: dict[str, str] = {}
    for role in ROLES:
        wanted = getattr(columns, role)
        open_to_all = guess and wanted == getattr(DEFAULTS, role)
        column = _configured(rows, wanted) or _first(rows, wanted, names)
        if column is None and open_to_all:
            column = _first(rows, COMMON.get(role, ()), names, without=found.values())
        if column is not None:
            found[role] = column
    return found


def _configured(rows: Iterable[Mapping[str, Any]], wanted: Sequence[str]) -> str | None:
    found = (look_up(row, wanted)[0] for row in rows)
    return next((name for name in found if name is not None), None)


def _first(
    rows: Sequence[Mapping[str, Any]], wanted: Iterable[str], names: Mapping[str, str], without: Iterable[str] = ()
) -> str | None:
    """Return the first column of these names, in whatever case, that has a value which is no object."""
    for name in wanted:
        head, dot, rest = plain(name).partition(".")
        column = f"{names.get(head, '')}{dot}{rest}"
        if head in names and column not in without and any(_is_plain(row, column) for row in rows):
            return column
    return None


def _is_plain(row: Mapping[str, Any], column: str) -> bool:
    _, value = look_up(row, (column,))
    return value is not None and value != [] and not isinstance(value, dict)
