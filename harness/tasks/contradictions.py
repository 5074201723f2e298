"""Rows that ask the same thing and answer it otherwise: whatever an arm says, one of them may count it as wrong.

One question means one text, of the same evidence and among the same choices: a question on two texts has two answers.
Which answers cannot both be right, and which may say the same in other words, `harness.tasks.other_answers` tells.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from harness.tasks.mapping import Placed
from harness.tasks.other_answers import Verdict, compared
from harness.types import Example, Split

COMPARED: Final = 5
"""answers of one question that a further one is compared with"""
ANSWERS: Final = 200
"""different answers of one question that are looked at"""
SHOWN: Final = 60
"""characters of a text that is quoted"""
KEEP: Final = "keep the right row, or put all right answers into the references of one"


class _Apart(NamedTuple):
    """Two rows of one question whose answers differ."""

    verdict: Verdict
    rows: int
    """of the question"""
    one: Placed
    other: Placed


def contradiction_remark(splits: Mapping[Split, Sequence[Placed]]) -> str:
    """Return a line on questions whose rows are answered differently, in one split or several; "" without any."""
    asked: dict[object, list[Placed]] = {}
    total = 0
    for placed in splits.values():
        for entry in placed:
            if entry.example is not None and (entry.example.references or not entry.example.answerable):
                asked.setdefault(_question(entry.example), []).append(entry)
                total += 1
    found = [own for rows in asked.values() if len(rows) > 1 and (own := _apart(rows)) is not None]
    certain = [own for own in found if own.verdict == "contradict"]
    others = [own for own in found if own.verdict != "contradict"]
    lines = [
        _line(certain, total, "contradict another one", "so that no arm can be right in both: " + KEEP),
        _line(others, total, "are answered otherwise in another one", "if they do not mean the same: " + KEEP),
    ]
    return "; ".join(line for line in lines if line)


def _line(found: Sequence[_Apart], total: int, what: str, advice: str) -> str:
    if not found:
        return ""
    count = sum(own.rows for own in found)
    questions = "1 question has" if len(found) == 1 else f"{len(found):,} questions have"
    return (
        f"{count:,} of {total:,} rows ({100 * count / total:.1f} %) {what}: {questions} several rows whose answers "
        f"differ, such as {_shown(found[0].one)} and {_shown(found[0].other)}, {advice}"
    )


def _question(row: Example) -> object:
    turns = row.input if isinstance(row.input, str) else "\n".join(f"{turn.role}: {turn.content}" for turn in row.input)
    return " ".join(turns.casefold().split()).rstrip(" ?.!"), row.evidence, row.choices


def _apart(rows: Sequence[Placed]) -> _Apart | None:
    """Return two of the rows of one question that contradict each other, else two that are answered otherwise."""
    otherwise = None
    known: list[tuple[Placed, Example]] = []
    for entry, row in itertools.islice(_distinct(rows), ANSWERS):
        for other, before in known:
            verdict = compared(before, row)
            if verdict == "contradict":
                return _Apart(verdict, len(rows), other, entry)
            if verdict == "otherwise":
                otherwise = otherwise or _Apart(verdict, len(rows), other, entry)
        if len(known) < COMPARED:
            known.append((entry, row))
    return otherwise


def _distinct(rows: Iterable[Placed]) -> Iterable[tuple[Placed, Example]]:
    """Return the first row of each answer."""
    first: dict[object, tuple[Placed, Example]] = {}
    for entry in rows:
        if (row := entry.example) is not None:
            first.setdefault((row.answerable, row.references), (entry, row))
    return first.values()


def _shown(entry: Placed) -> str:
    row = entry.example
    answer = row.references[0] if row and row.references and row.answerable else "not answerable"
    text = " ".join(answer.split())
    return f"{Path(entry.place).name} ({text[:SHOWN] + '…' if len(text) > SHOWN else text!r})"
