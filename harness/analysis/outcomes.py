"""What became of each answer of a record: answered, refused or failed, and how far its passages support it."""

from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import Final, Literal

from harness.store.records.stored import ids_with
from harness.types import CUT_OFF, JudgedAnswer, Prediction, Record, Score

State = Literal["answered", "abstained", "cut off", "empty", "error"]
STATES: Final[tuple[State, ...]] = ("answered", "abstained", "cut off", "empty", "error")
UNSUPPORTED: Final = -1.0
"""support of an answer that claims nothing, or that the judge could not judge"""


def refused_ids(record: Record) -> frozenset[str]:
    """Return the ids of the examples that some metric of the record scored as refused.

    Decided when the answer was scored. Reading the answer again would take about a millisecond, and newer patterns
    could then contradict the scores.
    """
    return ids_with(record.scores, "abstained")


def undecided_ids(record: Record) -> frozenset[str]:
    """Return the ids of the examples whose answer may be a refusal, in a language whose refusals are not recognised."""
    return ids_with(record.scores, "not_recognised")


def answered_ids(record: Record) -> frozenset[str]:
    """Return the ids of the examples that got an answer: neither a failure nor a refusal as far as is known."""
    refusals = refused_ids(record)
    usable = (prediction.example_id for prediction in record.predictions if not prediction.failed)
    return frozenset(example_id for example_id in usable if example_id not in refusals)


def state(prediction: Prediction, scores: Iterable[Score]) -> State:
    """Return the state; abstained is what a metric said of an answer that did not fail."""
    if prediction.finish == "error":
        return "error"
    if prediction.finish in CUT_OFF:
        return "cut off"
    if not prediction.text.strip():
        return "empty"
    return "abstained" if any(score.reason == "abstained" for score in scores) else "answered"


def passage_support(record: Record) -> Mapping[str, float]:
    """Return, by example id, the mean support of each answer's claims by the arm's own passages: known in use.

    No gold answer and no label takes part. The value of `groundedness` would not do: by the rule of all metrics it is
    worst where an unanswerable question was answered, which is not known in use.

    {} where support cannot rank the answers: for an arm that retrieves nothing, without `groundedness` among the
    metrics, and for older records, whose judge saw answers to answerable questions alone.
    """
    judged = {one.example_id: _mean(one) for one in record.judgements if one.evidence_source == "passages"}
    answers = answered_ids(record)
    return {example_id: judged[example_id] for example_id in answers} if judged.keys() >= answers else {}


def _mean(answer: JudgedAnswer) -> float:
    claims = [claim.support for claim in answer.claims if claim.verdict != "question"]
    return fmean(claims) if claims and not answer.unjudged else UNSUPPORTED
