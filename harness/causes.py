"""Why an answer is right or wrong: one cause per answer, read off the record alone.

A document counts as shown when any passage of it stood in the prompt: a record cannot tell whether the passage was
the part of it that answers. "Without evidence" may be memory, or another document that says the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from harness.metrics.retrieval import shows_retrieval
from harness.types import THE_INPUT, Example, Prediction, Record, Score

RIGHT_AT: Final[Mapping[str, float]] = {"fact_coverage": 1.0, "exact_match": 1.0, "token_f1": 0.5}
"""metric -> value from which an answer counts as right; the first one that tells the most answers decides. Metrics of
likeness (ROUGE, chrF) are not here: no value of theirs divides right from wrong."""
ROUNDING: Final = 1e-9

Name = Literal[
    "right with evidence",
    "right without evidence",
    "right, evidence unknown",
    "rightly declined",
    "evidence not retrieved",
    "evidence not used",
    "wrong without evidence",
    "wrong, evidence unknown",
    "answered the unanswerable",
    "declined the answerable",
    "no usable answer",
    "not told",
]
"""not told: the metric has no value for this example"""

Evidence = Literal["shown", "missing", "unknown", "none"]
"""all gold documents stood in the prompt; not all of them; none are known; there is nothing to know"""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why one answer is what it is."""

    example_id: str
    """the example answered"""
    name: Name
    """the cause"""
    right: bool | None
    """None: not told"""
    evidence: Evidence
    """what the model was shown of it"""


def of(record: Record, metric: str | None = None) -> tuple[Cause, ...]:
    """Return one cause per example, in the record's order; () where no metric tells right from wrong.

    Args:
        record: of one cell.
        metric: one of `RIGHT_AT`; None takes the one that `deciding_metric` finds.
    """
    decides = metric or deciding_metric([record])
    if decides is None or decides not in record.metrics:
        return ()
    retrieves = any(map(shows_retrieval, record.predictions))
    scores = (score for score in record.scores if score.metric == decides)
    return tuple(_cause(*answer, retrieves) for answer in zip(record.examples, record.predictions, scores, strict=True))


def deciding_metric(records: Sequence[Record]) -> str | None:
    """Return the metric that tells right from wrong on most answers of all records; None without one."""
    told = {
        metric: sum(score.metric == metric and score.value is not None for one in records for score in one.scores)
        for metric in RIGHT_AT
        if all(metric in record.metrics for record in records)
    }
    return max(told, key=lambda metric: told[metric], default=None)


def _cause(example: Example, prediction: Prediction, score: Score, retrieves: bool) -> Cause:
    evidence = _evidence(example, prediction)
    if prediction.failed:
        return Cause(example.id, "no usable answer", False, evidence)
    if score.value is None:
        return Cause(example.id, "not told", None, evidence)
    declined = score.reason == "abstained"
    if not example.answerable:
        return Cause(example.id, "rightly declined" if declined else "answered the unanswerable", declined, evidence)
    if declined:
        return Cause(example.id, "declined the answerable", False, evidence)
    right = score.value >= RIGHT_AT[score.metric] - ROUNDING
    return Cause(example.id, _right(evidence) if right else _wrong(evidence, retrieves), right, evidence)


def _evidence(example: Example, prediction: Prediction) -> Evidence:
    if not example.answerable:
        return "none"
    if not example.evidence:
        return "unknown"
    if example.evidence == THE_INPUT:
        return "missing" if prediction.input_cut else "shown"
    return "shown" if {*example.evidence} <= {one.document_id for one in prediction.passages} else "missing"


def _right(evidence: Evidence) -> Name:
    if evidence == "unknown":
        return "right, evidence unknown"
    return "right with evidence" if evidence == "shown" else "right without evidence"


def _wrong(evidence: Evidence, retrieves: bool) -> Name:
    if evidence == "unknown":
        return "wrong, evidence unknown"
    if evidence == "shown":
        return "evidence not used"
    return "evidence not retrieved" if retrieves else "wrong without evidence"
