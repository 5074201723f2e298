"""What an arm used, in seconds, tokens and bytes: the inputs of its cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.analysis.stats import bootstrap as stats
from harness.machine.measured import Trial


@dataclass(frozen=True, slots=True)
class IndexingStep:
    """One step of making the index."""

    name: str
    """passages, embeddings, index, lexical"""
    seconds: float
    """for all documents, in the attempt that succeeded"""
    in_place: bool
    """True: an update repeats it for the changed documents; False: for all documents"""
    wasted_seconds: float = 0.0
    """in attempts that were killed or failed"""
    device: str = ""
    """what did the work; "" where only the answering device is known"""


@dataclass(frozen=True, slots=True, eq=False)
class Requests:
    """Answers that were timed in one way: alone, or in full batches."""

    seconds: stats.Floats
    """shape (answers,): device time of each; an answer in a batch counts its share of the batch"""
    non_model: stats.Floats
    """shape (answers,): the seconds outside the model: embedding, search, rerank, making the prompt"""
    clusters: stats.Ints
    """shape (answers,): which of them were timed together"""


@dataclass(frozen=True, slots=True)
class Training:
    """Making the adapter once."""

    seconds: float
    """of the attempt that succeeded; mean over the seeds"""
    wasted_seconds: float
    """of attempts that were killed or failed; mean over the seeds"""
    runs: int
    """seeds"""
    rows: int
    """labelled rows it was trained on"""
    steps: int
    """of the optimiser; 0 when not recorded"""
    parameters: int | None
    """of the base model; None when not recorded"""
    trainable: int | None
    """of the adapter"""
    optimiser: str
    """transformers' name; "" when not recorded"""
    joules: float | None = None
    """by the GPU's own counter; mean over the seeds; None when not measured"""
    host_peak_bytes: int | None = None
    """peak resident memory of the process while it trained; the largest of the seeds; None when not recorded"""
    gpu_peak_bytes: int | None = None
    """peak GPU memory of the training, model included; likewise"""
    loaded_bytes: int | None = None
    """base model and adapter as they were loaded"""
    device: str = ""
    """what trained it; "" where only the answering device is known"""


@dataclass(frozen=True, slots=True)
class Hardware:
    """The machine that answered."""

    processor: str = ""
    """its name; "" when not recorded"""
    cores: int | None = None
    threads: str = ""
    """its limit (OMP_NUM_THREADS); "" for no limit, or not recorded"""

    def __str__(self) -> str:
        named = [self.processor, f"{self.cores} cores" if self.cores else ""]
        return ", ".join(filter(None, named)) or "not recorded"


@dataclass(frozen=True, slots=True, eq=False)
class Usage:
    """One arm's use of resources, without prices."""

    arm: str
    device: str
    """what answered: cpu, cuda:NAME, or server"""
    quantisation: str
    """of the base model's weights"""
    retrieves: bool
    """from the knowledge base; not so an arm that shows training pairs as examples"""
    documents: int
    """in the knowledge base; 0 for an arm that retrieves nothing"""
    training: Training | None
    """None for an arm without an adapter, and for one whose adapter was trained elsewhere"""
    adapts: bool
    """has an adapter, wherever it was trained"""
    indexing: tuple[IndexingStep, ...]
    saturated: Requests | None
    """in batches as large as in the scored pass"""
    single: Requests | None
    """one at a time; None when no such pass was made"""
    tokens_in: stats.Floats
    """shape (answers,): tokens of the prompts"""
    tokens_out: stats.Floats
    """shape (answers,): tokens written by it"""
    bytes_stored: Mapping[str, int]
    """what must be kept for this arm, the base model's weights not counted: they are the same in all arms"""
    joules_per_answer: float | None = None
    """given one at a time, by the GPU's own counter; None when not measured"""
    begun: Mapping[str, int] = field(default_factory=dict)
    """kind of artifact -> attempts, for those with more than one"""
    token_clusters: stats.Ints | None = None
    """shape (answers,): the example of each count of tokens; None: each another one"""
    unspanned: int = 0
    """answers of the scored pass without timing, since they failed before; left out of means"""
    answers: int = 0
    """of the scored pass, all seeds"""
    hardware: Hardware = Hardware()
    trials: tuple[Trial, ...] = ()
    """other trainings and indexes in the store that were trials for this arm; arms of one kind share them"""
    pairs: int = 0
    """labelled training pairs that examples in prompts are taken from"""
    tokens_cached: stats.Floats | None = None
    """shape (answers,): of tokens_in, those that were read before for another answer; None: none"""
    brought: bool = False
    """its adapter was trained elsewhere and brought (adapter.path): what that took is not known from the records"""
    control: bool = False
    """cannot be deployed: oracle or random passages"""
