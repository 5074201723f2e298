"""The nouns of the experiment: plain frozen data, and the Protocols that the rest fills in.

Nothing here computes or reads files. docs/GLOSSARY.md says what each word means.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from harness.store import Store
    from harness.table import Table

Split = Literal["train", "validation", "test"]
SPLITS: Final[tuple[Split, ...]] = ("train", "validation", "test")

THE_INPUT: Final[tuple[str, ...]] = ("@input",)
"""The value of Example.evidence when the evidence is the input itself (summarization)."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    """who speaks"""
    content: str
    """what is said"""


@dataclass(frozen=True, slots=True)
class Document:
    """One entry of the knowledge base."""

    id: str
    """unique within the task"""
    title: str
    """shown and indexed before the text; may be empty"""
    text: str
    """the body"""
    example_id: str = ""
    """set when the entry is the (input, reference) pair of that training example: an exemplar,
    which is never split and never shown to its own example"""


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved piece of one document."""

    document_id: str
    """the document it was cut from"""
    text: str
    """document text[start:end]"""
    start: int
    """offset of the first character in the document's text"""
    end: int
    """offset after the last character"""
    score: float
    """the retriever's score; comparable within one query only"""
    title: str = ""
    """the document's title"""


@dataclass(frozen=True, slots=True)
class Example:
    """One item of a task."""

    id: str
    """unique over all splits"""
    input: str | tuple[Turn, ...]
    """the question, document or message; or a conversation whose last turn is the user's"""
    references: tuple[str, ...]
    """right answers, best first; may be empty only if not answerable"""
    evidence: tuple[str, ...]
    """ids of the gold documents; THE_INPUT when the input is the evidence; () when unknown"""
    answerable: bool = True
    """False: the right answer is to say that it cannot be known"""
    group: str = ""
    """cluster for resampling (source document, intent); "" means a cluster of its own"""
    slice: str = ""
    """named kind of example by which tables can be split, e.g. 'document-only'"""

    @property
    def text(self) -> str:
        """The input as one text: what a retriever searches with and an audit compares."""
        if isinstance(self.input, str):
            return self.input
        return "\n".join(turn.content for turn in self.input if turn.role != "system")


Stage = Literal["train", "index", "embed", "search", "rerank", "prompt", "prefill", "decode"]


@dataclass(frozen=True, slots=True)
class Span:
    """One timed stage."""

    stage: Stage
    """what was timed"""
    seconds: float
    """wall time of the whole batch that the example was in"""
    tokens_in: int = 0
    """tokens read for this example (or rows of training data, for train)"""
    tokens_out: int = 0
    """tokens written for this example"""
    device: str = "cpu"
    """device that did the work"""
    batch_size: int = 1
    """how many examples shared the seconds"""


Finish = Literal["stop", "length", "error"]


@dataclass(frozen=True, slots=True)
class Prediction:
    """One arm's answer to one example."""

    example_id: str
    """the example answered"""
    text: str
    """the answer; "" when there is none"""
    passages: tuple[Passage, ...]
    """passages shown in the prompt, in the order of their numbers"""
    spans: tuple[Span, ...]
    """timed stages"""
    finish: Finish
    """stop: ended by itself; length: cut off at the token limit; error: there is no answer"""
    error: str = ""
    """why there is no answer"""
    prompt_sha256: str = ""
    """hash of the rendered prompt"""
    adapter_key: str = ""
    """store key of the adapter that was active; "" for none"""
    passages_dropped: int = 0
    """retrieved passages left out because the context window was full"""
    input_cut: bool = False
    """the input itself was shortened to fit the context window"""

    @property
    def failed(self) -> bool:
        """True when the arm failed to answer: error, cut off, or empty (design: whose failure decides)."""
        return self.finish != "stop" or not self.text.strip()


Reason = Literal["", "not_applicable", "unjudged", "abstained"]


@dataclass(frozen=True, slots=True)
class Score:
    """One metric's value for one prediction."""

    example_id: str
    """the example"""
    metric: str
    """the metric's name"""
    value: float | None
    """the value; None always has a reason"""
    reason: Reason = ""
    """why there is no value, or what is special about it"""
    note: str = ""
    """free text for the viewer"""

    def __post_init__(self) -> None:
        if self.value is None and not self.reason:
            raise ValueError(f"score of {self.metric} on {self.example_id}: None needs a reason")
        if self.value is not None and self.value != self.value:
            raise ValueError(f"score of {self.metric} on {self.example_id} is NaN")


Pair = tuple[Example, Prediction]


@dataclass(frozen=True, slots=True)
class Cell:
    """task × model × arm × seed."""

    task: str
    model: str
    arm: str
    seed: int

    def __str__(self) -> str:
        return f"{self.task}/{self.model}/{self.arm}/seed={self.seed}"


@dataclass(frozen=True, slots=True)
class Record:
    """Everything a cell produced: enough to make every table without a model."""

    cell: Cell
    """which cell"""
    spec: Mapping[str, Any]
    """the full specification of what was run"""
    fingerprint: str
    """sha256 of the specification"""
    comparison: str
    """sha256 of what all arms of one table share: data, model, prompt, decoding; metrics are no part of it"""
    environment: Mapping[str, Any]
    """versions, device, CPU flags, git commit"""
    facts: Mapping[str, Any]
    """guards passed, leakage audit, training log, dropped rows"""
    metrics: Mapping[str, Mapping[str, Any]]
    """metric name -> unit, higher_is_better, worst"""
    build_spans: tuple[Span, ...]
    """one-off work: train, index"""
    examples: tuple[Example, ...]
    """what was asked"""
    predictions: tuple[Prediction, ...]
    """one per example, same order"""
    scores: tuple[Score, ...]
    """metrics × examples"""


@dataclass(frozen=True, slots=True)
class LeakageAudit:
    """How much of test stands in train already."""

    test_examples: int
    """how many test inputs were compared"""
    exact: int
    """test inputs equal to a train input after normalisation"""
    near: int
    """further test inputs nearly equal to a train input"""
    pairs: tuple[tuple[str, str], ...] = ()
    """(test id, train id), at most 20 of them"""


class Task(Protocol):
    """Instruction, examples and documents. Reads lazily; nothing heavy in the constructor."""

    @property
    def name(self) -> str: ...
    @property
    def instruction(self) -> str: ...
    @property
    def max_new_tokens(self) -> int: ...
    @property
    def cut_long_input(self) -> bool: ...
    def examples(self, split: Split) -> Sequence[Example]: ...
    def documents(self) -> Sequence[Document]: ...
    def problems(self) -> Sequence[str]:
        """Everything wrong with the data, one line each with file and line; empty when sound."""
        ...

    def content_key(self) -> str:
        """sha256 over the data that the task reads (not over paths)."""
        ...

    def provenance(self) -> Mapping[str, Any]:
        """Where the data came from: files with sha256, or hub id and resolved revision."""
        ...


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
    answers: int = 0
    """answers to generate"""
    prompt_tokens: int = 0
    """tokens to read for them, passages not counted"""
    answer_tokens: int = 0
    """at most so many tokens to write"""


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


class Arm(Protocol):
    """One column of the comparison."""

    @property
    def name(self) -> str: ...
    def refuses(self, task: Task) -> str:
        """Return why this arm makes no sense for the task; "" when it does."""
        ...

    def shared_spec(self, task: Task) -> Mapping[str, Any]:
        """Return what all arms of one comparison must have in common (model, prompt, decoding, questions)."""
        ...

    def answer_spec(self, task: Task, seed: int) -> Mapping[str, Any]:
        """Return everything that the arm's answers and their timings depend on."""
        ...

    def workload(self, task: Task, store: "Store", seed: int) -> Workload:
        """Return what is still to be done, without doing it."""
        ...

    def prepare(self, task: Task, store: "Store", seed: int) -> Prepared:
        """Build or find what answering needs."""
        ...


class Metric(Protocol):
    """A number for one prediction. Deterministic; never raises on odd text."""

    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def higher_is_better(self) -> bool | None: ...
    @property
    def worst(self) -> float | None: ...
    def score(self, pairs: Sequence[Pair]) -> Sequence[Score]:
        """One Score per pair, in order."""
        ...


class Report(Protocol):
    """Turns a table into one file format."""

    @property
    def suffix(self) -> str: ...
    def render(self, table: "Table") -> str: ...


@dataclass(frozen=True, slots=True)
class Artifact:
    """Something the store holds."""

    key: str
    path: Path
    seconds: float
    """time of the first build, also when it was found"""
    found: bool
    """True when it was there already"""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """small JSON facts that the maker left beside it"""
