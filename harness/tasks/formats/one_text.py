"""Files in which one column holds everything: why it cannot be used, and what to do."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.tasks.columns import plain

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
    mark = ANSWER_MARKS.search(text)
    if mark is None:
        beside = path.with_name(re.sub(r"\A[Xx](?=[_.-])", "y", path.name))
        if beside != path and beside.is_file():
            return f"no column answers; {beside.name} seems to: put its columns beside those here, into one file"
        split = "; where it holds prompt and answer in one text, split it into two, say prompt and completion"
        said = f"the column {column} holds texts, and no column answers{'' if names[1:] else split}"
        return f"{said}; {'or, if there are no answers: ' * (not names[1:])}{UNANSWERED}"
    where = f" (in the first row the answer begins after {mark[0].strip()!r})"
    cure = "no column can be both input and references: split it into two columns, say prompt and completion"
    return f"one column, {column}, holds prompt and answer in one text{where}; {cure}"
