"""Why an answer is right or wrong: one failure cause per answer, from the record alone.

Evidence counts as shown when the prompt held every place of it that the example names, and the whole text of the gold
documents in which it names none: of these a record does not say which part answers, so that a document with missing
passages is evidence shown in part. "Without evidence" may be memory, or another document that says the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from harness.analysis.answer_form import right_in_other_form
from harness.analysis.metric_facts import FORM_SENSITIVE, RIGHT_FROM
from harness.metrics.evidence import LONGEST_DOCUMENT
from harness.metrics.pieces import END, WHOLE, Piece, holds, is_of, pieces, share_shown
from harness.metrics.retrieval_scoring import is_example, retrieves
from harness.store.records.stored import by_id, scores_of
from harness.types import THE_INPUT, Document, Example, Passage, Prediction, Record, Score

ROUNDING: Final = 1e-9

Name = Literal[
    "right with evidence",
    "right with part of the evidence",
    "right without evidence",
    "right, evidence unknown",
    "rightly refused",
    "evidence not retrieved",
    "evidence shown in part",
    "evidence not used",
    "wrong without evidence",
    "wrong, evidence unknown",
    "right content, wrong form",
    "answered the unanswerable",
    "refused the answerable",
    "no usable answer",
    "unknown",
]
"""unknown: the metric has no value for this example"""

Evidence = Literal["shown", "part", "missing", "unknown", "none"]
"""the prompt held all of the evidence; some of it; none of it; no gold documents are known; the example is
unanswerable"""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why one answer is right or wrong."""

    example_id: str
    """the example answered"""
    name: Name
    """the cause"""
    right: bool | None
    """None: unknown"""
    evidence: Evidence
    """how much of it the model was shown"""
    distracted: bool = False
    """the prompt held passages that are no evidence as well"""


def failure_causes(
    record: Record, metric: str | None = None, documents: Mapping[str, Document] | None = None
) -> tuple[Cause, ...]:
    """Return one cause per example, in the record's order; () where no metric decides what is right.

    Args:
        record: of one cell.
        metric: one of `RIGHT_FROM`; None takes the one that `deciding_metric` finds.
        documents: gold documents by id; None takes those that the record keeps, and older ones keep none.
    """
    decides = metric or deciding_metric([record])
    if decides is None or decides not in record.metrics:
        return ()
    searches = retrieves(record.predictions)
    known = gold_documents([record]) if documents is None else documents
    scores = scores_of(record.scores, decides)
    pairs = zip(record.examples, record.predictions, scores, strict=True)
    return tuple(cause_of(*answered, known, searches=searches) for answered in pairs)


def cause_of(
    example: Example, prediction: Prediction, score: Score, documents: Mapping[str, Document], *, searches: bool
) -> Cause:
    """Return why one answer is right or wrong.

    Args:
        example: what was asked.
        prediction: the answer.
        score: of it, by the metric that decides.
        documents: gold documents by id.
        searches: whether the arm retrieves.
    """
    seen, distracted = _evidence(example, prediction, documents), _distracted(example, prediction, documents)
    return Cause(example.id, *_cause(example, prediction, score, seen, searches), seen, distracted)


def gold_documents(records: Iterable[Record]) -> Mapping[str, Document]:
    """Return every gold document that some record of a comparison keeps, by id; all records have the same examples."""
    return by_id([record.evidence for record in records])


def deciding_metric(records: Sequence[Record]) -> str | None:
    """Return the metric that decides what is right for most answers of all records; None without one."""
    decided = {
        metric: sum(score.value is not None for one in records for score in scores_of(one.scores, metric))
        for metric in RIGHT_FROM
        if all(metric in record.metrics for record in records)
    }
    return max(decided, key=lambda metric: decided[metric], default=None)


def _cause(
    example: Example, prediction: Prediction, score: Score, evidence: Evidence, retrieves: bool
) -> tuple[Name, bool | None]:
    if prediction.failed:
        return "no usable answer", False
    if score.value is None:
        return "unknown", None
    refused = score.reason == "abstained"
    if not example.answerable:
        return "rightly refused" if refused else "answered the unanswerable", refused
    if refused:
        return "refused the answerable", False
    if score.value >= RIGHT_FROM[score.metric] - ROUNDING:
        return _right(evidence), True
    if score.metric in FORM_SENSITIVE and right_in_other_form(example, prediction.text):
        return "right content, wrong form", False
    return _wrong(evidence, retrieves), False


def _evidence(example: Example, prediction: Prediction, documents: Mapping[str, Document]) -> Evidence:
    if not example.answerable:
        return "none"
    if not example.evidence:
        return "unknown"
    if example.evidence == THE_INPUT:
        return "part" if prediction.input_cut else "shown"
    shown = {_shown(piece, prediction.passages, documents) for piece in pieces(example)}
    return shown.pop() if len(shown) == 1 else "part"


def _shown(piece: Piece, passages: Sequence[Passage], documents: Mapping[str, Document]) -> Evidence:
    """Return how much of a piece of evidence the passages hold."""
    if not any(holds(passage, piece, documents) for passage in passages):
        return "missing"
    for place in piece:
        own = [passage for passage in passages if is_of(passage, place.document_id, documents)]
        document = documents.get(place.document_id)
        if _whole(document, own) if place.end == END else share_shown(place, own) >= WHOLE:
            return "shown"
    return "part"


def _whole(document: Document | None, passages: Sequence[Passage]) -> bool:
    """Whether the passages hold all of a document; False where the record has cut its text, or lacks it."""
    if document is None or len(document.text) > LONGEST_DOCUMENT:
        return False
    covered = 0
    for passage in sorted(passages, key=lambda one: one.start):
        if document.text[covered : passage.start].strip():
            return False
        covered = max(covered, passage.end)
    return not document.text[covered:].strip()


def _distracted(example: Example, prediction: Prediction, documents: Mapping[str, Document]) -> bool:
    wanted = pieces(example)
    searched = (one for one in prediction.passages if not is_example(one))
    return any(not any(holds(one, piece, documents) for piece in wanted) for one in searched)


def _right(evidence: Evidence) -> Name:
    if evidence == "unknown":
        return "right, evidence unknown"
    if evidence == "part":
        return "right with part of the evidence"
    return "right with evidence" if evidence == "shown" else "right without evidence"


def _wrong(evidence: Evidence, retrieves: bool) -> Name:
    if evidence == "unknown":
        return "wrong, evidence unknown"
    if evidence == "shown":
        return "evidence not used"
    if evidence == "part":
        return "evidence shown in part"
    return "evidence not retrieved" if retrieves else "wrong without evidence"
