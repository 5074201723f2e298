"""Does the training row that is most like an answer support it? A guess at where an adapter has the answer from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from harness.metrics.blocks_of_cell import in_blocks, of_cell
from harness.metrics.citation_scoring import StatementMetric
from harness.metrics.citation_support import CitedAnswer
from harness.metrics.evidence import Source
from harness.metrics.metric import KnownAnswer
from harness.metrics.nearest_rows import row_text
from harness.metrics.retrieval_scoring import shows_knowledge
from harness.types import Pair, Score

BEST_EFFORT: Final = "best effort: the nearest training row, whether or not the answer came from it"


@dataclass(frozen=True)
class TrainingRowSupport(StatementMetric):
    """Share of an answer's sentences that the nearest training row supports; only for adapters without passages."""

    KEY: ClassVar[str] = "harness.metrics.training_row_support.TrainingRowSupport"
    VERSION: ClassVar[int] = 1
    name: ClassVar[str] = "training_row_support"
    unit: ClassVar[str] = "share of sentences that the nearest training row supports (best effort)"

    def known_answers(self) -> Sequence[KnownAnswer]:
        return ()

    def value(self, answer: CitedAnswer) -> float:
        return answer.recall

    @in_blocks
    def score(self, pairs: Sequence[Pair]) -> list[Score]:
        if not of_cell(pairs, adapted) or of_cell(pairs, shows_knowledge):
            note = "it is measured where an adapter answers without passages"
            return [Score(example.id, self.name, None, "not_applicable", note) for example, _ in pairs]
        rows = [self.context.nearest_rows.of(f"{example.text}\n{prediction.text}") for example, prediction in pairs]
        sources = [() if row is None else (Source(row.id, row_text(row)),) for row in rows]
        return self.scored(pairs, sources, afterwards=True, note=BEST_EFFORT)


def adapted(pairs: Iterable[Pair]) -> bool:
    """Return whether an adapter wrote some of the answers."""
    return any(prediction.adapter_key for _, prediction in pairs)
