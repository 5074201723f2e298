"""What faithfulness, groundedness and fabrication share: whose failure decides, and a judge asked about the rest.

1. No evidence to hold the answer against (an answerable example whose gold documents are unknown): not applicable.
2. The arm failed: the metric's worst value.
3. The answer is a refusal: best if the example is unanswerable, worst if it is answerable; the reason says "abstained".
4. An unanswerable example was answered: worst.
5. The judge could not judge: no value, "unjudged". Nothing checkable was said ("Yes."): no value, not applicable.
6. Otherwise the value is read off the judgement. House wording claims nothing (see `house_wording`).

What goes into a record beside the values may know less: a judge that is `blind` is asked about answers to unanswerable
examples as well, since nobody who uses an arm knows which questions those are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.judges.judge import Claim, Judge, Judgement, Question
from harness.metrics.boilerplate import claiming
from harness.metrics.evidence import Sources
from harness.metrics.reference_scoring import abstained, ruled
from harness.types import EvidenceSource, Example, JudgedAnswer, JudgedClaim, Metric, Pair, Prediction, Score

SourcesOf = Callable[[Example, Prediction], Sources | None]
"""what the answer is held against; None when it is not known"""

NO_EVIDENCE = "no gold evidence is known"
NO_CLAIM = "the answer claims nothing that can be checked"

LONGEST_QUOTE = 400
"""characters of a quote in a record"""


@dataclass(frozen=True)
class JudgeContext:
    """Answers before a judge."""

    judge: Judge
    """is asked only about answers that are neither failed nor refusals"""
    sources_of: SourcesOf
    """finds the evidence"""
    house: frozenset[str]
    """words that claim nothing"""
    blind: bool = False
    """the judge is asked about answers to unanswerable examples, too; no value is read off such a judgement"""

    def judgements(self, pairs: Sequence[Pair]) -> list[Judgement | None]:
        """Return what the judge says, all open questions asked at once; None where rules 1 to 4 decide."""
        questions = [self._question(example, prediction) for example, prediction in pairs]
        asked = [one for one in questions if one is not None]
        said = iter(self.judge.judge(asked) if asked else ())
        return [None if one is None else next(said) for one in questions]

    def claiming(self, example: Example, prediction: Prediction) -> str:
        """Return the part of the answer that claims something, every character at its place."""
        return claiming(prediction.text, example.text, self.house)

    def _question(self, example: Example, prediction: Prediction) -> Question | None:
        sources = self.sources_of(example, prediction)
        if sources is None or prediction.failed or abstained(example, prediction):
            return None
        if not example.answerable and not self.blind:
            return None
        texts = tuple(source.text for source in sources)
        return Question(self.claiming(example, prediction), texts, example.text)


def score_judged(
    metric: Metric, judge_context: JudgeContext, pairs: Sequence[Pair], best: float, value: Callable[[Judgement], float]
) -> list[Score]:
    """Return one score per pair by the rule above.

    Args:
        metric: gives name and worst value.
        judge_context: the judge, where its evidence comes from, and boilerplate to leave out.
        pairs: what was asked and what was answered.
        best: value of a perfect answer.
        value: reads the value off a judgement with at least one assertion.
    """
    scores: list[Score] = []
    for (example, prediction), judgement in zip(pairs, judge_context.judgements(pairs), strict=True):
        if example.answerable and judge_context.sources_of(example, prediction) is None:
            scores.append(Score(example.id, metric.name, None, "not_applicable", NO_EVIDENCE))
        elif judgement is None:
            known = ruled(metric, example, prediction, best)
            assert known is not None, "the judge is asked about whatever the rules leave open"
            scores.append(known)
        else:
            scores.append(_judged(metric, example.id, judgement, value))
    return scores


def judged_answers(
    judge_context: JudgeContext, pairs: Sequence[Pair], evidence_source: EvidenceSource
) -> list[JudgedAnswer]:
    """Return what the judge says of each answer that comes before it, for the record."""
    return [
        _answer(judge_context, example, prediction, judgement, evidence_source)
        for (example, prediction), judgement in zip(pairs, judge_context.judgements(pairs), strict=True)
        if judgement is not None
    ]


def _judged(metric: Metric, example_id: str, judgement: Judgement, value: Callable[[Judgement], float]) -> Score:
    if judgement.unjudged:
        return Score(example_id, metric.name, None, "unjudged", judgement.unjudged)
    if not judgement.assertions:
        return Score(example_id, metric.name, None, "not_applicable", NO_CLAIM)
    return Score(example_id, metric.name, value(judgement))


def _answer(
    judge_context: JudgeContext,
    example: Example,
    prediction: Prediction,
    judgement: Judgement,
    evidence_source: EvidenceSource,
) -> JudgedAnswer:
    sources, text = judge_context.sources_of(example, prediction) or (), judge_context.claiming(example, prediction)
    claims = tuple(_claim(one, text, sources) for one in judgement.claims)
    return JudgedAnswer(example.id, evidence_source, claims, judgement.unjudged)


def _claim(claim: Claim, answer: str, sources: Sources) -> JudgedClaim:
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
