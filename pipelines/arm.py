"""An arm: one generator, with or without a retriever, with or without an adapter.

{no retriever, retriever} × {no adapter, adapter} is the whole comparison; the yaml files of the arms
differ in those two lines and share everything else. A new arm within it is one more yaml file.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal

from harness.analysis.notes.retrieval_cautions import CAUTIONS
from harness.analysis.roles import Role
from harness.errors import ArmError
from harness.machine.measured import Span
from harness.runner.arm import Durations, Prepared, Workload
from harness.store.spec import digest, specification
from harness.store.store import Artifact, Store
from harness.tasks.data import pairs
from harness.tasks.task import Task, training_task
from harness.types import SPLITS, Document, Example, Passage
from pipelines.data_keys import content_key, remembered
from pipelines.generators.generator import Generator, Loaded, shared
from pipelines.generators.hf import LoadedHf
from pipelines.generators.hf_settings import HfSettings
from pipelines.generators.loading import checkpoint_on_disk
from pipelines.prepared import PreparedArm
from pipelines.prompts import Prompt
from pipelines.qlora.adapter import QLoRA
from pipelines.qlora.brought import FACT as BROUGHT
from pipelines.qlora.brought import BroughtAdapter
from pipelines.qlora.brought_fit import doubts
from pipelines.qlora.formatting import Formatter, TrainingPassages
from pipelines.rag.protocols import Retriever, Searcher
from pipelines.rag.queries import rule
from pipelines.rag.whole_base import WholeBase
from pipelines.speed import known
from pipelines.speed.forecast import TrainingWork, durations
from pipelines.speed.sizes import Sizes

log = logging.getLogger(__name__)

NO_ANSWERS = (
    "training an adapter takes answers, and no training row has one (task.columns.references names their column)"
)
NOTHING_TO_LEARN = "training an adapter takes a train split, and the task has none; name one by task.splits.train=FILE"
NOTHING_TO_FIND = (
    "retrieval takes a knowledge base, and the task has neither documents nor training pairs; name documents by "
    "task.documents_file=FILE, or a train split by task.splits.train=FILE"
)


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
        if self.training_passages is None:
            return []
        if self.retriever is None or self.adapter is None:
            return ["training_passages needs both a retriever and an adapter"]
        if self.retriever.origin != "search":
            return ["training_passages needs a retriever that searches the knowledge base"]
        if self.brought is not None and not self.generator.trains_adapters:
            return [
                f"adapter.path is {self.brought.path}; a server has its adapters already (see conf/model/server.yaml)"
            ]
        return []

    @property
    def brought(self) -> BroughtAdapter | None:
        """The adapter that the user brings; None for an arm without, or with one to train."""
        return None if self.adapter is None else self.adapter.brought

    @property
    def trains_first(self) -> bool:
        """Whether all adapters are to be trained before any arm answers, as vLLM keeps the memory that it has."""
        return isinstance(self.generator, HfSettings) and self.generator.engine == "vllm"

    @property
    def _trainer(self) -> Generator:
        """The base as adapters depend on it, whatever engine answers."""
        return self.generator.for_training() if isinstance(self.generator, HfSettings) else self.generator

    @property
    def role(self) -> Role:
        """What distinguishes the arm from the others, for tables."""
        shows = None if self.retriever is None else self.retriever.origin
        return Role(
            retrieves=shows in ("search", "whole"),
            adapted=self.adapter is not None,
            trained_on_passages=self.training_passages is not None,
            control=self.retriever is not None and self.retriever.is_control,
            few_shot=shows == "example",
            whole_base=shows == "whole",
        )

    def refuses(self, task: Task) -> str:
        if self.brought is not None and self.training_passages is not None:
            return "trains its adapter on passages; with one that was brought (adapter.path) it is hybrid: leave it out"
        train = training_task(task).examples("train")
        if self.adapter is not None and self.brought is None and self.generator.trains_adapters:
            if not train:
                return NOTHING_TO_LEARN
            if not any(example.references or not example.answerable for example in train):
                return NO_ANSWERS
        if self.retriever is not None and not task.documents():
            return NOTHING_TO_FIND
        return "" if self.retriever is None else self.retriever.refuses(task)

    def shared_spec(self, task: Task) -> Mapping[str, Any]:
        return {
            "generator": specification(self.generator),
            "prompt": specification(self.prompt),
            "instruction": task.instruction,
            "max_new_tokens": task.max_new_tokens,
            "cut_long_input": task.cut,
            "test": content_key(task, "test"),
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
        """Return what the adapter's weights depend on; equal for qlora and hybrid, which share one adapter.

        That is the state of the data which it is trained on; what it answers beside may be another one.
        """
        if self.brought is not None:
            return {"generator": specification(self._trainer), "brought": specification(self.brought)}
        return self._training_spec(training_task(task), seed)

    def _training_spec(self, task: Task, seed: int) -> Mapping[str, Any]:
        spec: dict[str, Any] = {
            **self.shared_spec(task),
            "generator": specification(self._trainer),
            "recipe": specification(self.adapter),
            "optimiser": self.adapter.optimiser_on(self.generator.device_name()) if self.adapter is not None else "",
            "train": content_key(task, "train"),
            "validation": content_key(task, "validation"),
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
        if self.brought is not None:
            self._check_adapter(shared(self.generator))  # also of an adapter in the store: its base may have changed
        if all(artifacts.values()):
            return Workload(artifacts, adapter_key, remarks=self._remarks(task))
        self._check_room(shared(self.generator), task)
        if self.brought is None:
            self._check_adapter(shared(self.generator))
        sizes, trains = self._sizes(task), self._to_train(task, store, seed)
        answers = 0 if artifacts["predictions"] else len(task.examples("test"))
        return Workload(
            artifacts,
            adapter_key,
            train_rows=0 if trains is None else round(trains.rows.count * trains.epochs),
            train_tokens=0 if trains is None else round(trains.rows.total * trains.epochs),
            index_documents=self._missing_from_index(task, store),
            index_key=self._index_key(task),
            answers=answers,
            prompt_tokens=round(sizes.prompts().total) if answers else 0,
            answer_tokens=answers * task.max_new_tokens,
            served=not self.generator.trains_adapters,
            brings_adapter=self.brought is not None,
            remarks=(*self._remarks(task), *(sizes.long_references() if answers else ())),
        )

    def durations(self, task: Task, store: Store, seed: int, *, timed: bool) -> Durations | None:
        """Return how long its work will take; measures what speeds are not known yet, training first."""
        loaded = shared(self.generator)
        if not isinstance(loaded, LoadedHf) or self.trains_first or checkpoint_on_disk(loaded.generator) is None:
            return None
        sizes, trains = self._sizes(task), self._to_train(task, store, seed)
        answers = 0 if store.has("predictions", self.answer_spec(task, seed)) else len(task.examples("test"))
        asks, indexes = timed or answers > 0, self._missing_from_index(task, store) > 0
        embedder = None if self.retriever is None else self.retriever.embedder
        searches = embedder is not None and (asks or indexes)
        return durations(
            training=None if trains is None or self.adapter is None else known.training_speed(loaded, self.adapter),
            model=known.model_speed(loaded) if asks else None,
            embedding=known.embedding_speed(embedder) if embedder is not None and searches else None,
            answering=sizes.answering(loaded, embedder, adapted=self.adapter is not None),
            answers=answers,
            to_train=trains,
            to_embed=sizes.passages(embedder) if embedder is not None and indexes else 0.0,
        )

    def _sizes(self, task: Task) -> Sizes:
        examples = self.retriever is not None and self.retriever.origin == "example"
        prompt = self.prompt.of_examples() if examples else self.prompt
        documents = () if self.retriever is None else _searched(self.retriever, task)
        return Sizes(task, shared(self.generator), prompt, self.retriever, documents)

    def _index_key(self, task: Task) -> str:
        embedder = None if self.retriever is None else self.retriever.embedder
        if self.retriever is None or embedder is None:
            return ""
        part: Literal["train", "documents"] = "train" if self.retriever.origin == "example" else "documents"
        return digest({"embedder": specification(embedder), "of": content_key(task, part)})

    def _to_train(self, task: Task, store: Store, seed: int) -> TrainingWork | None:
        """Return the training that is still to be done."""
        recipe = self.adapter
        if recipe is None or self.brought is not None or not self.generator.trains_adapters:
            return None
        if store.has("adapter", self.adapter_spec(task, seed)):
            return None
        learnt = training_task(task)
        rows = self._sizes(learnt).rows(recipe.refusal, with_passages=self.training_passages is not None)
        validated = min(recipe.validation_rows, len(learnt.examples("validation"))) * recipe.checkpoints
        return TrainingWork(rows, recipe.epochs, min(recipe.micro_batch_size, recipe.batch_size), validated)

    def _remarks(self, task: Task) -> tuple[str, ...]:
        """Return what the settings leave out or do not use."""
        of_documents = () if self.retriever is None else self.retriever.remarks(_searched(self.retriever, task))
        return (*of_documents, *(() if self.brought is None else self.brought.remarks()))

    def _check_room(self, loaded: Loaded, task: Task) -> None:
        if loaded.window is not None and task.max_new_tokens >= loaded.window:
            raise ArmError(
                f"task.max_new_tokens is {task.max_new_tokens}; the model's context window of {loaded.window} tokens "
                "must hold the prompt as well"
            )

    def _missing_from_index(self, task: Task, store: Store) -> int:
        if self.retriever is None:
            return 0
        documents = _searched(self.retriever, task)
        there = all(self.retriever.artifacts(documents, store).values())
        return 0 if there else len(self.retriever.searched(documents))

    def _check_adapter(self, loaded: Loaded) -> None:
        """Look whether an adapter can be trained on the model, or fits it where one is brought."""
        if self.adapter is None or not isinstance(loaded, LoadedHf):
            return
        if self.brought is not None:
            for doubt in doubts(self.brought, loaded):
                log.warning("%s: %s", self.name, doubt)
        elif why := loaded.untrainable():
            raise ArmError(f"arm {self.name}: {why}")

    def prepare(self, task: Task, store: Store, seed: int) -> Prepared:
        """Build or find index and adapter. The base model is not loaded for answering before the first answer."""
        loaded = shared(self.generator)
        self._check_room(loaded, task)
        loaded.settle(store, 0 if self.adapter is None else self.adapter.rank)
        examples = self.retriever is not None and self.retriever.origin == "example"
        prompt = self.prompt.of_examples() if examples else self.prompt
        prepared = PreparedArm(self.name, prompt, task, store, loaded)
        prepared.facts |= {"retrieves": self.retriever is not None, **loaded.facts()}
        if self.retriever is not None:
            prepared.documents = _searched(self.retriever, task)
            searcher = self.retriever.prepare(prepared.documents, store, seed)
            searcher = prepared.filled(searcher) if isinstance(searcher, WholeBase) else searcher
            prepared.searcher, prepared.retrieval_spec = searcher, self._retrieval_spec(self.retriever, task, seed)
            prepared.build_spans += searcher.build_spans
            cautions = self.retriever.cautions(prepared.documents)
            prepared.facts["retrieval"] = {**searcher.facts, **({CAUTIONS: list(cautions)} if cautions else {})}
        if self.adapter is not None:
            adapter = self._adapter(task, store, seed, loaded, prepared)
            prepared.adapter, prepared.refusal = adapter, self.adapter.refusal
            if self.brought is None:
                prepared.build_spans.append(_training_span(adapter, self._trainer.device_name()))
            prepared.facts["training"] = {**adapter.facts, "adapter": adapter.key, **_apart(task)}
        return prepared

    def _retrieval_spec(self, retriever: Retriever, task: Task, seed: int) -> Mapping[str, Any]:
        part: Literal["train", "documents"] = "train" if retriever.origin == "example" else "documents"
        spec: dict[str, Any] = {"retriever": specification(retriever), "documents": content_key(task, part)}
        spec |= remembered(task, "queries", lambda: rule(one for split in SPLITS for one in task.examples(split)))
        return spec | {"seed": seed} if retriever.draws_by_seed else spec

    def _adapter(self, task: Task, store: Store, seed: int, loaded: Loaded, prepared: PreparedArm) -> Artifact:
        if not isinstance(loaded, LoadedHf):  # a server has its adapters already, by name
            return Artifact(key=f"served:{self.name}", path=Path(), seconds=0.0, found=True)
        if self.brought is not None:
            return self._brought(self.brought, task, store, seed, loaded)
        from pipelines.qlora.training import train
        from pipelines.qlora.training_twin import check_rows

        recipe, hf, source = self.adapter, loaded, training_task(task)
        assert recipe is not None

        def make(folder: Path) -> Mapping[str, Any]:
            formatter = Formatter(hf.format, self.prompt, hf.window, recipe.refusal)
            examples = {split: source.examples(split) for split in ("train", "validation")}
            searcher = prepared.searcher if source is task else self._searcher_of(source, store, seed)
            shown = partial(self._training_passages, searcher=searcher, seed=seed)
            rows = {split: formatter.rows(source, own, shown(own)) for split, own in examples.items()}
            for split in examples:
                check_rows(rows[split], examples[split])
            log.info("%s: training on %d rows, %d tokens", self.name, len(rows["train"].rows), rows["train"].tokens)
            hf.release()  # loaded for arms that have answered, or by an earlier job of the same sweep
            judged, render = rows["validation"], prepared.render_learnt
            trained = train(hf.generator, hf.format, recipe, rows["train"], judged, seed, folder, render)
            return {**trained, "device": self._trainer.device_name()}

        return store.get_or_make("adapter", self.adapter_spec(task, seed), make)

    def _searcher_of(self, source: Task, store: Store, seed: int) -> Searcher | None:
        """Return what training passages are taken from, where they are not of the documents that answers rest on."""
        if self.training_passages is None or self.retriever is None:
            return None
        return self.retriever.prepare(_searched(self.retriever, source), store, seed)

    def _brought(self, brought: BroughtAdapter, task: Task, store: Store, seed: int, loaded: LoadedHf) -> Artifact:
        found = list(doubts(brought, loaded))  # anew: names of adapter and base are in no key
        adapter = store.get_or_make("adapter", self.adapter_spec(task, seed), brought.copy_to)
        facts = {**adapter.facts[BROUGHT], "doubts": found}
        return replace(adapter, facts={**adapter.facts, BROUGHT: facts})

    def _training_passages(
        self, examples: Sequence[Example], searcher: Searcher | None, seed: int
    ) -> Iterable[tuple[Passage, ...]]:
        if self.training_passages is None or searcher is None or self.retriever is None:
            return [()] * len(examples)
        searcher.audit()  # before training: what an adapter learns from a wrong index outlives the index
        return self.training_passages.choose(examples, searcher, self.retriever.k, seed)


def _searched(retriever: Retriever, task: Task) -> Sequence[Document]:
    """Return what the retriever takes passages from."""
    if retriever.origin != "example":
        return task.documents()
    return remembered(task, "pairs", lambda: pairs(task.examples("train")))  # the same objects, which are hashed once


def _apart(task: Task) -> Mapping[str, Any]:
    """Return, as facts of training, on which state of the data it was done where answers come of another."""
    source = training_task(task)
    return {} if source is task else {"trained_on": list(source.provenance().get("condition", ())) or ["the task"]}


def _training_span(adapter: Artifact, device: str) -> Span:
    return Span("train", adapter.seconds, tokens_in=adapter.facts.get("tokens", 0), device=device)
