"""Rows that ask the same thing and answer it otherwise: whatever an arm says, one of them counts it as wrong.

One question means one text, of the same evidence and among the same choices: a question on two texts has two answers.
Answers that say the same in other words are none of it: of short ones one holds the words of the other, or they are
spelt alike; long ones share words that carry meaning. Other figures are always another answer.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from harness.tasks.audit import jaccard
from harness.tasks.mapping import Placed
from harness.text.language_files import FUNCTION_WORDS
from harness.text.tokens import normalised, words
from harness.types import Example, Split

DIGITS: Final = re.compile(r"\d+")
ALIKE: Final = 0.7
"""similarity of the spelling of two short answers that are one"""
SHORT: Final = 8
"""words of an answer that is short"""
SHARED: Final = 0.2
"""share of the words of the shorter of two long answers that the other has, where both say the same"""
COMPARED: Final = 5
"""answers of one question that a further one is compared with"""
READ: Final = 2_000
"""characters of an answer that are compared"""
SHOWN: Final = 60
"""characters of a text that is quoted"""


def contradiction_remark(splits: Mapping[Split, Sequence[Placed]]) -> str:
    """Return a line on questions whose rows contradict each other, in one split or several; "" without any."""
    asked: dict[object, list[Placed]] = {}
    total = 0
    for placed in splits.values():
        for entry in placed:
            if entry.example is not None and (entry.example.references or not entry.example.answerable):
                asked.setdefault(_question(entry.example), []).append(entry)
                total += 1
    found = [(rows, pair) for rows in asked.values() if len(rows) > 1 and (pair := _contradicting(rows))]
    if not found:
        return ""
    count, (one, other) = sum(len(rows) for rows, _ in found), found[0][1]
    questions = "1 question has" if len(found) == 1 else f"{len(found):,} questions have"
    return (
        f"{count:,} of {total:,} rows ({100 * count / total:.1f} %) contradict another one: {questions} several rows "
        f"whose answers differ, such as {_shown(one)} and {_shown(other)}, so that no arm can be right in both: keep "
        "the right row, or put all right answers into the references of one"
    )


def contradict(one: Example, other: Example) -> bool:
    """Return whether two rows with the same question have answers that are not the same in other words."""
    if one.answerable != other.answerable:
        return True
    if not one.answerable:
        return False
    return not any(_same(mine[:READ], theirs[:READ]) for mine in one.references for theirs in other.references)


def _question(row: Example) -> object:
    turns = row.input if isinstance(row.input, str) else "\n".join(f"{turn.role}: {turn.content}" for turn in row.input)
    return " ".join(turns.casefold().split()).rstrip(" ?.!"), row.evidence, row.choices


def _contradicting(rows: Sequence[Placed]) -> tuple[Placed, Placed] | None:
    """Return two of the rows of one question that contradict each other."""
    known: list[Placed] = []
    for entry, row in _examples(rows):
        for other, before in _examples(known):
            if contradict(before, row):
                return other, entry
        if len(known) < COMPARED:
            known.append(entry)
    return None


def _examples(rows: Iterable[Placed]) -> Iterator[tuple[Placed, Example]]:
    yield from ((entry, entry.example) for entry in rows if entry.example is not None)


def _same(one: str, other: str) -> bool:
    mine, theirs = normalised(one), normalised(other)
    if mine == theirs:
        return True
    figures, others = set(DIGITS.findall(mine)), set(DIGITS.findall(theirs))
    if figures and others and not (figures <= others or others <= figures):
        return False
    left, right = set(words(one)), set(words(other))
    if not left or not right:
        return False
    if min(len(left), len(right)) > SHORT:
        left, right = left - FUNCTION_WORDS or left, right - FUNCTION_WORDS or right
        return len(left & right) >= SHARED * min(len(left), len(right))
    return left <= right or right <= left or (figures == others and jaccard(mine, theirs) >= ALIKE)


def _shown(entry: Placed) -> str:
    row = entry.example
    answer = row.references[0] if row and row.references and row.answerable else "not answerable"
    text = " ".join(answer.split())
    return f"{Path(entry.place).name} ({text[:SHOWN] + '…' if len(text) > SHOWN else text!r})"
