"""Metrics that ask a judge: whose failure decides, how a value is read off verdicts, and what a record keeps of them.

What faithfulness, groundedness, hallucination rate and fabrication share (`ClaimMetric`):

1. No evidence to check the answer against (an answerable example with unknown gold documents): not applicable.
2. The arm failed: the metric's worst value.
3. The answer is a refusal: best if the example is unanswerable, worst if it is answerable; the reason says "abstained".
4. An unanswerable example was answered: worst.
5. The judge could not judge: no value, "unjudged". The answer claims nothing ("Yes."): no value, not applicable.
6. Otherwise the value is read off the judgement. Boilerplate claims nothing (`harness.metrics.boilerplate`).

A record keeps the judgements next to the values. Those against the passages are "blind": the judge is asked about
answers to unanswerable examples as well, since in use it is unknown which questions those are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Protocol, Self

from harness.judges.judge import Claim, Judge, Judgement, Question
from harness.judges.trust import agreement
from harness.metrics.blocks_of_cell import in_blocks
from harness.metrics.boilerplate import claiming
from harness.metrics.evidence import Sources, gold_evidence, passages
from harness.metrics.metric import Kind, Metric
from harness.metrics.reference_scoring import abstained, ruled
from harness.store.records.judgements import EVIDENCE_SOURCES
from harness.store.spec import digest
from harness.types import EvidenceSource, Example, JudgedAnswer, JudgedClaim, Pair, Prediction, Score

NO_EVIDENCE: Final = "no gold evidence is known"
NO_CLAIM: Final = "the answer claims nothing that can be checked"

LONGEST_QUOTE: Final = 400
"""characters of a quote in a record"""


@dataclass(frozen=True)
class JudgedMetric(Metric, Protocol):
    """A metric with a judge."""

    judge: Judge
    """chosen by judge=NAME; docs/VALIDITY.md says how far it agrees with people"""

    def judge_used(self) -> Judge | None:
        return self.judge

    def with_judge(self, judge: Judge) -> Self:
        return replace(self, judge=judge)


@dataclass(frozen=True)
class ClaimMetric(JudgedMetric, Protocol):
    """A metric of the answer's claims. By default their mean support by its evidence source."""

    kind: ClassVar[Kind] = "claims"
    best: ClassVar[float]
    """value of a perfect answer"""
    blind: ClassVar[bool] = False
    """for the record, the judge is asked about answers to unanswerable examples, too"""

    def sources(self, example: Example, prediction: Prediction) -> Sources | None:
        """Return what the answer is checked against; None when it is unknown."""
        if self.evidence_source == "passages":
            return passages(prediction)
        return gold_evidence(self.name, example, self.context.documents)

    def value(self, judgement: Judgement) -> float:
        """Return the value of a judgement with at least one assertion."""
        return judgement.mean_support or 0.0

    @in_blocks
    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        judged = zip(pairs, self._judged(pairs, blind=False), strict=True)
        return [self._score(example, prediction, judgement) for (example, prediction), judgement in judged]

    @in_blocks
    def judgements(self, pairs: Sequence[Pair]) -> list[JudgedAnswer]:
        judged = zip(pairs, self._judged(pairs, self.blind), strict=True)
        return [
            self._answer(example, prediction, judgement)
            for (example, prediction), judgement in judged
            if judgement is not None
        ]

    def _judged(self, pairs: Sequence[Pair], blind: bool) -> list[Judgement | None]:
        """Return the judgements, all open questions asked at once; None where rules 1 to 4 decide."""
        questions = [self._question(example, prediction, blind) for example, prediction in pairs]
        judged = [question for question in questions if question is not None]
        answers = iter(self.context.cached(self.judge).judge(judged) if judged else ())
        return [None if question is None else next(answers) for question in questions]

    def _question(self, example: Example, prediction: Prediction, blind: bool) -> Question | None:
        sources = self.sources(example, prediction)
        if sources is None or prediction.failed or abstained(example, prediction):
            return None
        if not example.answerable and not blind:
            return None
        return Question(self._claiming(example, prediction), tuple(source.text for source in sources), example.text)

    def _claiming(self, example: Example, prediction: Prediction) -> str:
        return claiming(prediction.text, example.text, self.context.boilerplate)

    def _score(self, example: Example, prediction: Prediction, judgement: Judgement | None) -> Score:
        if example.answerable and self.sources(example, prediction) is None:
            return Score(example.id, self.name, None, "not_applicable", NO_EVIDENCE)
        if judgement is None:
            ruling = ruled(self, example, prediction, self.best)
            assert ruling is not None, "the judge is asked about whatever the rules leave open"
            return ruling
        if judgement.unjudged:
            return Score(example.id, self.name, None, "unjudged", judgement.unjudged)
        if not judgement.assertions:
            return Score(example.id, self.name, None, "not_applicable", NO_CLAIM)
        return Score(example.id, self.name, self.value(judgement))

    def _answer(self, example: Example, prediction: Prediction, judgement: Judgement) -> JudgedAnswer:
        sources, text = self.sources(example, prediction) or (), self._claiming(example, prediction)
        claims = tuple(_recorded(claim, text, sources) for claim in judgement.claims)
        assert self.evidence_source is not None
        return JudgedAnswer(example.id, self.evidence_source, claims, judgement.unjudged)


def _recorded(claim: Claim, answer: str, sources: Sources) -> JudgedClaim:
    source = None if claim.evidence is None else sources[claim.evidence]
    return JudgedClaim(
        start=claim.start,
        end=claim.end,
        verdict=claim.verdict,
        support=round(claim.support, 2),
        source="" if source is None else source.id,
        quote="" if source is None else source.text[claim.evidence_start : claim.evidence_end][:LONGEST_QUOTE],
        text="" if claim.text == answer[claim.start : claim.end] else claim.text,
        note=claim.note,
    )


def judgements(metrics: Mapping[str, Metric], pairs: Sequence[Pair]) -> tuple[JudgedAnswer, ...]:
    """Return the judgements of each prediction, once per evidence source: of the first metric that has it."""
    return tuple(answer for metric in judging_metrics(metrics) for answer in metric.judgements(pairs))


def judging_metrics(metrics: Mapping[str, Metric]) -> Sequence[Metric]:
    """Return the first metric of each evidence source, in the order of these: a record keeps what its judge says."""
    by_source: dict[EvidenceSource, Metric] = {}
    for metric in metrics.values():
        if metric.evidence_source is not None:
            by_source.setdefault(metric.evidence_source, metric)
    return [by_source[source] for source in EVIDENCE_SOURCES if source in by_source]


def judges(metrics: Mapping[str, Metric]) -> list[dict[str, Any]]:
    """Return who judged, as plain facts: name, model, fingerprint, how it reads, and its agreement with people."""
    by_fingerprint: dict[str, dict[str, Any]] = {}
    for name, metric in metrics.items():
        judge = metric.judge_used()
        if judge is not None:
            fingerprint = digest(judge)
            by_fingerprint.setdefault(fingerprint, _facts(judge, fingerprint))["metrics"].append(name)
    return list(by_fingerprint.values())


def _facts(judge: Judge, fingerprint: str) -> dict[str, Any]:
    return {
        "name": judge.name,
        "model": judge.model,
        "reads": judge.reads,
        "fingerprint": fingerprint,
        **{name: text for name, text in (("weights", _weights(judge)), ("chosen", judge.chosen_because())) if text},
        "agreement": agreement(fingerprint),
        "metrics": [],
    }


def _weights(judge: Judge) -> str:
    """Return the commit or digest of the weights that judge, where the judge itself has some; "" elsewhere."""
    key = getattr(judge, "content_key", None)
    return "" if key is None else str(key())
