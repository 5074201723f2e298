"""The audits of one arm's model: before it answers, and of what it answered."""

import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.audits import AuditResult, clocked
from harness.store.records.plain import restored
from harness.store.store import Artifact
from harness.tasks.task import Task, training_task
from harness.types import Document, Pair, Split
from pipelines import model_audits
from pipelines.generators.generator import Loaded
from pipelines.generators.teacher_forcing import TeacherForcing
from pipelines.prompts import Render
from pipelines.qlora import adapter_losses
from pipelines.qlora.adapter_losses import LossCheck, RowLoss
from pipelines.qlora.brought import FACT as BROUGHT
from pipelines.replay import Replay

TRAINED_ON: Final[tuple[Split, ...]] = ("train", "validation")
"""splits that adapters are made of"""


@dataclass(frozen=True, slots=True)
class _Read:
    """What a base made of the references."""

    model: Callable[[], Any]
    """the base, while it is in memory"""
    task: Task
    found: AuditResult


_LAST_READ: dict[str, _Read] = {}


@dataclass(frozen=True, slots=True)
class ArmAudits:
    """Audits of the model and adapter that an arm answers with.

    Args:
        arm: its name.
        task: what is asked.
        loaded: the generator, shared by all arms.
        adapter: None for the bare base.
        refusal: what the adapter learnt to answer where there is no reference.
        render: the arm's prompts again.
        render_learnt: the same for training rows, whose task may have another instruction.
        documents: what passages are taken from; None: the task's.
    """

    arm: str
    task: Task
    loaded: Loaded
    adapter: Artifact | None
    refusal: str
    render: Render
    render_learnt: Render
    documents: Sequence[Document] | None = None

    def of_model(self) -> list[AuditResult]:
        """Check tokenizer and stop tokens of the base, or that the adapter does what it learnt.

        Raises:
            ArmError: it does not; then the adapter is refused for every arm.
        """
        results: list[AuditResult] = []
        forcing = self._switched(self.adapter)  # before any clock: to load the model is no part of an audit
        for audit in self._of_base() if self.adapter is None else (self._adapter, self._rows):
            with clocked(results) as found:
                found += [] if forcing is None else [audit(forcing)]
        return results

    def of_answers(self, pairs: Sequence[Pair]) -> list[AuditResult]:
        """Replay some of all examples and answers.

        Raises:
            ArmError: an answer is not what this model writes after this prompt.
        """
        results: list[AuditResult] = []
        with clocked(results) as found:
            found.append(self._replay(pairs))
        return results

    def _tokenizer(self, forcing: TeacherForcing) -> AuditResult:
        """Read references, once for all arms: the base was just proved to be what it was."""
        last = _LAST_READ.get("base")
        if last is not None and last.model() is forcing.model and last.task is self.task:
            return last.found
        found = model_audits.tokenizer(forcing, self.task)
        _LAST_READ["base"] = _Read(weakref.ref(forcing.model), self.task, found)
        return found

    def _of_base(self) -> tuple[Callable[[TeacherForcing], AuditResult], ...]:
        return self._tokenizer, self._stop_tokens, model_audits.layers, model_audits.chat_template

    def _stop_tokens(self, forcing: TeacherForcing) -> AuditResult:
        return model_audits.stop_tokens(forcing, self.task)

    def _rows(self, forcing: TeacherForcing) -> AuditResult:
        """Say how many training rows were compared when the adapter was trained."""
        assert self.adapter is not None
        return AuditResult("training rows", self.adapter.facts.get("twins", 0), "rows")

    def _adapter(self, forcing: TeacherForcing) -> AuditResult:
        assert self.adapter is not None
        if BROUGHT in self.adapter.facts:
            return _of_brought(self.adapter.facts[BROUGHT])
        rows = [restored(RowLoss, row) for row in self.adapter.facts.get(adapter_losses.FACT, ())]
        if not rows:
            return adapter_losses.unknown(self.adapter.key)
        source = training_task(self.task)
        examples = {example.id: example for split in TRAINED_ON for example in source.examples(split)}
        check = LossCheck(examples, self._documents, self.render_learnt, self.refusal, forcing)
        problem, result = check.difference(rows)
        if problem:
            self.loaded.refuse(self.arm, self.adapter, problem)
        return result

    def _replay(self, pairs: Sequence[Pair]) -> AuditResult:
        """Replay with the adapter attached in the other way, that of the timing pass."""
        key = "" if self.adapter is None else self.adapter.key
        if self._switched(None) is not None:  # which proves that the base is the base
            self.loaded.activate(self.arm, self.adapter, "none" if self.adapter is None else "unmerged")
        try:
            return Replay(self.arm, self.task, self.render, self.loaded, key).check(pairs)
        finally:
            self.loaded.deactivate()

    def _switched(self, adapter: Artifact | None) -> TeacherForcing | None:
        """Switch the model to this adapter and return what reads given answers with it; None for a server."""
        if self.loaded.teacher_forcing() is None:
            return None
        self.loaded.use(self.arm, adapter)
        return self.loaded.teacher_forcing()

    def _documents(self) -> Mapping[str, Document]:
        source = training_task(self.task)
        shown = source.documents() if self.documents is None or source is not self.task else self.documents
        return {document.id: document for document in shown}


def _of_brought(facts: Mapping[str, Any]) -> AuditResult:
    """Return what was doubtful when it was compared with the base; losses of its training are not known."""
    return AuditResult("brought adapter", 1, "adapters", "; ".join(facts["doubts"]), details={"compared_losses": 0})
