"""The nouns of the experiment, as docs/GLOSSARY.md explains them: plain frozen data. Nothing here computes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

from harness.machine.measured import Resource, Span, Timings

Split = Literal["train", "validation", "test"]
SPLITS: Final[tuple[Split, ...]] = ("train", "validation", "test")
Origin = Literal["search", "whole", "example"]
"""search: found for the question, or drawn; whole: with the whole knowledge base, in its order; example: a training
pair that shows how to answer, and is no evidence"""

THE_INPUT: Final[tuple[str, ...]] = ("@input",)
"""The value of Example.evidence when the evidence is the input itself (summarization)."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation."""

    KEY: ClassVar[str] = "harness.types.Turn"

    role: Literal["system", "user", "assistant"]
    """who speaks"""
    content: str
    """what is said"""


@dataclass(frozen=True, slots=True)
class Document:
    """One entry of the knowledge base."""

    KEY: ClassVar[str] = "harness.types.Document"

    id: str
    """unique within the task"""
    title: str
    """shown and indexed before the text; may be empty"""
    text: str
    """the body"""
    example_id: str = ""
    """of the training example whose (input, reference) pair it is: an exemplar, never split, never shown to that one"""
    metadata: tuple[tuple[str, str], ...] = field(default=(), metadata={"added": True})  # ADDED of store.spec
    """(key, value) in the order of the columns: date, section …; a key with several values stands several times"""


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """A place in a document where evidence stands."""

    KEY: ClassVar[str] = "harness.types.EvidenceSpan"

    document_id: str
    start: int
    """offset of the first character in the document's text"""
    end: int
    """offset after the last character"""
    piece: int | None = None
    """spans with one number are places of the same thing, and any of them will do; None: nothing else holds it"""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of one document, as a prompt shows it."""

    KEY: ClassVar[str] = "harness.types.Passage"

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
    origin: Origin = "search"
    """how it came into the prompt"""
    metadata: tuple[tuple[str, str], ...] = ()
    """the document's metadata"""
    head: str = ""
    """what the text stands under in its document, shown and indexed before it: headings, the header of its table"""


Withheld = Literal["", "support", "others", "all"]
Place = Literal["first", "middle", "last"]
PLACES: Final[tuple[Place, ...]] = ("first", "middle", "last")


@dataclass(frozen=True, slots=True)
class Example:
    """One item of a task."""

    KEY: ClassVar[str] = "harness.types.Example"

    id: str
    """unique over all splits"""
    input: str | tuple[Turn, ...]
    """the question, document or message; or a conversation whose last turn is the user's"""
    references: tuple[str, ...]
    """right answers, best first; may be empty if not answerable, or where retrieval alone is measured"""
    evidence: tuple[str, ...]
    """ids of the gold documents; THE_INPUT when the input is the evidence; () when unknown"""
    answerable: bool = True
    """False: the right answer is to say that it cannot be known"""
    group: str = ""
    """cluster for resampling (source document, intent); "" means a cluster of its own"""
    slice: str = ""
    """named kind of example by which tables can be split, e.g. 'document-only'"""
    facts: tuple[str, ...] = ()
    """values that a right answer states, each in the words it should be found in; () when none are listed"""
    spans: tuple[EvidenceSpan, ...] = field(default=(), metadata={"added": True})
    """where in the gold documents the evidence stands; a gold document without a span is evidence as a whole"""
    previous: tuple[str, ...] = field(default=(), metadata={"added": True})
    """answers that are wrong though a document says or said them: right in the version before, or planted by a study"""
    choices: tuple[str, ...] = field(default=(), metadata={"added": True})
    """answers to choose among by their likelihood, a reference among them; () for a question that is answered freely"""
    withheld: Withheld = field(default="", metadata={"added": True})
    """retrieved passages that its prompt must not show: those of its gold documents, as many others, or all"""
    place: Place | None = field(default=None, metadata={"added": True})
    """where among the passages of its prompt those of its gold documents stand; None: where they were ranked"""
    noise: float | None = field(default=None, metadata={"added": True})
    """share of the passages of its prompt that are of other documents than its gold ones, 0 to 1, as near as what was
    retrieved allows; None: all that were retrieved are shown"""

    @property
    def text(self) -> str:
        """The input as one text: what a retriever searches with and an audit compares."""
        if isinstance(self.input, str):
            return self.input
        return "\n".join(turn.content for turn in self.input if turn.role != "system")


Finish = Literal["stop", "length", "loop", "error"]
CUT_OFF: Final[tuple[Finish, ...]] = ("length", "loop")
"""ends that are not the model's own: the token limit, or a repetition that went on and on"""


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
    """stop: ended by itself; length: cut off at the token limit; loop: cut off in a repetition; error: no answer"""
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
    prompt: tuple[str, ...] = ()
    """the prompt as the model saw it, in pieces that other prompts may hold as well; () when it was not kept"""
    answer_ids: tuple[int, ...] = ()
    """token ids of the answer with its stop token, which the text does not determine; () from servers and older ones"""
    choice_logliks: tuple[float, ...] = ()
    """log-likelihood, in nats, of each of the example's choices after the prompt; () where there are none, or a server
    answers"""
    written: str = ""
    """the answer as the model wrote it, where citations were taken off the text; "" where the text is all of it"""

    @property
    def failed(self) -> bool:
        """True when the arm failed to answer: error, cut off, or empty (design: whose failure decides)."""
        return self.finish != "stop" or not self.text.strip()


Reason = Literal["", "not_applicable", "unjudged", "abstained", "not_recognised"]


@dataclass(frozen=True, slots=True)
class Score:
    """One metric's value for one prediction."""

    example_id: str
    metric: str
    value: float | None
    """the value; None always has a reason"""
    reason: Reason = ""
    """why there is no value, or what is special about it"""
    note: str = ""
    """free text for the viewer"""
    details: Mapping[str, float] = field(default_factory=dict, hash=False)
    """named parts that the value is made of; empty for most metrics"""

    def __post_init__(self) -> None:
        if self.value is None and not self.reason:
            raise ValueError(f"score of {self.metric} on {self.example_id}: None needs a reason")
        if self.value is not None and self.value != self.value:
            raise ValueError(f"score of {self.metric} on {self.example_id} is NaN")


Pair = tuple[Example, Prediction]

Verdict = Literal["supported", "unsupported", "question"]
"""A question asserts nothing and counts in no share."""

EvidenceSource = Literal["gold evidence", "passages"]
"""What an answer is checked against: the example's gold evidence, or the passages that the arm showed its model."""


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """One checkable part of an answer, with the judge's verdict and the evidence that fits it best."""

    start: int
    """offset of its first character in the prediction's text"""
    end: int
    """offset after its last character"""
    verdict: Verdict
    """the judge's decision"""
    support: float
    """how likely the evidence supports it, 0 to 1"""
    source: str = ""
    """id of the document that the quote is from; THE_INPUT's word for the input; "" without a quote"""
    quote: str = ""
    """the part of the evidence that fits best; untrusted text like every other"""
    text: str = ""
    """the claim in the judge's words; "" when it is text[start:end]"""
    note: str = ""
    """the judge's reason, if it gives one"""


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """The judge's verdicts on one prediction; failed predictions and refusals are not judged."""

    example_id: str
    """the example answered"""
    evidence_source: EvidenceSource
    """what it was checked against"""
    claims: tuple[JudgedClaim, ...]
    """in the order of the answer; empty when it claims nothing"""
    unjudged: str = ""
    """why the judge could not judge; "" when it could"""


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
    """sha256 of what all arms of one table share: data, model, prompt, decoding; metrics do not count"""
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
    predictions: Sequence[Prediction]
    """one per example, same order; read from disk when they are asked for, where the record is large"""
    scores: Sequence[Score]
    """metrics × examples; likewise"""
    judgements: Sequence[JudgedAnswer] = ()
    """the judges' verdicts, at most one per evidence source and prediction; records of before 2026-11 have none"""
    resources: tuple[Resource, ...] = ()
    """what the artifacts behind it took: all that prepare made or found, and the predictions; older records: none"""
    timings: Timings | None = None
    """from a pass of its own after scoring; None: not timed (timing=off, a control arm, an older record)"""
    evidence: Sequence[Document] = ()
    """the gold documents that its examples name, once each, for readers; a long text is cut. Older records: none"""
