"""The references as an arm of their own ("gold"): what do the experiment's metrics say of the right answers?

That is a ceiling for every arm, and a test of the task: a judge that finds no support for the references, or as much
for those of other rows, measures nothing here. Left out are metrics that compare an answer with the references (a
reference is itself), those of retrieved passages, and judges that cost money.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any, Final

import numpy as np

from harness.audits import AuditResult
from harness.metrics.accuracy import Accuracy
from harness.metrics.metric import Metric
from harness.metrics.reference_scoring import AnswerMetric
from harness.tasks.loaded import limited
from harness.text.refusals import is_refusal
from harness.types import THE_INPUT, Document, Example, Pair, Passage, Prediction

VERSION: Final = 5
SCORED: Final = 150
"""references that are scored"""
SHUFFLED: Final = 50
"""references that are also held against the evidence of another row"""
ENOUGH: Final = 20
"""of them that a comparison needs"""
TOLD_APART: Final = 0.7
"""least area under the ROC curve by which a judge tells own references from others; chance is 0.5"""
SUPPORTED: Final = 0.5
"""least mean support of the references"""
SHOWN: Final = 5
LONGEST: Final = 160
"""characters of an example's text"""


def reference_audit(
    metrics: Mapping[str, Metric], examples: Sequence[Example], documents: Mapping[str, Document]
) -> Iterator[AuditResult]:
    """Score the references of a split; yield nothing where no example has one.

    Args:
        metrics: bound to the task.
        examples: of the split.
        documents: id -> document.
    """
    pairs = [(own, gold_answer(own, documents)) for own in limited([own for own in examples if own.references], SCORED)]
    if not pairs:
        return
    chosen = {name: metric for name, metric in metrics.items() if not _is_left_out(metric)}
    details = {**_means(chosen, pairs), "left_out": sorted(metrics.keys() - chosen.keys())}
    flags = [_judge_flag(metric, pairs, details) for metric in chosen.values() if _measures_support(metric)]
    doubts = {metric.doubts(): name for name, metric in metrics.items() if isinstance(metric, Accuracy)}
    flags += [f"{name}: {doubt}" for doubt, name in doubts.items() if doubt]
    yield AuditResult("references", len(pairs), "references", "; ".join(filter(None, flags)), details=details)


def _means(metrics: Mapping[str, Metric], pairs: Sequence[Pair]) -> dict[str, Any]:
    scores = {name: metric.score(pairs) for name, metric in metrics.items()}
    values = {name: [score.value for score in given if score.value is not None] for name, given in scores.items()}
    return {
        "means": {name: round(fmean(given), 6) for name, given in values.items() if given},
        "n": {name: len(given) for name, given in values.items()},
    }


def gold_answer(example: Example, documents: Mapping[str, Document]) -> Prediction:
    """Return the first reference as an answer, with the gold documents as its passages."""
    named = [documents[name] for name in example.evidence if example.evidence != THE_INPUT and name in documents]
    passages = tuple(
        Passage(own.id, own.text, 0, len(own.text), 1.0, own.title, metadata=own.metadata) for own in named
    )
    return Prediction(example.id, example.references[0], passages, (), "stop")


def _is_left_out(metric: Metric) -> bool:
    judge = metric.judge_used()
    if judge is not None and judge.rehearsed() is not None:
        return True
    with_references = getattr(type(metric), "texts_of", None) is AnswerMetric.texts_of
    return with_references or metric.kind == "passages"


def _measures_support(metric: Metric) -> bool:
    return metric.evidence_source == "gold evidence" and metric.higher_is_better is True


def _judge_flag(metric: Metric, pairs: Sequence[Pair], details: dict[str, Any]) -> str:
    """Add what the judge says of own references and of others to the details; return what is wrong with it."""
    own = _supports(metric, [pair for pair in pairs if pair[0].answerable and not is_refusal(pair[1].text)])
    if len(own) < ENOUGH:
        return ""
    judged = [pair for pair in pairs if pair[0].id in own]
    others = _supports(metric, _exchanged(limited(judged, SHUFFLED)))
    lowest = [_shown(pair, own) for pair in sorted(judged, key=lambda pair: own[pair[0].id])[:SHOWN]]
    auroc, mean = _auroc(list(own.values()), list(others.values())), details["means"][metric.name]
    details[f"{metric.name}, judge"] = {
        "support": round(fmean(own.values()), 4),
        "support of others": round(fmean(others.values()), 4) if others else None,
        "auroc": round(auroc, 4),
        "lowest": lowest,
    }
    worst = f"lowest: {lowest[0]['id']}: {lowest[0]['reference'][:80]!r}"
    return f"{metric.name}: {_verdict(auroc, mean, worst)}" if auroc < TOLD_APART or mean < SUPPORTED else ""


def _verdict(auroc: float, mean: float, worst: str) -> str:
    if auroc < TOLD_APART:
        return (
            f"the judge does not tell references from those of other rows (AUROC {auroc:.2f}, chance 0.50; {worst}): "
            "references or evidence belong to other rows, or this judge cannot read them; check both columns, or "
            "choose another judge"
        )
    return (
        f"the references themselves reach {mean:.2f} ({worst}), so that an arm that answers like them is called "
        "unfaithful: compare arms, do not read the level, and choose a judge that accepts paraphrase (judge=nli)"
    )


def _shown(pair: Pair, support: Mapping[str, float]) -> dict[str, Any]:
    example, prediction = pair
    return {"id": example.id, "reference": prediction.text[:LONGEST], "support": round(support[example.id], 4)}


def _supports(metric: Metric, pairs: Sequence[Pair]) -> dict[str, float]:
    """Return id -> mean support of the answer's claims, 0 to 1, of the pairs that were judged."""
    supports = {}
    for judged in metric.judgements(pairs):
        claims = [claim.support for claim in judged.claims if claim.verdict != "question"]
        if claims and not judged.unjudged:
            supports[judged.example_id] = fmean(claims)
    return supports


def _exchanged(pairs: Sequence[Pair]) -> list[Pair]:
    """Return every example with the answer of another one, of another group and evidence where there is any."""
    exchanged = []
    for place, (example, prediction) in enumerate(pairs):
        later = [*pairs[place + 1 :], *pairs[:place]]
        others = [own for own, _ in later if _is_apart(example, own)] or [own for own, _ in later]
        other = next(iter(others), example)
        exchanged.append((example, replace(prediction, text=other.references[0])))
    return exchanged


def _is_apart(example: Example, other: Example) -> bool:
    one_group = example.group and example.group == other.group
    return not one_group and (example.evidence == THE_INPUT or not set(example.evidence) & set(other.evidence))


def _auroc(own: Sequence[float], others: Sequence[float]) -> float:
    """Return how often an own value is above another's; ties count half."""
    if not own or not others:
        return 1.0
    difference = np.subtract.outer(np.asarray(own), np.asarray(others))
    return float((difference > 0).mean() + (difference == 0).mean() / 2)
