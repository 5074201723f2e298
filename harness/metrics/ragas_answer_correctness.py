"""Answer correctness by ragas: a language model compares the statements of answer and reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Final

from harness.errors import ArmError, JudgeError
from harness.judges.ragas.judge import Measure, RagasJudge
from harness.judges.ragas.reply import UnusableReplyError
from harness.metrics.blocks_of_cell import in_blocks
from harness.metrics.judged import JudgedMetric
from harness.metrics.metric import Kind
from harness.metrics.ragas_scoring import NO_REFERENCE, score_by_ragas
from harness.metrics.reference_scoring import abstained, failure_note
from harness.store.checkpoints import checkpoint_folder
from harness.types import Example, Pair, Prediction, Score

NOTHING_TO_COMPARE: Final = "the judge found no statement in the answer or none in the reference"
"""ragas would count it as a perfect match"""


@dataclass(frozen=True)
class RagasAnswerCorrectness(JudgedMetric):
    """ragas' `AnswerCorrectness` against the first reference; failures and refusals as in every answer metric."""

    KEY: ClassVar[str] = "harness.metrics.ragas_answer_correctness.RagasAnswerCorrectness"

    judge: RagasJudge
    """the language model"""
    similarity_weight: float
    """share of the value that is the cosine of two sentence embeddings; 0 needs no embeddings"""
    embeddings: str
    """a folder, "package:NAME/SUBFOLDER" or a hub id of sentence-transformers"""

    VERSION: ClassVar[int] = 7
    kind: ClassVar[Kind] = "answer"
    name: ClassVar[str] = "ragas_answer_correctness"
    unit: ClassVar[str] = "F1 of statements by a language model, mixed with the cosine of embeddings"
    higher_is_better: ClassVar[bool] = True
    worst: ClassVar[float] = 0.0

    def problems(self) -> Sequence[str]:
        if 0 <= self.similarity_weight <= 1:
            return []
        return [f"similarity_weight: {self.similarity_weight}, but it must be between 0 and 1"]

    @in_blocks
    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        return score_by_ragas(self, self.judge, pairs, self._decide)

    def _decide(self, example: Example, prediction: Prediction) -> Score | Measure:
        if example.answerable and not example.references:
            return Score(example.id, self.name, None, "not_applicable", NO_REFERENCE)
        if prediction.failed:
            return Score(example.id, self.name, self.worst, note=failure_note(prediction))
        if abstained(example, prediction):
            return Score(example.id, self.name, self.worst if example.answerable else 1.0, "abstained")
        if not example.answerable:
            return Score(example.id, self.name, self.worst, note="answered an unanswerable example")
        return self._measure(example, prediction)

    def _measure(self, example: Example, prediction: Prediction) -> Measure:
        weight = self.similarity_weight

        async def measure(llm: Any) -> float:
            from ragas.metrics.collections import AnswerCorrectness

            embeddings = _embeddings(self.embeddings) if weight else None
            metric = AnswerCorrectness(llm=llm, embeddings=embeddings, weights=[1 - weight, weight])
            result = await metric.ascore(
                user_input=example.text, response=prediction.text, reference=example.references[0]
            )
            if not all(reply.statements for reply in llm.replies[:2]):
                raise UnusableReplyError(NOTHING_TO_COMPARE)
            return float(result.value)

        return measure


@lru_cache(maxsize=1)
def _embeddings(path: str) -> Any:
    from ragas.embeddings import HuggingFaceEmbeddings

    try:
        return HuggingFaceEmbeddings(model=str(checkpoint_folder(path, "main")), device="cpu")
    except ArmError as error:
        raise JudgeError(f"metric.ragas_answer_correctness.embeddings: {error}") from error
