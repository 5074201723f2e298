"""What the runner asks of an arm: its workload, its answers, its timing. `pipelines/arm.py` fills these Protocols."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from harness.analysis.roles import Role
from harness.audits import AuditResult
from harness.machine.measured import AdapterUse, Span
from harness.store.store import Store
from harness.tasks.task import Task
from harness.types import Example, Prediction


@dataclass(frozen=True, slots=True)
class Workload:
    """What an arm still has to do, for the plan. Tokens are estimates from a sample of the data."""

    artifacts: Mapping[str, bool]
    """kind of artifact -> whether it is there already"""
    adapter_key: str = ""
    """what the adapter will be stored under; "" for an arm that trains none"""
    train_rows: int = 0
    """rows to train on, all epochs together"""
    train_tokens: int = 0
    """tokens in them"""
    index_documents: int = 0
    """documents to index"""
    index_key: str = ""
    """what the index is made of: arms of one key share it; "" for an arm without vectors"""
    answers: int = 0
    """answers to generate"""
    prompt_tokens: int = 0
    """tokens to read for them"""
    answer_tokens: int = 0
    """at most so many tokens to write"""
    served: bool = False
    """whether a server answers, which may be paid by the token"""
    brings_adapter: bool = False
    """its adapter was trained elsewhere (adapter.path)"""
    remarks: tuple[str, ...] = ()
    """what its settings leave out or do not use, a sentence each"""


@dataclass(frozen=True, slots=True)
class Durations:
    """Expected seconds of an arm's work on this machine. What the store holds takes none."""

    train: float = 0.0
    """of its adapter, which other arms may share"""
    index: float = 0.0
    """of its index, likewise"""
    answer: float = 0.0
    """of all answers that are still to be made"""
    audit: float = 0.0
    """of the audits of its parts and answers"""
    request: float = 0.0
    """of one answer alone, as the timing pass makes it"""
    load: float = 0.0
    """until the model is in memory, once for all arms"""


@dataclass(frozen=True, slots=True)
class ConcurrentRun:
    """What came of several requests under way at once."""

    seconds: float
    """wall time from the first start to the last end"""
    answers: tuple[tuple[float, float, Prediction], ...]
    """per request: seconds from the beginning to its start, its own seconds end to end, the answer"""


class Timed(Protocol):
    """An arm that can be asked one request at a time; nothing of its answers comes from the store."""

    @property
    def uses(self) -> Sequence[AdapterUse]:
        """The ways in which its adapter can run: none; or unmerged, and merged on an unquantised base."""
        ...

    def activate(self, use: AdapterUse) -> None:
        """Make the shared model this arm's. Not part of any request's time.

        Raises:
            ArmError: it cannot be had.
        """
        ...

    def answer(self, example: Example) -> Prediction:
        """Answer anew: retrieve, write the prompt, generate; with a span per stage, and nothing for records alone."""
        ...

    def answer_together(self, examples: Sequence[Example], concurrency: int) -> ConcurrentRun:
        """Answer several with so many of them under way at once.

        Raises:
            ArmError: this generator cannot.
        """
        ...

    def weights_bytes(self) -> int | None:
        """Return the size of the engaged model with its adapter; None where only a server knows."""
        ...

    def gpu_bytes(self) -> int:
        """Return what of model, adapter, embedder and reranker lies on the GPU."""
        ...

    def deactivate(self) -> None:
        """Give the shared model back as it was found."""
        ...


@runtime_checkable
class Prepared(Protocol):
    """An arm that is ready to answer."""

    @property
    def build_spans(self) -> Sequence[Span]:
        """One-off work."""
        ...

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the record keeps: index, training, proofs; complete once all answers were given."""
        ...

    def answer(self, examples: Sequence[Example], skip: frozenset[str]) -> Iterator[Sequence[Prediction]]:
        """Yield the predictions of one batch after another.

        Batches depend on `examples` alone; one whose ids all stand in `skip` is passed over without work.
        """
        ...

    def audit_parts(self) -> Sequence[AuditResult]:
        """Check what it answers with (index, adapter), before the first answer.

        Raises:
            ArmError: it does not do what it was built for; nothing must be answered with it.
        """
        ...

    def audit_answers(self, examples: Sequence[Example], predictions: Sequence[Prediction]) -> Sequence[AuditResult]:
        """Check a sample of what it answered.

        Raises:
            ArmError: an answer does not follow from what the prediction says it was made of.
        """
        ...

    def timed(self) -> Timed:
        """Return the arm as the timing pass asks it."""
        ...


class Arm(Protocol):
    """One row of the comparison."""

    @property
    def name(self) -> str: ...
    @property
    def role(self) -> Role:
        """What distinguishes it from the other arms; a control is never timed."""
        ...

    @property
    def trains_first(self) -> bool:
        """Whether adapters of all arms are to be there before any of them answers."""
        ...

    def refuses(self, task: Task) -> str:
        """Return why this arm makes no sense for the task, such as what the data lack for it; "" when it does."""
        ...

    def shared_spec(self, task: Task) -> Mapping[str, Any]:
        """Return what all arms of one comparison must have in common (model, prompt, decoding, questions)."""
        ...

    def answer_spec(self, task: Task, seed: int) -> Mapping[str, Any]:
        """Return everything that the arm's answers and their timings depend on."""
        ...

    def workload(self, task: Task, store: Store, seed: int) -> Workload:
        """Return what is still to be done, without doing it."""
        ...

    def durations(self, task: Task, store: Store, seed: int, *, timed: bool) -> Durations | None:
        """Return how long its work will take, after measuring this machine's speed, if it was not measured before.

        Args:
            task: what is asked.
            store: what is there already.
            seed: of the run.
            timed: whether it takes part in a timing pass.

        Returns:
            None where that is not known: a server answers, or the weights are not on this machine.
        """
        ...

    def prepare(self, task: Task, store: Store, seed: int) -> Prepared:
        """Build or find what answering needs."""
        ...
