"""An arm as the timing pass asks it: live retrieval, batch 1 or several at once, a span for every stage."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.runner.arm import ConcurrentRun
from harness.types import AdapterUse, Example, Prediction, Span
from pipelines.generators.generator import Completion, Request
from pipelines.prompts import Fitted
from pipelines.qlora.formatting import query_for
from pipelines.rag.protocols import Retrieved
from pipelines.rag.searcher import PassageSearcher

if TYPE_CHECKING:
    from pipelines.arm import PreparedArm


@dataclass(frozen=True)
class TimedArm:
    """Satisfies harness.runner.arm.Timed.

    Args:
        prepared: the arm with its index and adapter.
    """

    prepared: "PreparedArm"

    @property
    def uses(self) -> Sequence[AdapterUse]:
        """The ways in which its adapter can run."""
        return ("none",) if self.prepared.adapter is None else self.prepared.loaded.adapter_uses

    def activate(self, use: AdapterUse) -> None:
        """Make the shared model this arm's."""
        self.prepared.loaded.activate(self.prepared.arm.name, self.prepared.adapter, use)

    def deactivate(self) -> None:
        """Give the shared model back as it was found."""
        self.prepared.loaded.deactivate()

    def answer(self, example: Example) -> Prediction:
        """Answer one request, alone."""
        found, fitted, spans = self._asked(example)
        if fitted.error:
            return Prediction(example.id, "", (), spans, "error", error=fitted.error)
        (completion,) = self.prepared.loaded.complete(
            [Request(example.id, fitted.turns)], self.prepared.task.max_new_tokens
        )
        return _prediction(example, found, spans, completion)

    def answer_together(self, examples: Sequence[Example], concurrency: int) -> ConcurrentRun:
        """Answer several, so many at once.

        Passages are fetched and prompts written before, one request after another; their time counts, in every
        request's own and in the whole.
        """
        asked = [(example, *self._asked(example)) for example in examples]
        sound = [one for one in asked if not one[2].error]
        requests = [Request(example.id, fitted.turns) for example, _, fitted, _ in sound]
        burst = self.prepared.loaded.together(requests, self.prepared.task.max_new_tokens, concurrency)
        answers, before = [], 0.0
        for (example, found, _, spans), (at, completion) in zip(sound, burst.answers, strict=True):
            own = sum(span.seconds for span in spans)
            seconds = own + sum(span.seconds for span in completion.spans)
            answers.append((at, seconds, _prediction(example, found, spans, completion)))
            before += own
        return ConcurrentRun(before + burst.seconds, tuple(answers))

    def weights_bytes(self) -> int | None:
        """Return the size of the engaged model with its adapter."""
        return self.prepared.loaded.weights_bytes()

    def gpu_bytes(self) -> int:
        """Return what of model, adapter, embedder and reranker lies on the GPU."""
        searcher = self.prepared.searcher
        embedder = searcher.gpu_bytes() if isinstance(searcher, PassageSearcher) else 0
        return self.prepared.loaded.gpu_bytes() + embedder

    def _asked(self, example: Example) -> tuple[Retrieved, Fitted, tuple[Span, ...]]:
        """Retrieve and write the prompt."""
        found = self._found(example)
        begun = time.perf_counter()
        fitted = self.prepared.fit(example, found)
        return found, fitted, (*found.spans, Span("prompt", time.perf_counter() - begun))

    def _found(self, example: Example) -> Retrieved:
        searcher = self.prepared.searcher
        return Retrieved((), ()) if searcher is None else searcher.search([query_for(example)])[0]


def _prediction(example: Example, found: Retrieved, spans: tuple[Span, ...], completion: Completion) -> Prediction:
    return Prediction(
        example_id=example.id,
        text=completion.text,
        passages=found.passages,
        spans=(*spans, *completion.spans),
        finish=completion.finish,
        error=completion.error,
    )
