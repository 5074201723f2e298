"""An arm: one generator, with or without a retriever, with or without an adapter.

{no retriever, retriever} × {no adapter, adapter} is the whole comparison; the yaml files of the arms
differ in those two lines and share everything else. A new arm within it is one more yaml file.
"""

import logging
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

from harness.analysis.roles import Role
from harness.errors import ArmError
from harness.runner.arm import Prepared, Workload
from harness.store.spec import digest, specification
from harness.store.store import Artifact, Store
from harness.tasks.task import Task
from harness.types import SPLITS, Example, Passage, Span, Split, Turn
from pipelines.generators.generator import Generator, Loaded, shared
from pipelines.generators.hf import LoadedHf
from pipelines.prepared import PreparedArm
from pipelines.prompts import Prompt
from pipelines.qlora.adapter import QLoRA
from pipelines.qlora.formatting import Formatter, TrainingPassages
from pipelines.rag.protocols import Retriever, Searcher
from pipelines.rag.queries import rule

log = logging.getLogger(__name__)

PLAN_SAMPLE = 50
"""Examples whose tokens are counted for the plan."""


@dataclass(frozen=True)
class Composed:
    """One row of the comparison.

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
    retriever: Retriever | None
    adapter: QLoRA | None
    training_passages: TrainingPassages | None

    def problems(self) -> Sequence[str]:
        if self.training_passages is not None and (self.retriever is None or self.adapter is None):
            return ["training_passages needs both a retriever and an adapter"]
        return []

    @property
    def role(self) -> Role:
        """What distinguishes the arm from the others, for tables."""
        return Role(
            retrieves=self.retriever is not None,
            adapted=self.adapter is not None,
            trained_on_passages=self.training_passages is not None,
            control=self.retriever is not None and self.retriever.is_control,
        )

    def refuses(self, task: Task) -> str:
        return "" if self.retriever is None else self.retriever.refuses(task)

    def shared_spec(self, task: Task) -> Mapping[str, Any]:
        return {
            "generator": specification(self.generator),
            "prompt": specification(self.prompt),
            "instruction": task.instruction,
            "max_new_tokens": task.max_new_tokens,
            "cut_long_input": task.cut,
            "test": _content_key(task, "test"),
        }

    def answer_spec(self, task: Task, seed: int) -> Mapping[str, Any]:
        spec: dict[str, Any] = {
            "arm": specification(self),
            **self.shared_spec(task),
            "device": self.generator.device_name(),
        }
        if self.retriever is not None:
            spec["retrieval"] = self._retrieval_spec(self.retriever, task, seed)
        if self.adapter is not None:
            # A server's adapter is known by the arm it is served for: the generator maps that to a model name.
            trained_here = self.generator.trains_adapters
            spec["adapter"] = self.adapter_spec(task, seed) if trained_here else {"served for": self.name}
        return spec

    def adapter_spec(self, task: Task, seed: int) -> Mapping[str, Any]:
        """Return what the trained weights depend on; equal for qlora and hybrid, which share one adapter."""
        spec: dict[str, Any] = {
            **self.shared_spec(task),
            "recipe": specification(self.adapter),
            "optimiser": self.adapter.optimiser_on(self.generator.device_name()) if self.adapter is not None else "",
            "train": _content_key(task, "train"),
            "validation": _content_key(task, "validation"),
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
        adapter_key = ""
        if self.adapter is not None and self.generator.trains_adapters:
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
        return self.retriever is not None and not all(self.retriever.artifacts(task.documents(), store).values())

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
        prepared = PreparedArm(self.name, self.prompt, task, store, loaded)
        prepared.facts |= {"retrieves": self.retriever is not None, **loaded.facts()}
        if self.retriever is not None:
            searcher = self.retriever.prepare(task.documents(), store, seed)
            prepared.searcher, prepared.retrieval_spec = searcher, self._retrieval_spec(self.retriever, task, seed)
            prepared.build_spans += searcher.build_spans
            prepared.facts["retrieval"] = dict(searcher.facts)
        if self.adapter is not None:
            adapter = self._adapter(task, store, seed, loaded, prepared)
            prepared.adapter, prepared.refusal = adapter, self.adapter.refusal
            prepared.build_spans.append(_training_span(adapter, self.generator.device_name()))
            prepared.facts["training"] = {**adapter.facts, "adapter": adapter.key}
        return prepared

    def _retrieval_spec(self, retriever: Retriever, task: Task, seed: int) -> Mapping[str, Any]:
        spec: dict[str, Any] = {"retriever": specification(retriever), "documents": _content_key(task, "documents")}
        spec |= _remembered(task, "queries", lambda: rule(one for split in SPLITS for one in task.examples(split)))
        return spec | {"seed": seed} if retriever.draws_by_seed else spec

    def _adapter(self, task: Task, store: Store, seed: int, loaded: Loaded, prepared: PreparedArm) -> Artifact:
        if not isinstance(loaded, LoadedHf):  # a server has its adapters already, by name
            return Artifact(key=f"served:{self.name}", path=Path(), seconds=0.0, found=True)
        from pipelines.qlora.training import train

        recipe, hf = self.adapter, loaded
        assert recipe is not None

        def make(folder: Path) -> Mapping[str, Any]:
            formatter = Formatter(hf.format, self.prompt, hf.window, recipe.refusal)
            examples = {split: task.examples(split) for split in ("train", "validation")}
            shown = {split: self._training_passages(examples[split], prepared.searcher, seed) for split in examples}
            rows = {split: formatter.rows(task, examples[split], shown[split]) for split in examples}
            log.info("%s: training on %d rows, %d tokens", self.name, len(rows["train"].rows), rows["train"].tokens)
            hf.release()  # loaded by an earlier job of the same sweep
            judged = rows["validation"]
            trained = train(hf.generator, hf.format, recipe, rows["train"], judged, seed, folder, prepared.render)
            return {**trained, "device": hf.generator.device_name()}

        return store.get_or_make("adapter", self.adapter_spec(task, seed), make)

    def _training_passages(
        self, examples: Sequence[Example], searcher: Searcher | None, seed: int
    ) -> Sequence[tuple[Passage, ...]]:
        if self.training_passages is None or searcher is None or self.retriever is None:
            return [()] * len(examples)
        searcher.audit()  # before training: what an adapter learns from a wrong index outlives the index
        return self.training_passages.choose(examples, searcher, self.retriever.k, seed)


def _training_span(adapter: Artifact, device: str) -> Span:
    return Span("train", adapter.seconds, tokens_in=adapter.facts.get("tokens", 0), device=device)


def _content_key(task: Task, part: Split | Literal["documents"]) -> str:
    """Return the hash of a split's examples as loaded (limit and column mapping included), or of the documents.

    Each part has a key of its own, so that a changed document retrains no closed-book adapter.
    """
    return _remembered(
        task, part, lambda: digest(list(task.documents() if part == "documents" else task.examples(part)))
    )


_LAST: dict[str, tuple[Task, Any]] = {}
"""Part of a key -> the last task that was asked for it, and what it was."""

T = TypeVar("T")


def _remembered(task: Task, part: str, make: Callable[[], T]) -> T:
    """Return a part of a task's keys, made once.

    Hashing 100,000 documents takes seconds and several arms ask for the same key, so that those of the last task are
    remembered: of that very object, as a task that changes another's rows may pass on its `content_key()`.
    """
    last, made = _LAST.get(part, (None, None))
    if last is not task:
        made = make()
        _LAST[part] = (task, made)
    return typing.cast("T", made)
