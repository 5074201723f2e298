"""An arm: one generator, with or without a retriever, with or without an adapter.

{no retriever, retriever} × {no adapter, adapter} is the whole comparison; the yaml files of the arms
differ in those two lines, and everything else is the same by construction.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from harness.errors import ArmError
from harness.runner.arm import Prepared, Timed, Workload
from harness.store.records.prompt_pieces import pieces
from harness.store.spec import specification
from harness.store.store import Artifact, Store
from harness.tasks.task import Task
from harness.types import THE_INPUT, Example, Passage, Prediction, Span, Turn
from pipelines.generators.generator import Generator, Loaded, Request
from pipelines.generators.hf import HfGenerator, LoadedHf, device_name
from pipelines.generators.shared import shared
from pipelines.inputs import documents_key, examples_key
from pipelines.prompts import Fitted, Prompt, Window, fit
from pipelines.qlora.adapter import QLoRA
from pipelines.qlora.formatting import Formatter, TrainingPassages, query_for
from pipelines.rag.controls import OracleRetriever, RandomRetriever
from pipelines.rag.retrieval import retrieve
from pipelines.rag.retriever import PassageRetriever
from pipelines.rag.search import Retrieved, Retriever, Searcher
from pipelines.timed import TimedArm

log = logging.getLogger(__name__)

PLAN_SAMPLE = 50
"""Examples whose tokens are counted for the plan."""


@dataclass(frozen=True)
class Composed:
    """One column of the comparison.

    Args:
        name: shown in tables.
        generator: the base model.
        prompt: wording around passages.
        retriever: None for a closed-book arm.
        adapter: None for the bare base.
        training_passages: what the adapter saw in training; None trains it closed-book.
    """

    KEY: ClassVar[str] = "pipelines.arm.Composed"
    VERSION: ClassVar[int] = 1

    name: str = field(compare=False)
    generator: Generator
    prompt: Prompt
    retriever: PassageRetriever | OracleRetriever | RandomRetriever | None
    adapter: QLoRA | None
    training_passages: TrainingPassages | None

    def problems(self) -> Sequence[str]:
        """Return what is wrong with the combination, one line each."""
        if self.training_passages is not None and (self.retriever is None or self.adapter is None):
            return ["training_passages needs both a retriever and an adapter"]
        return []

    def refuses(self, task: Task) -> str:
        """Return why this arm makes no sense for the task; "" when it does."""
        if not isinstance(self.retriever, OracleRetriever):
            return ""
        evidence = {example.evidence for example in task.examples("test")}
        if THE_INPUT in evidence:
            return "the evidence is the input itself, which every arm is shown already; leave oracle out"
        if evidence <= {()}:
            return "no test example names its gold documents (task.columns.evidence); leave oracle out"
        return ""

    @property
    def is_timed(self) -> bool:
        """False for the controls: what they look up comes from no search."""
        return not isinstance(self.retriever, OracleRetriever | RandomRetriever)

    def shared_spec(self, task: Task) -> Mapping[str, Any]:
        """Return what all arms of one comparison must have in common."""
        return {
            "generator": specification(self.generator),
            "prompt": specification(self.prompt),
            "instruction": task.instruction,
            "max_new_tokens": task.max_new_tokens,
            "cut_long_input": task.cut_long_input,
            "test": examples_key(task, "test"),
        }

    def answer_spec(self, task: Task, seed: int) -> Mapping[str, Any]:
        """Return everything that the answers, and their timings, depend on."""
        spec: dict[str, Any] = {"arm": specification(self), **self.shared_spec(task), "device": self.device()}
        if self.retriever is not None:
            spec["retrieval"] = self._retrieval_spec(self.retriever, task, seed)
        if self.adapter is not None:
            trained_here = isinstance(self.generator, HfGenerator)
            # A server's adapter is known by the arm it is served for: the generator maps that to a model name.
            spec["adapter"] = self.adapter_spec(task, seed) if trained_here else {"served for": self.name}
        return spec

    def device(self) -> str:
        """Return the kind of device that does the work."""
        return device_name(self.generator) if isinstance(self.generator, HfGenerator) else "server"

    def adapter_spec(self, task: Task, seed: int) -> Mapping[str, Any]:
        """Return what the trained weights depend on; equal for qlora and hybrid, which share one adapter."""
        spec: dict[str, Any] = {
            **self.shared_spec(task),
            "recipe": specification(self.adapter),
            "optimiser": self.adapter.optimiser_on(self.device()) if self.adapter is not None else "",
            "train": examples_key(task, "train"),
            "validation": examples_key(task, "validation"),
            "seed": seed,
            "passages": specification(self.training_passages),
        }
        del spec["test"]
        if self.training_passages is not None and self.retriever is not None:
            spec["retrieval"] = self._retrieval_spec(self.retriever, task, seed)
        return spec

    def workload(self, task: Task, store: Store, seed: int) -> Workload:
        """Return what is still to be done; token counts are scaled up from a sample."""
        artifacts = {"predictions": store.has("predictions", self.answer_spec(task, seed))}
        trains = self.adapter is not None and isinstance(self.generator, HfGenerator)
        adapter_key = ""
        if trains:
            adapter_key = store.key("adapter", self.adapter_spec(task, seed))
            artifacts["adapter"] = store.has("adapter", self.adapter_spec(task, seed))
        if all(artifacts.values()):
            return Workload(artifacts, adapter_key)
        self._check_room(shared(self.generator), task)
        train, test = task.examples("train"), task.examples("test")
        epochs = self.adapter.epochs if self.adapter is not None and not artifacts.get("adapter", True) else 0.0
        answers = 0 if artifacts["predictions"] else len(test)
        return Workload(
            artifacts,
            adapter_key,
            train_rows=round(len(train) * epochs),
            train_tokens=round(self._tokens(task, train, with_answer=True) * epochs),
            index_documents=len(task.documents()) if self._index_is_missing(task, store) else 0,
            answers=answers,
            prompt_tokens=self._tokens(task, test, with_answer=False) if answers else 0,
            answer_tokens=answers * task.max_new_tokens,
        )

    def _check_room(self, loaded: Loaded, task: Task) -> None:
        if loaded.window is not None and task.max_new_tokens >= loaded.window:
            raise ArmError(
                f"task.max_new_tokens is {task.max_new_tokens}; the model's context window of {loaded.window} tokens "
                "must hold the prompt as well"
            )

    def _index_is_missing(self, task: Task, store: Store) -> bool:
        if self.retriever is None:
            return False
        searched = self.retriever if isinstance(self.retriever, PassageRetriever) else self.retriever.retriever
        return not all(searched.artifacts(task.documents(), store).values())

    def _tokens(self, task: Task, examples: Sequence[Example], *, with_answer: bool) -> int:
        """Estimate the tokens of all prompts (and references) from evenly spaced ones."""
        loaded = shared(self.generator)
        sample = examples[:: max(1, len(examples) // PLAN_SAMPLE)]
        total = 0
        for example in sample:
            total += loaded.count(self.prompt.turns(task.instruction, example.input, ()))
            if with_answer and example.references:
                total += loaded.count((Turn("user", example.references[0]),))
        return round(total / len(sample) * len(examples)) if sample else 0

    def prepare(self, task: Task, store: Store, seed: int) -> Prepared:
        """Build or find index and adapter. The base model is not loaded for answering before the first answer."""
        loaded = shared(self.generator)
        self._check_room(loaded, task)
        searcher = None
        build_spans: list[Span] = []
        facts: dict[str, Any] = {"retrieves": self.retriever is not None}
        if isinstance(loaded, LoadedHf):
            facts |= {"format": loaded.format.facts(), "quantisation": loaded.generator.quantisation}
        else:
            facts["quantisation"] = "the server's"
        if self.retriever is not None:
            searcher = self.retriever.prepare(task.documents(), store, seed)
            build_spans += searcher.build_spans
            facts["retrieval"] = dict(searcher.facts)
        adapter = None
        if self.adapter is not None:
            adapter = self._adapter(task, store, seed, loaded, searcher)
            build_spans.append(
                Span("train", adapter.seconds, tokens_in=adapter.facts.get("tokens", 0), device=self.device())
            )
            facts["training"] = {**adapter.facts, "adapter": adapter.key}
        return PreparedArm(self, task, store, seed, loaded, searcher, adapter, build_spans, facts)

    def _retrieval_spec(self, retriever: Retriever, task: Task, seed: int) -> Mapping[str, Any]:
        spec: dict[str, Any] = {"retriever": specification(retriever), "documents": documents_key(task)}
        return spec | {"seed": seed} if isinstance(retriever, RandomRetriever) else spec

    def _adapter(self, task: Task, store: Store, seed: int, loaded: Loaded, searcher: Searcher | None) -> Artifact:
        if not isinstance(self.generator, HfGenerator) or not isinstance(loaded, LoadedHf):
            # A server has its adapters trained already; it is asked for this arm's by name.
            return Artifact(key=f"served:{self.name}", path=Path(), seconds=0.0, found=True)
        from pipelines.qlora.training import train

        generator, recipe, hf = self.generator, self.adapter, loaded
        assert recipe is not None

        def make(folder: Path) -> Mapping[str, Any]:
            formatter = Formatter(hf.format, self.prompt, hf.window, recipe.refusal)
            examples = {split: task.examples(split) for split in ("train", "validation")}
            shown = {split: self._training_passages(examples[split], searcher, seed) for split in examples}
            rows = {split: formatter.rows(task, examples[split], shown[split]) for split in examples}
            log.info("%s: training on %d rows, %d tokens", self.name, len(rows["train"].rows), rows["train"].tokens)
            hf.release()  # loaded by an earlier job of the same sweep
            trained = train(generator, hf.format, recipe, rows["train"], rows["validation"], seed, folder)
            return {**trained, "device": device_name(generator)}

        return store.get_or_make("adapter", self.adapter_spec(task, seed), make)

    def _training_passages(
        self, examples: Sequence[Example], searcher: Searcher | None, seed: int
    ) -> Sequence[tuple[Passage, ...]]:
        if self.training_passages is None or searcher is None or self.retriever is None:
            return [()] * len(examples)
        return self.training_passages.choose(examples, searcher, self.retriever.k, seed)


@dataclass
class PreparedArm:
    """An arm with its index and adapter at hand."""

    arm: Composed
    task: Task
    store: Store
    seed: int
    loaded: Loaded
    searcher: Searcher | None
    adapter: Artifact | None
    build_spans: Sequence[Span]
    facts: dict[str, Any]

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
        self.facts |= dict(self.loaded.use(self.arm.name, self.adapter))
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

    def timed(self) -> Timed:
        """Return the arm as the timing pass asks it."""
        return TimedArm(self)

    def _retrieve(self, examples: Sequence[Example]) -> Sequence[Retrieved]:
        if self.searcher is None or self.arm.retriever is None:
            return [Retrieved((), ())] * len(examples)
        spec = self.arm._retrieval_spec(self.arm.retriever, self.task, self.seed)
        return retrieve(self.searcher, [query_for(example) for example in examples], spec, self.store)

    def fit(self, example: Example, found: Retrieved) -> Fitted:
        """Write the prompt, with as many passages as the window holds."""
        window = self.loaded.window
        room = None if window is None else window - self.task.max_new_tokens
        return fit(
            self.arm.prompt,
            self.task.instruction,
            example,
            found.passages,
            Window(self.loaded.count, room, self.task.cut_long_input),
        )

    def _failed(self, example: Example, found: Retrieved, prompt: Fitted) -> Prediction:
        return Prediction(
            example.id, "", (), found.spans, "error", error=prompt.error, passages_dropped=len(found.passages)
        )

    def _prediction(self, example: Example, found: Retrieved, prompt: Fitted, completion: Any) -> Prediction:
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
