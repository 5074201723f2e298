"""What a model thought before its answer, as data made by reasoning models has it: no part of a reference."""

from collections.abc import Sequence
from typing import Final

from harness.tasks.files.row import FileRow
from harness.tasks.formats.gathered import Gathered

TAGS: Final = ("think", "thinking", "thought", "reasoning")
"""between which models write what they think"""
LEFT_OUT: Final = "what stands between <think> and </think> before an answer is left out: it is no part of the answer"


def without_thought(text: str) -> str:
    """Return what stands behind the thoughts that a text begins with; the text itself where nothing does.

    Chat templates write the opening tag into the prompt, so that an answer may have the closing one alone.
    """
    for tag in TAGS:
        before, closing, answer = text.partition(f"</{tag}>")
        opens = before.lstrip().startswith(f"<{tag}>") or f"<{tag}>" not in before
        if closing and opens and answer.strip():
            return answer.strip()
    return text


def without_thoughts(row: FileRow, columns: Sequence[str], gathered: Gathered) -> FileRow:
    """Return the row with the texts of these columns, or of lists in them, without thoughts."""
    found = {name: _answers(row.values[name]) for name in columns if name in row.values}
    changed = {name: value for name, value in found.items() if value != row.values[name]}
    if not changed:
        return row
    gathered.decided(LEFT_OUT)
    return row._replace(values={**row.values, **changed})


def _answers(cell: object) -> object:
    if isinstance(cell, list):
        return [without_thought(one) if isinstance(one, str) else one for one in cell]
    return without_thought(cell) if isinstance(cell, str) else cell
