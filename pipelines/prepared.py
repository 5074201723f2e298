"""An arm that is ready to answer: in batches for the scores, and one request at a time for the timing pass."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from harness.audits import AuditResult
from harness.machine.measured import AdapterUse, Span
from harness.runner.arm import ConcurrentRun
from harness.store.records.lazy import Lazy
from harness.store.records.prompt_pieces import pieces
from harness.store.store import Artifact, Store
from harness.tasks.task import Task, training_task
from harness.text.citations import plain
from harness.types import Document, Example, Passage, Prediction, Turn
from pipelines.arm_audits import ArmAudits
from pipelines.generators.generator import Beginning, BrokenOffError, Completion, Loaded, Request
from pipelines.prompts import ContextWindow, FittedPrompt, Prompt, Render, fit
from pipelines.qlora.formatting import query_for
from pipelines.rag.arranged import arranged
from pipelines.rag.protocols import Retrieved, Searcher
from pipelines.rag.queries import audit_queries
from pipelines.rag.retrieval import retrieve
from pipelines.rag.shown import audit_shown
from pipelines.rag.whole_base import WholeBase


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
    documents: Sequence[Document] | None = None
    """what passages are taken from; None: the task's"""
    _beginning: Beginning | None = None
    """tokens that all prompts begin with, where they show the same passages; None: not looked for yet"""

    def answer(self, examples: Sequence[Example], skip: frozenset[str]) -> Iterator[Sequence[Prediction]]:
        """Yield predictions batch by batch; prompts that do not fit the window come first, as failed predictions."""
        retrieved = self._to_show(examples)
        prompts = [self.fit(example, result) for example, result in zip(examples, retrieved, strict=True)]
        unfit = [at for at, prompt in enumerate(prompts) if prompt.error]
        if unfit and not all(examples[at].id in skip for at in unfit):
            yield [self.failed(examples[at], retrieved[at], prompts[at]) for at in unfit]
        fitting = [at for at, prompt in enumerate(prompts) if not prompt.error]
        requests = [Request(examples[at].id, prompts[at].turns) for at in fitting]
        # Also when a killed run had answered everything: its proof that the adapter is applied was lost.
        self.facts |= dict(self.loaded.use(self.name, self.adapter))
        self.share_beginning(prompts)
        self.loaded.compare(requests, self.task.max_new_tokens)
        for batch in self.loaded.batches(requests):
            # Some of a batch are at hand where a server refused the others: paid for, and not asked again.
            asked = [at for at in batch if requests[at].example_id not in skip]
            if not asked:
                continue
            came, broken = self._complete([requests[at] for at in asked])
            positions, completions = [fitting[asked[at]] for at in came], [*came.values()]
            yield [
                replace(
                    self.prediction(examples[at], retrieved[at], prompts[at], completion),
                    choice_logliks=self._choice_logliks(examples[at], prompts[at]),
                )
                for at, completion in zip(positions, completions, strict=True)
            ]
            if broken is not None:
                raise broken
        self.facts |= dict(self.loaded.answer_facts())

    def _complete(self, requests: Sequence[Request]) -> tuple[Mapping[int, Completion], BrokenOffError | None]:
        """Return the answers by position; where the model broke off those that had come, and why it did."""
        try:
            return dict(enumerate(self.loaded.complete(requests, self.task.max_new_tokens))), None
        except BrokenOffError as broken:
            return broken.came, broken

    def _choice_logliks(self, example: Example, prompt: FittedPrompt) -> tuple[float, ...]:
        return self.loaded.choice_logliks(prompt.turns, example.choices) if example.choices else ()

    def audit_parts(self) -> Sequence[AuditResult]:
        return [*self._audit_retrieval(), *self._audits().of_model()]

    def audit_answers(self, examples: Sequence[Example], predictions: Sequence[Prediction]) -> Sequence[AuditResult]:
        pairs = Lazy(lambda number: (examples[number], predictions[number]), range(len(examples)))
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
        documents = self.task.documents() if self.documents is None else self.documents
        return audit_shown(documents, self._to_show(examples), predictions)

    def _audits(self) -> ArmAudits:
        learnt = self.render_learnt
        return ArmAudits(
            self.name, self.task, self.loaded, self.adapter, self.refusal, self.render, learnt, self.documents
        )

    def render(self, example: Example, passages: Sequence[Passage], input_cut: bool) -> tuple[Turn, ...]:
        """Write a prompt again, from what a prediction or training row keeps of it."""
        if input_cut:
            shown = () if isinstance(example.input, str) else tuple(passages)  # a text is cut when none is left
            return self.fit(example, Retrieved(shown, ())).turns
        return self._turns(example, passages)

    @property
    def render_learnt(self) -> Render:
        """Write prompts of training rows again: of the task that adapters learn, which may have another instruction."""
        learnt = training_task(self.task)
        return self.render if learnt is self.task else replace(self, task=learnt).render

    def timed(self) -> "TimedArm":
        return TimedArm(self)

    def _retrieve(self, examples: Sequence[Example]) -> Sequence[Retrieved]:
        if self.searcher is None:
            return [Retrieved((), ())] * len(examples)
        queries = [query_for(example) for example in examples]
        if self.searcher.same_for_all:  # nothing is searched for, and all are shown the same objects
            return self.searcher.search(queries)
        return retrieve(self.searcher, queries, self.retrieval_spec, self.store)

    def _to_show(self, examples: Sequence[Example]) -> Sequence[Retrieved]:
        """Return what was retrieved without what must not be shown, in the order that was asked for."""
        pairs = zip(examples, self._retrieve(examples), strict=True)
        return [arranged(example, retrieved) for example, retrieved in pairs]

    def filled(self, base: WholeBase) -> WholeBase:
        """Return as much of the knowledge base as the window holds beside the longest question.

        One whose bare prompt takes more than half of the window does not count: it is shown fewer documents.
        """
        room = min((one for one in (self._room, base.max_tokens) if one is not None), default=None)
        if room is None:
            return base
        sizes = {self.loaded.count(self._turns(one, ())): one for one in self.task.examples("test")}
        longest = max((size for size in sizes if size <= room / 2), default=min(sizes))
        return base.within(lambda shown: self.loaded.count(self._turns(sizes[longest], shown)) <= room)

    def share_beginning(self, prompts: Sequence[FittedPrompt] = ()) -> None:
        """Tell the model what all prompts begin with, where their passages are the same, so that it is read once.

        Args:
            prompts: of the test examples, where they are at hand.
        """
        if self.searcher is None or not self.searcher.same_for_all:
            return
        if self._beginning is None:
            examples = self.task.examples("test")
            pairs = zip(examples, self._to_show(examples), strict=True)
            fitted = prompts or [self.fit(*pair) for pair in pairs]
            self._beginning = self.loaded.beginning([one.turns for one in fitted if not (one.error or one.dropped)])
        self.loaded.share(self._beginning)

    @property
    def _room(self) -> int | None:
        """Tokens that a prompt may have; None when only a server knows."""
        return None if self.loaded.window is None else self.loaded.window - self.task.max_new_tokens

    def _turns(self, example: Example, passages: Sequence[Passage]) -> tuple[Turn, ...]:
        return self.prompt.turns(self.task.instruction, example.input, passages)

    def fit(self, example: Example, retrieved: Retrieved) -> FittedPrompt:
        """Write the prompt, with as many passages as the window holds."""
        window = ContextWindow(self.loaded.count, self._room, self.task.cut)
        return fit(self.prompt, self.task.instruction, example, retrieved.passages, window)

    def failed(self, example: Example, retrieved: Retrieved, prompt: FittedPrompt) -> Prediction:
        """Return the prediction of an example whose prompt does not fit."""
        return Prediction(
            example.id, "", (), retrieved.spans, "error", error=prompt.error, passages_dropped=len(retrieved.passages)
        )

    def prediction(
        self, example: Example, retrieved: Retrieved, prompt: FittedPrompt, completion: Completion
    ) -> Prediction:
        """Return the prediction that a completion makes; citations that the prompt asked for are taken off its text."""
        asked = self.prompt.asks_for_citations(prompt.passages)
        text = plain(completion.text) if asked else completion.text
        return Prediction(
            example_id=example.id,
            text=text,
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
            written="" if text == completion.text else completion.text,
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
        self.prepared.share_beginning()

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
        found = Retrieved((), ()) if searcher is None else searcher.search([query_for(example)])[0]
        retrieved = arranged(example, found)
        begun = time.perf_counter()
        fitted = self.prepared.fit(example, retrieved)
        return replace(retrieved, spans=(*retrieved.spans, Span("prompt", time.perf_counter() - begun))), fitted
