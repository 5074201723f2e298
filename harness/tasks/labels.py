"""Audits of columns that hold what another should: answers in inputs or documents, constants, wrong answerable labels."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from harness.audits import AuditResult, clocked
from harness.tasks.audit import normalised
from harness.tasks.loaded import limited
from harness.tasks.overlap import FEWEST, FLAGGED, LONGEST, SHOWN, share
from harness.tasks.task import Task
from harness.text.refusals import is_refusal
from harness.types import SPLITS, THE_INPUT, Example

VERSION: Final = 1
READ: Final = 300
"""rows of a split that are looked at"""
MOST: Final = 0.5
"""share of the rows by which two columns are one"""
ENOUGH: Final = 10
"""rows; with fewer nothing is called constant"""
PHRASE: Final = 5
"""words of an answer that no question holds by chance"""


def label_audits(task: Task) -> list[AuditResult]:
    """Audit the columns and labels of all splits."""
    results: list[AuditResult] = []
    rows = [example for split in SPLITS for example in limited(task.examples(split), READ)]
    with clocked(results) as found:
        found.append(_columns(task, rows))
    with clocked(results) as found:
        found.append(_answerable(rows))
    return results


def _columns(task: Task, rows: Sequence[Example]) -> AuditResult:
    """Audit columns in two roles, and columns that say the same in every row."""
    answered = [row for row in rows if row.references and row.answerable]
    documents = {normalised(own.text) for own in task.documents() if not own.example_id}
    tests: list[tuple[str, Callable[[Example], bool]]] = [
        (
            "the answer is the input itself: references and input are one column, so that copying is right; name the "
            "column of the answers in task.columns.references",
            lambda row: normalised(row.references[0]) == normalised(row.text),
        ),
        (
            "the answer stands word for word in the question, so that no arm has to know it; take it out of the input",
            lambda row: row.evidence != THE_INPUT and _holds(row.text, row.references[0]),
        ),
        (
            "the answer is the whole text of a document: references and documents are one column, so that retrieval "
            "finds the answer itself; check task.columns.references and task.document_columns.text",
            lambda row: normalised(row.references[0]) in documents,
        ),
    ]
    details: dict[str, Any] = {"answered": len(answered)}
    flags: list[str] = []
    for text, is_so in tests:
        found = [row for row in answered if is_so(row)]
        if len(found) >= max(FEWEST, MOST * len(answered)):
            flags.append(f"in {share(len(found), len(answered), 'rows')} {text} (such as {found[0].id})")
            details.setdefault("examples", []).extend(_shown(row) for row in found[:SHOWN])
    flags += _constants(rows, answered)
    return AuditResult("columns", len(rows), "rows", "; ".join(flags), details=details)


def _holds(text: str, answer: str) -> bool:
    wanted = normalised(answer)
    return len(wanted.split()) >= PHRASE and wanted in normalised(text)


def _constants(rows: Sequence[Example], answered: Sequence[Example]) -> list[str]:
    """Return a flag for each column that has one value in all rows and must not."""
    flags = []
    if len(answered) >= ENOUGH and len({normalised(row.references[0]) for row in answered}) == 1:
        flags.append(
            f"all {len(answered):,} answers are {answered[0].references[0][:LONGEST]!r}: every arm that says it is "
            "right; check task.columns.references"
        )
    if len(rows) >= ENOUGH and len({normalised(row.text) for row in rows}) == 1:
        flags.append(f"all {len(rows):,} inputs are the same text; check task.columns.input")
    if len(rows) >= ENOUGH and not any(row.answerable for row in rows):
        flags.append("no row is answerable, so that refusing is always right; check task.columns.answerable")
    if len(rows) >= ENOUGH and rows[0].group and len({row.group for row in rows}) == 1:
        flags.append(
            f"all rows are of the group {rows[0].group!r}: intervals need several groups; check task.columns.group"
        )
    return flags


def _answerable(rows: Sequence[Example]) -> AuditResult:
    """Audit labels that contradict the reference: an answer where none is known, a refusal where one is."""
    unanswerable = [row for row in rows if not row.answerable and row.references]
    answerable = [row for row in rows if row.answerable and row.references]
    answers = [row for row in unanswerable if not any(map(is_refusal, row.references))]
    refusals = [row for row in answerable if is_refusal(row.references[0])]
    flags = []
    if len(answers) >= max(FEWEST, FLAGGED * len(unanswerable)):
        flags.append(
            f"{share(len(answers), len(unanswerable), 'rows that are labelled unanswerable')} have an answer "
            f"({_quoted(answers[0])}), which counts as wrong: check the label, or the wording of the refusal, which is "
            "not known as one"
        )
    if len(refusals) >= max(FEWEST, FLAGGED * len(answerable)):
        flags.append(
            f"the reference of {share(len(refusals), len(answerable), 'answerable rows')} is a refusal "
            f"({_quoted(refusals[0])}): refusing counts as an answer there; label them answerable: false"
        )
    details = {
        "unanswerable with an answer": len(answers),
        "answerable with a refusal": len(refusals),
        "unanswerable": len(unanswerable),
        "examples": [_shown(row) for row in (*answers[:SHOWN], *refusals[:SHOWN])],
    }
    return AuditResult("answerable", len(rows), "rows", "; ".join(flags), details=details)


def _quoted(row: Example) -> str:
    return f"such as {row.id}: {row.references[0][:80]!r}"


def _shown(row: Example) -> dict[str, str]:
    return {"id": row.id, "text": row.text[:LONGEST], "reference": row.references[0][:LONGEST]}
