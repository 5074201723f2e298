"""Judgements as JSON, as short as they can be told apart: thousands of claims stand in one record."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any, Final, get_args

from harness.types import EvidenceSource, JudgedAnswer, JudgedClaim, Verdict

MARKS: Final[dict[Verdict, str]] = {"supported": "+", "unsupported": "-", "question": "?"}
VERDICTS: Final[dict[str, Verdict]] = {mark: verdict for verdict, mark in MARKS.items()}
EVIDENCE_SOURCES: Final[tuple[EvidenceSource, ...]] = get_args(EvidenceSource)


def written(judged: Iterable[JudgedAnswer]) -> dict[str, list[Any]]:
    """Return, by example id, one list per yardstick: its name, the claims, and why it was not judged (if so).

    A claim is [start, end, "+" | "-" | "?", support, source, quote, text, note]; empty texts at the end are left out.
    """
    found: dict[str, list[Any]] = {}
    for one in judged:
        claims = [_row(claim) for claim in one.claims]
        found.setdefault(one.example_id, []).append(_without_empty_end([one.evidence_source, claims, one.unjudged]))
    return found


def read(lines: Iterable[tuple[str, Sequence[Any]]]) -> tuple[JudgedAnswer, ...]:
    """Return what `written` was given: all of the one yardstick, then all of the other, in the order of examples.

    Args:
        lines: example id and its lists, in the order of the examples.
    """
    found = [
        JudgedAnswer(example_id, evidence_source, tuple(map(_claim, claims)), *why)
        for example_id, answers in lines
        for evidence_source, claims, *why in answers
    ]
    return tuple(sorted(found, key=lambda one: EVIDENCE_SOURCES.index(one.evidence_source)))


def _row(claim: JudgedClaim) -> list[Any]:
    fields = {field.name: getattr(claim, field.name) for field in dataclasses.fields(claim)}
    return _without_empty_end(list({**fields, "verdict": MARKS[claim.verdict]}.values()))


def _claim(row: Sequence[Any]) -> JudgedClaim:
    start, end, mark, *rest = row
    return JudgedClaim(start, end, VERDICTS[mark], *rest)


def _without_empty_end(row: list[Any]) -> list[Any]:
    while row and row[-1] == "":
        row = row[:-1]
    return row
