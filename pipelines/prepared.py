"""An arm that is ready to answer: in batches for the scores, and one request at a time for the timing pass."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from harness.audits import AuditResult
from harness.runner.arm import ConcurrentRun
from harness.store.records.prompt_pieces import pieces
from harness.store.store import Artifact, Store
from harness.tasks.task import Task
from harness.types import AdapterUse, Example, Passage, Prediction, Span, Turn
from pipelines.arm_audits import ArmAudits
from pipelines.generators.generator import Completion, Loaded, Request
from pipelines.prompts import ContextWindow, FittedPrompt, Prompt, fit
from pipelines.qlora.formatting import query_for
from pipelines.rag.protocols import Retrieved, Searcher
from pipelines.rag.queries import audit_queries
from pipelines.rag.retrieval import retrieve
from pipelines.rag.shown import audit_shown


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
    refusal: str = ""
    """what the adapter learnt to answer where there is no reference"""
    build_spans: list[Span] = field(default_factory=list)
    """one-off work"""
    facts: dict[str, Any] = field(default_factory=dict)
    """what the record keeps"""

    def answer(self, examples: Sequence[Example], skip: frozenset[str]) -> Iterator[Sequence[Prediction]]:
        """Yield predictions batch by batch; prompts that do not fit the window come first, as failed predictions."""
        retrieved = self._retrieve(examples)
        prompts = [self.fit(example, result) for example, result in zip(examples, retrieved, strict=True)]
        unfit = [at for at, prompt in enumerate(prompts) if prompt.error]
        if unfit and not all(examples[at].id in skip for at in unfit):
            yield [self.failed(examples[at], retrieved[at], prompts[at]) for at in unfit]
        fitting = [at for at, prompt in enumerate(prompts) if not prompt.error]
        requests = [Request(examples[at].id, prompts[at].turns) for at in fitting]
        # Also when a killed run had answered everything: its proof that the adapter is applied was lost.
        self.facts |= dict(self.loaded.use(self.name, self.adapter))
        for batch in self.loaded.batches(requests):
            if all(requests[at].example_id in skip for at in batch):
                continue
            completions = self.loaded.complete([requests[at] for at in batch], self.task.max_new_tokens)
            positions = [fitting[at] for at in batch]
            yield [
                self.prediction(examples[at], retrieved[at], prompts[at], completion)
                for at, completion in zip(positions, completions, strict=True)
            ]

    def audit_parts(self) -> Sequence[AuditResult]:
        return [*self._audit_retrieval(), *self._audits().of_model()]

    def audit_answers(self, examples: Sequence[Example], predictions: Sequence[Prediction]) -> Sequence[AuditResult]:
        pairs = [*zip(examples, predictions, strict=True)]
        answers = [*self._audit_shown(examples, predictions), *self._audits().of_answers(pairs)]
        return [*answers, *self.loaded.audit_answers()]

    def _audit_retrieval(self) -> Sequence[AuditResult]:
        if self.searcher is None:
            return ()
        examples = self.task.examples("test")
        queries = [query_for(example) for example in examples]
        found = self.searcher.audit_retrieved(queries, self._retrieve(examples))
        return [*self.searcher.audit(), *audit_queries(examples), *found]

    def _audit_shown(self, examples: Sequence[Example], predictions: Sequence[Prediction]) -> Sequence[AuditResult]:
        if self.searcher is None:
            return ()
        return audit_shown(self.task.documents(), self._retrieve(examples), predictions)

    def _audits(self) -> ArmAudits:
        return ArmAudits(self.name, self.task, self.loaded, self.adapter, self.refusal, self.render)

    def render(self, example: Example, passages: Sequence[Passage], input_cut: bool) -> tuple[Turn, ...]:
        """Write a prompt again, from what a prediction or training row keeps of it."""
        if input_cut:
            shown = () if isinstance(example.input, str) else tuple(passages)  # a text is cut when none is left
            return self.fit(example, Retrieved(shown, ())).turns
        return self.prompt.turns(self.task.instruction, example.input, passages)

    def timed(self) -> "TimedArm":
        return TimedArm(self)

    def _retrieve(self, examples: Sequence[Example]) -> Sequence[Retrieved]:
        if self.searcher is None:
            return [Retrieved((), ())] * len(examples)
        queries = [query_for(example) for example in examples]
        return retrieve(self.searcher, queries, self.retrieval_spec, self.store)

    def fit(self, example: Example, retrieved: Retrieved) -> FittedPrompt:
        """Write the prompt, with as many passages as the window holds."""
        window = self.loaded.window
        room = None if window is None else window - self.task.max_new_tokens
        return fit(
            self.prompt,
            self.task.instruction,
            example,
            retrieved.passages,
            ContextWindow(self.loaded.count, room, self.task.cut),
        )

    def failed(self, example: Example, retrieved: Retrieved, prompt: FittedPrompt) -> Prediction:
        """Return the prediction of an example whose prompt does not fit."""
        return Prediction(
            example.id, "", (), retrieved.spans, "error", error=prompt.error, passages_dropped=len(retrieved.passages)
        )

    def prediction(
        self, example: Example, retrieved: Retrieved, prompt: FittedPrompt, completion: Completion
    ) -> Prediction:
        """Return the prediction that a completion makes."""
        return Prediction(
            example_id=example.id,
            text=completion.text,
            passages=prompt.passages,
            spans=(*retrieved.spans, *completion.spans),
            finish=completion.finish,
            error=completion.error,
            prompt_sha256=completion.prompt_sha256,
            adapter_key="" if self.adapter is None else self.adapter.key,
            passages_dropped=prompt.dropped,
            input_cut=prompt.input_cut,
            prompt=pieces(completion.prompt, [*(passage.text for passage in prompt.passages), *_texts(example)]),
            answer_ids=completion.ids,
        )


def _texts(example: Example) -> Sequence[str]:
    """Return the texts of an example that prompts share with the record; a conversation's turns are too short."""
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
        return ("none",) if self.prepared.adapter is None else self.prepared.loaded.adapter_uses

    def activate(self, use: AdapterUse) -> None:
        self.prepared.loaded.activate(self.prepared.name, self.prepared.adapter, use)

    def deactivate(self) -> None:
        self.prepared.loaded.deactivate()

    def answer(self, example: Example) -> Prediction:
        retrieved, fitted = self._prompted(example)
        if fitted.error:
            return self.prepared.failed(example, retrieved, fitted)
        requests = [Request(example.id, fitted.turns)]
        (completion,) = self.prepared.loaded.complete(requests, self.prepared.task.max_new_tokens)
        return self.prepared.prediction(example, retrieved, fitted, completion)

    def answer_together(self, examples: Sequence[Example], concurrency: int) -> ConcurrentRun:
        """Answer several requests, `concurrency` of them at a time.

        Passages are retrieved and prompts written beforehand, one request after another. That time is added to each
        request and to the total.
        """
        prompted = [(example, *self._prompted(example)) for example in examples]
        answerable = [request for request in prompted if not request[2].error]
        requests = [Request(example.id, fitted.turns) for example, _, fitted in answerable]
        burst = self.prepared.loaded.together(requests, self.prepared.task.max_new_tokens, concurrency)
        answers, before = [], 0.0
        for (example, retrieved, fitted), (at, completion) in zip(answerable, burst.answers, strict=True):
            own = sum(span.seconds for span in retrieved.spans)
            seconds = own + sum(span.seconds for span in completion.spans)
            answers.append((at, seconds, self.prepared.prediction(example, retrieved, fitted, completion)))
            before += own
        return ConcurrentRun(before + burst.seconds, tuple(answers))

    def weights_bytes(self) -> int | None:
        return self.prepared.loaded.weights_bytes()

    def gpu_bytes(self) -> int:
        searcher = self.prepared.searcher
        return self.prepared.loaded.gpu_bytes() + (0 if searcher is None else searcher.gpu_bytes())

    def _prompted(self, example: Example) -> tuple[Retrieved, FittedPrompt]:
        """Retrieve and write the prompt, which is one more span of the retrieval."""
        searcher = self.prepared.searcher
        retrieved = Retrieved((), ()) if searcher is None else searcher.search([query_for(example)])[0]
        begun = time.perf_counter()
        fitted = self.prepared.fit(example, retrieved)
        return replace(retrieved, spans=(*retrieved.spans, Span("prompt", time.perf_counter() - begun))), fitted
