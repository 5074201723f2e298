"""Audits of columns that hold what another should, of constants, and of labels that contradict the reference."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from harness.audits import AuditResult
from harness.tasks.audit import normalised
from harness.tasks.loaded import limited
from harness.tasks.overlap import FEWEST, FLAGGED, LONGEST, SHOWN, share
from harness.tasks.reference_kinds import reference_kind
from harness.tasks.task import Task
from harness.text.questions import MARK
from harness.text.refusals import is_refusal
from harness.text.sentences import sentences
from harness.types import SPLITS, THE_INPUT, Example, Split

VERSION: Final = 9
"""part of the key of a stored audit; 3: inputs that are texts are no questions, 8: splits with nothing answerable,
9: options and labels are no fault"""
SCORED: Final[tuple[Split, ...]] = ("validation", "test")
"""splits by which arms are compared, or chosen"""
READ: Final = 300
"""rows of a split that are looked at"""
MOST: Final = 0.5
"""share of the rows by which two columns are one"""
ENOUGH: Final = 10
"""rows; with fewer nothing is called constant, or the end of an input"""
ENDS: Final = 0.8
"""share of the rows whose input ends with its answer; in "red or blue?" half of them do"""
PHRASE: Final = 5
"""words of an answer that no question holds by chance"""
LONG: Final = 30
"""words of an input that may be a text, at least"""
LONGER: Final = 2.0
"""least ratio of a text's words to those of what was taken from it"""

OPTION: Final = re.compile(r"^[ \t]{0,8}(?:[-*•]|\(?(?:[A-Za-z]|\d{1,2})[.):])[ \t]{1,8}(\S.*)$", re.MULTILINE)
"""a line with an option: B. in June, (2) in July, - in May"""
SENTENCE: Final = re.compile(r"[.!?。！？…]\W*\Z")
IN_INPUT: Final = (
    "the answer is the input itself, so that copying is right: references and input are one column; name the column of "
    "the answers in task.columns.references"
)
IN_QUESTION: Final = (
    "the answer stands word for word in the question, so that no arm has to know it; take it out, or, if it is to be "
    'found in a text that the input holds, say so: task.columns.evidence=["@input"]'
)
IN_TEXT: Final = (
    "stand word for word in their inputs, which are longer texts and no questions, as extracts do; if an arm should "
    "know them without, take them out"
)
AT_THE_END: Final = (
    "the input ends with the answer itself, as where both are one text, so that every arm is shown the answer; cut "
    "it off, or name other columns in task.columns.input and task.columns.references"
)
IN_DOCUMENTS: Final = (
    "the answer is the whole text of a document, so that retrieval finds the answer itself: references and documents "
    "are one column; check task.columns.references and task.document_columns.text"
)
CONTRADICTED: Final = (
    "an answer, which counts as wrong: check the label, or the wording of the refusal, which is not known as one"
)
REFUSED: Final = "a refusal as their reference, which counts as an answer there: label them answerable: false"


def label_audits(task: Task) -> Iterator[AuditResult]:
    """Audit the columns and labels of all splits."""
    rows = [example for split in SPLITS for example in limited(task.examples(split), READ)]
    answered = [row for row in rows if row.references and row.answerable]
    documents: dict[str, set[str]] = {}
    for own in task.documents():
        if not own.example_id:
            documents.setdefault(normalised(own.text), set()).add(own.id)
    details: dict[str, Any] = {"answered": len(answered)}
    flags = [
        _two_roles(answered, IN_INPUT, lambda row: normalised(row.references[0]) == normalised(row.text), details),
        _two_roles(answered, IN_QUESTION, _asks_with_answer, details),
        _two_roles(answered, AT_THE_END, _ends_with_answer(answered), details, ENDS),
        _two_roles(answered, IN_DOCUMENTS, lambda row: _looked_up(row, documents) is False, details),
        *_constants(rows, answered),
    ]
    by_look_up = sum(_looked_up(row, documents) is True for row in answered)
    extracted = sum(_holds_answer(row) and _is_text(row) for row in answered)
    said = [(by_look_up, "are the whole text of their own evidence"), (extracted, IN_TEXT)]
    enough = max(FEWEST, MOST * len(answered))
    if lines := [f"{share(count, len(answered), 'answers')} {text}" for count, text in said if count >= enough]:
        details["said"] = lines
    flags += _refusable(task, rows)
    yield AuditResult("columns", len(rows), "rows", "; ".join(filter(None, flags)), details=details)
    yield _answerable(rows)


def _looked_up(row: Example, documents: Mapping[str, Collection[str]]) -> bool | None:
    """Return whether the answer is a document that the row names as its evidence; None where it is no document."""
    named = documents.get(normalised(row.references[0]))
    return None if named is None else not set(row.evidence).isdisjoint(named)


def _two_roles(
    rows: Sequence[Example], text: str, is_so: Callable[[Example], bool], details: dict[str, Any], most: float = MOST
) -> str:
    """Return a flag where so many rows are so that two columns are one."""
    found = [row for row in rows if is_so(row)]
    if len(found) < max(FEWEST, most * len(rows)):
        return ""
    details.setdefault("examples", []).extend(_shown(row) for row in found[:SHOWN])
    return f"in {share(len(found), len(rows), 'rows')} {text} (such as {found[0].id})"


def _holds_answer(row: Example) -> bool:
    wanted = normalised(row.references[0])
    return row.evidence != THE_INPUT and len(wanted.split()) >= PHRASE and wanted in normalised(row.text)


def _asks_with_answer(row: Example) -> bool:
    return _holds_answer(row) and not _is_text(row) and not _is_option(row)


def _is_option(row: Example) -> bool:
    """Return whether the answer is one of several options that the question lists, as multiple choice does."""
    options = {normalised(found[1]) for found in OPTION.finditer(row.text)}
    return len(options) > 1 and not options.isdisjoint(map(normalised, row.references))


def _is_text(row: Example) -> bool:
    """Return whether an input is a text, much longer than its answer, that neither begins nor ends with a question."""
    count, parts = len(row.text.split()), sentences(row.text)
    is_long = count >= max(LONG, LONGER * len(row.references[0].split()))
    return is_long and isinstance(row.input, str) and not any(MARK.search(part) for part in (parts[0], parts[-1]))


def _ends_with_answer(rows: Sequence[Example]) -> Callable[[Example], bool]:
    """Return whether a row's input ends with its answer; one answer alone may be the end of a prompt ("yes or no?")."""

    def ends(row: Example) -> bool:
        text, wanted = normalised(row.text), normalised(row.references[0])
        return text != wanted and f" {text}".endswith(f" {wanted}") and not _holds_answer(row)

    answers = {normalised(row.references[0]) for row in rows if ends(row)}
    return ends if len(answers) > 1 and len(rows) >= ENOUGH else lambda row: False


def _constants(rows: Sequence[Example], answered: Sequence[Example]) -> Iterator[str]:
    """Yield a flag for each column that has one value in all rows and must not."""
    if len(answered) >= ENOUGH and len({normalised(row.references[0]) for row in answered}) == 1:
        answer = answered[0].references[0][:LONGEST]
        yield f"all {len(answered):,} answers are {answer!r}: check task.columns.references"
    if len(rows) < ENOUGH:
        return
    if len({normalised(row.text) for row in rows}) == 1:
        yield f"all {len(rows):,} inputs are the same text: check task.columns.input"
    if not any(row.answerable for row in rows):
        yield "no row is answerable, so that refusing is always right: check task.columns.answerable"
    if rows[0].group and len({row.group for row in rows}) == 1:
        yield f"all rows are of the group {rows[0].group!r}, but intervals need several: check task.columns.group"


def _refusable(task: Task, rows: Sequence[Example]) -> Iterator[str]:
    """Yield a flag for each split in which refusing is always right, while other rows have answers."""
    for split in SCORED if any(row.answerable for row in rows) else ():
        own = task.examples(split)
        if len(own) >= FEWEST and not any(row.answerable for row in own):
            yield (
                f"all {len(own):,} {split} rows are marked as unanswerable, so that refusing always wins: are their "
                f"answers withheld? task.splits.{split}=null leaves the file out"
            )


def _answerable(rows: Sequence[Example]) -> AuditResult:
    """Audit labels that contradict the reference: an answer where none is known, a refusal where one is."""
    unanswerable = [row for row in rows if not row.answerable and row.references]
    answerable = [row for row in rows if row.answerable and row.references]
    answers = [row for row in unanswerable if not any(map(is_refusal, row.references))]
    has_labels = reference_kind(rows).kind == "labels"
    refusals = [
        row
        for row in answerable
        if is_refusal(row.references[0]) and not _is_label(row.references[0], one_of_few=has_labels)
    ]
    flags = [
        _labels(answers, unanswerable, "rows that are labelled unanswerable", CONTRADICTED),
        _labels(refusals, answerable, "answerable rows", REFUSED),
    ]
    details = {
        "unanswerable with an answer": len(answers),
        "answerable with a refusal": len(refusals),
        "unanswerable": len(unanswerable),
        "examples": [_shown(row) for row in (*answers[:SHOWN], *refusals[:SHOWN])],
    }
    return AuditResult("answerable", len(rows), "rows", "; ".join(filter(None, flags)), details=details)


def _is_label(reference: str, one_of_few: bool) -> bool:
    """Return whether a reference names a kind rather than says something: cannot_log_in, NOT ENOUGH INFO."""
    is_name = "_" in reference and not any(map(str.isspace, reference.strip()))
    return is_name or (one_of_few and SENTENCE.search(reference) is None)


def _labels(found: Sequence[Example], rows: Sequence[Example], noun: str, text: str) -> str:
    if len(found) < max(FEWEST, FLAGGED * len(rows)):
        return ""
    return f"{share(len(found), len(rows), noun)} have {text} ({_quoted(found[0])})"


def _quoted(row: Example) -> str:
    return f"such as {row.id}: {row.references[0][:80]!r}"


def _shown(row: Example) -> dict[str, str]:
    return {"id": row.id, "text": row.text[:LONGEST], "reference": row.references[0][:LONGEST]}
