"""An arm that is ready to answer: in batches for the scores, and one request at a time for the timing pass."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.runner.arm import ConcurrentRun
from harness.store.records.prompt_pieces import pieces
from harness.store.store import Artifact, Store
from harness.types import AdapterUse, Example, Prediction, Span, Task
from pipelines.generators.generator import Completion, Loaded, Request
from pipelines.prompts import ContextWindow, FittedPrompt, Prompt, fit
from pipelines.qlora.formatting import query_for
from pipelines.rag.protocols import Retrieved, Searcher
from pipelines.rag.retrieval import retrieve


@dataclass
class PreparedArm:
    """An arm with its index and adapter at hand. Satisfies harness.runner.arm.Prepared."""

    name: str
    """of the arm"""
    prompt: Prompt
    """wording around passages"""
    task: Task
    """what is answered"""
    store: Store
    """keeps what is retrieved"""
    loaded: Loaded
    """the model, shared by all arms"""
    searcher: Searcher | None = None
    """None for a closed-book arm"""
    retrieval_spec: Mapping[str, Any] = field(default_factory=dict)
    """what the retrieved passages depend on, the questions apart"""
    adapter: Artifact | None = None
    """None for the bare base"""
    build_spans: list[Span] = field(default_factory=list)
    """one-off work"""
    facts: dict[str, Any] = field(default_factory=dict)
    """what the record keeps"""

    def answer(self, examples: Sequence[Example], skip: frozenset[str]) -> Iterator[Sequence[Prediction]]:
        """Yield predictions batch by batch; what fits no window comes first, as failed predictions."""
        retrieved = self._retrieve(examples)
        prompts = [self.fit(example, found) for example, found in zip(examples, retrieved, strict=True)]
        unfit = [at for at, prompt in enumerate(prompts) if prompt.error]
        if unfit and not all(examples[at].id in skip for at in unfit):
            yield [self._failed(examples[at], retrieved[at], prompts[at]) for at in unfit]
        fitting = [at for at, prompt in enumerate(prompts) if not prompt.error]
        requests = [Request(examples[at].id, prompts[at].turns) for at in fitting]
        # Also when a killed run had answered everything: its proof that the adapter is applied went with it.
        self.facts |= dict(self.loaded.use(self.name, self.adapter))
        for batch in self.loaded.batches(requests):
            if all(requests[place].example_id in skip for place in batch):
                continue
            completions = self.loaded.complete([requests[place] for place in batch], self.task.max_new_tokens)
            yield [
                self._prediction(
                    examples[fitting[place]], retrieved[fitting[place]], prompts[fitting[place]], completion
                )
                for place, completion in zip(batch, completions, strict=True)
            ]

    def timed(self) -> "TimedArm":
        """Return the arm for the timing pass."""
        return TimedArm(self)

    def _retrieve(self, examples: Sequence[Example]) -> Sequence[Retrieved]:
        if self.searcher is None:
            return [Retrieved((), ())] * len(examples)
        queries = [query_for(example) for example in examples]
        return retrieve(self.searcher, queries, self.retrieval_spec, self.store)

    def fit(self, example: Example, found: Retrieved) -> FittedPrompt:
        """Write the prompt, with as many passages as the window holds."""
        window = self.loaded.window
        room = None if window is None else window - self.task.max_new_tokens
        return fit(
            self.prompt,
            self.task.instruction,
            example,
            found.passages,
            ContextWindow(self.loaded.count, room, self.task.cut_long_input),
        )

    def _failed(self, example: Example, found: Retrieved, prompt: FittedPrompt) -> Prediction:
        return Prediction(
            example.id, "", (), found.spans, "error", error=prompt.error, passages_dropped=len(found.passages)
        )

    def _prediction(self, example: Example, found: Retrieved, prompt: FittedPrompt, completion: Any) -> Prediction:
        return Prediction(
            example_id=example.id,
            text=completion.text,
            passages=prompt.passages,
            spans=(*found.spans, *completion.spans),
            finish=completion.finish,
            error=completion.error,
            prompt_sha256=completion.prompt_sha256,
            adapter_key="" if self.adapter is None else self.adapter.key,
            passages_dropped=prompt.dropped,
            input_cut=prompt.input_cut,
            prompt=pieces(completion.prompt, [*(passage.text for passage in prompt.passages), *_texts(example)]),
        )


def _texts(example: Example) -> Sequence[str]:
    """Return what of an example may stand in a prompt as it is; a conversation's turns are too short to share."""
    return [example.input] if isinstance(example.input, str) else []


@dataclass(frozen=True)
class TimedArm:
    """Satisfies harness.runner.arm.Timed.

    Args:
        prepared: the arm with its index and adapter.
    """

    prepared: PreparedArm

    @property
    def uses(self) -> Sequence[AdapterUse]:
        """The ways in which its adapter can run."""
        return ("none",) if self.prepared.adapter is None else self.prepared.loaded.adapter_uses

    def activate(self, use: AdapterUse) -> None:
        """Make the shared model this arm's."""
        self.prepared.loaded.activate(self.prepared.name, self.prepared.adapter, use)

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
        return _timed_prediction(example, found, spans, completion)

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
            answers.append((at, seconds, _timed_prediction(example, found, spans, completion)))
            before += own
        return ConcurrentRun(before + burst.seconds, tuple(answers))

    def weights_bytes(self) -> int | None:
        """Return the size of the engaged model with its adapter."""
        return self.prepared.loaded.weights_bytes()

    def gpu_bytes(self) -> int:
        """Return what of model, adapter, embedder and reranker lies on the GPU."""
        searcher = self.prepared.searcher
        return self.prepared.loaded.gpu_bytes() + (0 if searcher is None else searcher.gpu_bytes())

    def _asked(self, example: Example) -> tuple[Retrieved, FittedPrompt, tuple[Span, ...]]:
        """Retrieve and write the prompt."""
        found = self._found(example)
        begun = time.perf_counter()
        fitted = self.prepared.fit(example, found)
        return found, fitted, (*found.spans, Span("prompt", time.perf_counter() - begun))

    def _found(self, example: Example) -> Retrieved:
        searcher = self.prepared.searcher
        return Retrieved((), ()) if searcher is None else searcher.search([query_for(example)])[0]


def _timed_prediction(
    example: Example, found: Retrieved, spans: tuple[Span, ...], completion: Completion
) -> Prediction:
    return Prediction(
        example_id=example.id,
        text=completion.text,
        passages=found.passages,
        spans=(*spans, *completion.spans),
        finish=completion.finish,
        error=completion.error,
    )
