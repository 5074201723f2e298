"""What faithfulness, groundedness and fabrication share: whose failure decides, and a judge asked about the rest.

1. No evidence to hold the answer against (an answerable example whose gold documents are unknown): not applicable.
2. The arm failed: the metric's worst value.
3. The answer is a refusal: best if the example is unanswerable, worst if it is answerable; the reason says "abstained".
4. An unanswerable example was answered: worst.
5. The judge could not judge: no value, "unjudged". Nothing checkable was said ("Yes."): no value, not applicable.
6. Otherwise the value is read off the judgement, and the note keeps the verdicts for the viewer.
"""

import json
from collections.abc import Callable, Mapping, Sequence

from harness.errors import DataError
from harness.judges.judge import Claim, Judge, Judgement, Question
from harness.metrics.answering import abstained, failure_note
from harness.types import THE_INPUT, Document, Example, Metric, Pair, Prediction, Score

Texts = tuple[str, ...]
EvidenceOf = Callable[[Example, Prediction], Texts | None]
"""texts that the answer is held against; None when they are not known"""

NO_EVIDENCE = "no gold evidence is known"
NO_CLAIM = "the answer claims nothing that can be checked"

MARKS: Mapping[str, str] = {"supported": "+", "unsupported": "-", "question": "?"}


def score_judged(
    metric: Metric,
    judge: Judge,
    pairs: Sequence[Pair],
    best: float,
    evidence_of: EvidenceOf,
    value: Callable[[Judgement], float],
) -> list[Score]:
    """Return one score per pair by the rule above; the judge sees all open questions at once.

    Args:
        metric: gives name and worst value.
        judge: is asked only about answers that are neither failed nor refusals.
        pairs: what was asked and what was answered.
        best: value of a perfect answer.
        evidence_of: finds the evidence.
        value: reads the value off a judgement with at least one assertion.
    """
    scores: list[Score | None] = []
    questions = []
    for example, prediction in pairs:
        evidence = evidence_of(example, prediction)
        scores.append(_without_judge(metric, example, prediction, best, evidence))
        if scores[-1] is None:
            questions.append(Question(prediction.text, evidence or ()))
    judgements = iter(judge.judge(questions) if questions else ())
    return [
        _judged(metric, example.id, judge.name, next(judgements), value) if score is None else score
        for score, (example, _) in zip(scores, pairs, strict=True)
    ]


def _without_judge(
    metric: Metric, example: Example, prediction: Prediction, best: float, evidence: Texts | None
) -> Score | None:
    if example.answerable and evidence is None:
        return Score(example.id, metric.name, None, "not_applicable", NO_EVIDENCE)
    if prediction.failed:
        return Score(example.id, metric.name, metric.worst, note=failure_note(prediction))
    if abstained(example, prediction):
        return Score(example.id, metric.name, metric.worst if example.answerable else best, "abstained")
    if not example.answerable:
        return Score(example.id, metric.name, metric.worst, note="answered an unanswerable example")
    return None


def _judged(
    metric: Metric, example_id: str, judge: str, judgement: Judgement, value: Callable[[Judgement], float]
) -> Score:
    if judgement.unjudged:
        return Score(example_id, metric.name, None, "unjudged", judgement.unjudged)
    if not judgement.assertions:
        return Score(example_id, metric.name, None, "not_applicable", NO_CLAIM)
    return Score(example_id, metric.name, value(judgement), note=verdict_note(judge, judgement))


def verdict_note(judge: str, judgement: Judgement) -> str:
    """Return the verdicts as compact JSON.

    {"judge": name, "claims": [[start, end, "+" | "-" | "?", support, evidence number or null, start, end], …]};
    offsets are those of the answer and of the evidence text (a document's or passage's title, if it has one, is
    the first line of that text).
    """
    rows = [_row(claim) for claim in judgement.claims]
    return json.dumps({"judge": judge, "claims": rows}, separators=(",", ":"), ensure_ascii=False)


def _row(claim: Claim) -> list[int | str | float | None]:
    span = [claim.evidence, claim.evidence_start, claim.evidence_end]
    return [claim.start, claim.end, MARKS[claim.verdict], round(claim.support, 2), *span]


def gold_evidence(metric: str, example: Example, documents: Mapping[str, Document] | None) -> Texts | None:
    """Return the texts of the example's gold evidence, titles included; None when it is unknown.

    Raises:
        DataError: the evidence is a document that the metric was not given.
    """
    if not example.evidence:
        return None
    if example.evidence == THE_INPUT:
        return (example.text,)
    missing = [name for name in example.evidence if name not in (documents or {})]
    if documents is None or missing:
        given = "no documents" if documents is None else f"{len(documents)} documents"
        raise DataError(
            f"metric {metric}, example {example.id}: evidence {', '.join(missing)} is not among the {given} that the "
            "metric was given; call with_documents(task.documents()) before score"
        )
    return tuple(_text(documents[name]) for name in example.evidence)


def _text(document: Document) -> str:
    return f"{document.title}\n{document.text}" if document.title else document.text
