"""Files in which one column holds everything: why it cannot be used, and what to do."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.tasks.columns import plain
from harness.tasks.formats.transcripts import CURE as TRANSCRIPT_CURE
from harness.tasks.formats.transcripts import answer_mark, transcript_column

TEXT: Final = "text"
ANSWER_MARKS: Final = re.compile(
    r"\[/INST\]|### (?:Response|Answer|Assistant):?|<\|im_start\|>assistant|\nA(?:ssistant|nswer): "
)
"""where the answer begins in texts that hold a whole prompt"""
UNANSWERED: Final = (
    "task.splits.test=null carves test from train, instead of a file without answers; task.columns.references=[] asks "
    "without any"
)


def one_text(path: Path, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Return what is wrong with a file with one column of texts, and what to do.

    Args:
        path: of the file.
        names: of its columns.
        rows: the first ones.
    """
    column = next(name for name in names if plain(name) == TEXT)
    text = next((value for row in rows if isinstance(value := row.get(column), str)), "")
    found = ANSWER_MARKS.search(text)
    mark = (answer_mark(text) if transcript_column(rows) == column else "") or (found[0].strip() if found else "")
    if not mark:
        beside = path.with_name(re.sub(r"\A[Xx](?=[_.-])", "y", path.name))
        if beside != path and beside.is_file():
            return f"no column answers; {beside.name} seems to: put its columns beside those here, into one file"
        split = "; where it holds prompt and answer in one text, split it into two, say prompt and completion"
        said = f"the column {column} holds texts, and no column answers{'' if names[1:] else split}"
        return f"{said}; {'or, if there are no answers: ' * (not names[1:])}{UNANSWERED}"
    where = f" (in the first row the answer begins after {mark!r})"
    cure = "no column can be both input and references: split it into two columns, say prompt and completion"
    key = f"; or {TRANSCRIPT_CURE}" if transcript_column(rows) == column else ""
    return f"one column, {column}, holds prompt and answer in one text{where}; {cure}{key}"
