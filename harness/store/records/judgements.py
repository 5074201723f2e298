"""Judgements as compact JSON: one record holds thousands of claims."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, get_args

from harness.store.records.plain import fields_of
from harness.types import EvidenceSource, JudgedAnswer, JudgedClaim, Verdict

MARKS: Final[dict[Verdict, str]] = {"supported": "+", "unsupported": "-", "question": "?"}
VERDICTS: Final[dict[str, Verdict]] = {mark: verdict for verdict, mark in MARKS.items()}
EVIDENCE_SOURCES: Final[tuple[EvidenceSource, ...]] = get_args(EvidenceSource)


def written(judged: Iterable[JudgedAnswer]) -> dict[str, list[Any]]:
    """Return, by example id, one list per evidence source: its name, the claims, and why it was not judged (if so).

    A claim is [start, end, "+" | "-" | "?", support, source, quote, text, note]; empty texts at the end are left out.
    """
    rows: dict[str, list[Any]] = {}
    for answer in judged:
        claims = [_row(claim) for claim in answer.claims]
        row = _without_empty_end([answer.evidence_source, claims, answer.unjudged])
        rows.setdefault(answer.example_id, []).append(row)
    return rows


def read(lines: Iterable[tuple[str, Sequence[Any]]]) -> tuple[JudgedAnswer, ...]:
    """Return what `written` was given: grouped by evidence source, in the order of examples.

    Args:
        lines: example id and its lists, in the order of the examples.
    """
    answers = [
        JudgedAnswer(example_id, evidence_source, tuple(map(_claim, claims)), *why)
        for example_id, rows in lines
        for evidence_source, claims, *why in rows
    ]
    return tuple(sorted(answers, key=lambda answer: EVIDENCE_SOURCES.index(answer.evidence_source)))


def _row(claim: JudgedClaim) -> list[Any]:
    return _without_empty_end(list({**fields_of(claim), "verdict": MARKS[claim.verdict]}.values()))


def _claim(row: Sequence[Any]) -> JudgedClaim:
    start, end, mark, *rest = row
    return JudgedClaim(start, end, VERDICTS[mark], *rest)


def _without_empty_end(row: list[Any]) -> list[Any]:
    while row and row[-1] == "":
        row = row[:-1]
    return row
