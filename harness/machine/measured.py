"""What was measured of a run: seconds of stages, requests of the timing pass, what artifacts took to make."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

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
    tokens_cached: int = 0
    """of tokens_in: not read again, since an earlier request began with them"""


AdapterUse = Literal["none", "unmerged", "merged"]
"""How an adapter runs: not at all, as separate layers, or added into the weights of unquantised bases."""


@dataclass(frozen=True, slots=True)
class TimedRequest:
    """One answer of the timing pass. Weights and indexes are at hand; retrieval, prompt and answer are made anew."""

    example_id: str
    """what was asked"""
    repeat: int
    """which round of the pass, from 0; warm-up rounds are not kept"""
    at: float
    """seconds from the start of the pass to the start of this request: shows drift"""
    seconds: float
    """end to end, by a clock around all that a system in use would do, and nothing that is for the record alone"""
    spans: tuple[Span, ...]
    """of its stages; those of one stage add up. The first token comes before decode, whose tokens_out leave it out"""
    error: str = ""
    """why there is no answer; such a request counts in no percentile"""


@dataclass(frozen=True, slots=True)
class TimedPass:
    """All requests of one arm, run in one way."""

    adapter: AdapterUse
    """how the arm's adapter ran"""
    concurrency: int
    """requests under way at once; 1: each alone, the arms interleaved"""
    seconds: float
    """wall time of all requests: for concurrency 1 their sum, else from the first start to the last end"""
    requests: tuple[TimedRequest, ...]
    """in the order of their starts"""
    host_peak_bytes: int | None = None
    """peak resident memory while this arm answered, of the whole process (all arms share it); None: not measured"""
    gpu_peak_bytes: int | None = None
    """weights of model, adapter, embedder and reranker on the GPU, plus the most that a request took in addition"""
    weights_bytes: int | None = None
    """of the model with its adapter, as it ran; None where only a server knows"""
    joules: float | None = None
    """by the GPU's own energy counter, over all requests; None: not measured"""
    host_added_bytes: int | None = None
    """the most that a request (several at once: the burst) added to what was resident before it; older records: None"""


@dataclass(frozen=True, slots=True)
class Timings:
    """What the timing pass found about one arm; first measured, ever after read from the store."""

    session: str
    """names the pass: only arms of one session ran interleaved and may be compared"""
    measured_at: str
    """UTC, ISO 8601"""
    device: str
    """what generated: cpu, cuda:NAME, server"""
    machine: str
    """sha256 of processor, cores, threads and package versions"""
    settings: Mapping[str, Any]
    """examples, repeats, warmup, concurrency, seed"""
    conditions: Mapping[str, Any]
    """what can distort timings, before and after the pass: load average, other GPU processes, clocks, temperature"""
    passes: tuple[TimedPass, ...]
    """one per adapter use and concurrency; concurrency 1 comes first"""
    replayed: bool = False
    """read from the store, not measured in this run"""
    problem: str = ""
    """why this arm could not be timed (to the end); "" when it was"""


@dataclass(frozen=True, slots=True)
class Resource:
    """What one artifact behind a cell took to make, once; arms that share it have the same key."""

    kind: str
    """adapter, passages, embeddings, index, lexical, predictions"""
    key: str
    """its address in the store"""
    seconds: float
    """wall time of its making, all attempts together"""
    earlier_seconds: float = 0.0
    """of these, spent in attempts that were killed or failed"""
    attempts: int = 1
    """how often its making was begun"""
    bytes: int = 0
    """of its files: what storage is paid for"""
    tokens: int = 0
    """that its maker counted: of training rows (one epoch), of embedded passages; 0 where nothing was counted"""
    steps: int = 0
    """of training"""
    joules: float | None = None
    """by the GPU's own energy counter, last attempt; None: not measured"""
    device: str = ""
    """what made it: cpu, cuda:NAME; "" where its maker does not say (older records; work of any processor)"""


@dataclass(frozen=True, slots=True)
class Trial:
    """One training, or one step of an index, in the store, whoever asked for it."""

    key: str
    """its address in the store"""
    seconds: float
    """wall time, all attempts together; of one that has not ended up to the last file it wrote"""
    earlier_seconds: float = 0.0
    """of these, spent in attempts that were killed or failed"""
    ended: bool = True
    """False: failed, killed, or still under way"""
    kind: str = ""
    """as of Resource, and "adapter on passages"; "": an older file does not say, so that no arm is known to share it"""
    device: str = ""
    """what made it; "" where it is unknown"""
