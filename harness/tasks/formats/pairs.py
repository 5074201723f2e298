"""Inputs of two columns: pairs of texts that have one label, and what was said before a question is asked."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import JOINT, look_up, plain
from harness.tasks.formats.printed import printed
from harness.tasks.formats.roles import column_names
from harness.tasks.known_columns import SURE_CONTEXTS
from harness.tasks.looks import Look, column_look

SECOND: Final[Mapping[str, Sequence[str]]] = {
    "question": ("sentence", "candidate", "candidate_answer", "document_title"),
    "query": ("product_title", "sentence", "doc_title", "candidate"),
    "sentence": ("sentence2", "sentence_2"),
    "claim": ("evidence_text", "sentence", "premise"),
    "text": ("text_pair", "text2", "text_b"),
}
"""column that is an input by its name -> what it is compared with, where a label says how the two go together"""
LABELS: Final = frozenset(("label", "labels", "class", "category", "relevance", "score", "target", "gold_label"))
"""columns that may say so"""
ASKING: Final = re.compile(r"^[ \t]{0,9}(?:user|human|customer|client|patient)[ \t]?\d{0,3}[ \t]?:", re.I | re.M)
ANSWERING: Final = re.compile(
    r"^[ \t]{0,9}(?:assistant|agent|bot|system|ai|support|doctor)[ \t]?\d{0,3}[ \t]?:", re.I | re.M
)
"""how the lines of a conversation begin"""
QUESTION: Final = re.compile(r"^[ \t]{0,9}(?:q|question)[ \t]?\d{0,3}[ \t]?:", re.I | re.M)
ANSWER: Final = re.compile(r"^[ \t]{0,9}(?:a|answer)[ \t]?\d{0,3}[ \t]?:", re.I | re.M)
"""the same, or of an FAQ"""
READ: Final = 100
"""rows by which conversations and FAQs are told apart"""
PHRASE: Final = 3
"""words of an answer that stands nowhere by chance"""
OWN: Final = 0.3
"""share of the rows whose answer stands in a text from which on it is what answers them"""
MOST: Final = 0.6
"""share of the questions that end with a question mark"""
ASKS: Final = ("?", "？")


def paired_input(rows: Sequence[Mapping[str, Any]], roles: Mapping[str, str]) -> str:
    """Return the input with the text that its label compares it with, a+b; the input itself where there is none."""
    asked, known = roles["input"], {plain(name): name for name in reversed(column_names(rows))}
    if plain(roles.get("references", "")) not in LABELS or column_look(rows, roles["references"]) == Look.TEXTS:
        return asked
    others = (known[name] for name in SECOND.get(plain(asked), ()) if name in known)
    free = (name for name in others if name not in roles.values() and column_look(rows, name) == Look.TEXTS)
    second = next(free, None)
    return _joint(rows, asked, asked, second) if second else asked


def with_history(rows: Sequence[Mapping[str, Any]], roles: Mapping[str, str]) -> str:
    """Return the input behind the column of contexts that holds what was said before, a+b; itself without one."""
    asked, answer = roles["input"], roles.get("references", "")
    named = (name for name in column_names(rows) if plain(name) in SURE_CONTEXTS and name not in roles.values())
    before = next((name for name in named if is_history(rows, name, answer) and _are_texts(rows, name)), None)
    return _joint(rows, asked, before, asked) if before else asked


def is_history(rows: Sequence[Mapping[str, Any]], column: str, references: str) -> bool:
    """Return whether a column holds turns of a conversation: what was said before, and nothing that answers its row.

    Args:
        rows: the first of a file.
        column: of contexts.
        references: column with the answers; the entries of an FAQ hold that of their row.
    """
    held = [(cell, row) for row in rows[:READ] if (cell := _cell(row, column)) not in (None, "", [])]
    texts = [cell for cell, _ in held if isinstance(cell, str)]
    lists = [cell for cell, _ in held if isinstance(cell, list)]
    own = _share(held, [_phrases(row, references) for _, row in held])
    if not held or own >= OWN or len(texts) not in (0, len(held)):
        return False
    if texts and all(ASKING.search(text) and ANSWERING.search(text) for text in texts):
        return True
    if texts:
        others = [[one for other in rows[:READ] for one in _phrases(other, references)]] * len(held)
        return all(QUESTION.search(text) and ANSWER.search(text) for text in texts) and _share(held, others) >= MOST
    asked = [one.rstrip().endswith(ASKS) for cell in lists if len(cell) > 1 for one in map(str, cell[::2])]
    answered = [one.rstrip().endswith(ASKS) for cell in lists for one in map(str, cell[1::2])]
    return bool(asked) and sum(asked) >= MOST * len(asked) and sum(answered) < MOST * len(answered)


def _phrases(row: Mapping[str, Any], references: str) -> list[str]:
    cell = look_up(row, (references,))[1]
    texts = [str(one).casefold() for one in (cell if isinstance(cell, list) else [cell]) if isinstance(one, str)]
    return [text for text in texts if len(text.split()) >= PHRASE]


def _share(held: Sequence[tuple[Any, Mapping[str, Any]]], phrases: Sequence[Sequence[str]]) -> float:
    """Return the share of the cells that hold one of their phrases."""
    texts = [str(cell).casefold() for cell, _ in held]
    return sum(any(one in text for one in own) for text, own in zip(texts, phrases, strict=True)) / max(1, len(texts))


def _cell(row: Mapping[str, Any], column: str) -> Any:
    cell = look_up(row, (column,))[1]
    opened = printed(cell) if isinstance(cell, str) and cell.lstrip().startswith("[") else None
    return opened if isinstance(opened, list) else cell


def _are_texts(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    """Return whether all cells are texts or lists of texts, which can stand above a question."""
    cells = [row.get(column) for row in rows]
    if any(isinstance(cell, str) and cell.lstrip().startswith("[") for cell in cells):
        return False
    lists = [one for cell in cells if isinstance(cell, list) for one in cell]
    return all(isinstance(cell, str | list | None) for cell in cells) and all(isinstance(one, str) for one in lists)


def _joint(rows: Sequence[Mapping[str, Any]], asked: str, *names: str) -> str:
    """Return columns as one, if every row has them all; else the input alone."""
    return JOINT.join(names) if all(name in row for row in rows for name in names) else asked
