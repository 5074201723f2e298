"""What every generator takes and gives. It turns chat turns into answers and knows nothing of tasks or arms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from harness.store.spec import digest
from harness.store.store import Artifact
from harness.types import AdapterUse, Finish, Span, Turn


@dataclass(frozen=True, slots=True)
class Request:
    """One prompt to be answered."""

    example_id: str
    """the example it belongs to"""
    turns: tuple[Turn, ...]
    """system (optional), then user and assistant in turn; the last is the user's"""


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer."""

    text: str
    """the answer without special tokens, stripped; "" when there is none"""
    finish: Finish
    """how it ended"""
    prompt_sha256: str
    """hash of the prompt as the model saw it (a server's: of the messages sent)"""
    spans: tuple[Span, ...]
    """prefill and decode; one decode span alone where they cannot be told apart"""
    error: str = ""
    """why there is no answer"""
    prompt: str = ""
    """the prompt as the model saw it; "" when that is not known"""


@dataclass(frozen=True, slots=True)
class Burst:
    """Several requests under way at once."""

    seconds: float
    """from the first start to the last end"""
    answers: tuple[tuple[float, Completion], ...]
    """per request: seconds to its start, and its answer; the spans hold its own waiting"""


class Loaded(Protocol):
    """A generator that is ready to answer: one base model, at most one active adapter."""

    @property
    def window(self) -> int | None:
        """Context window in tokens, prompt and answer together; None when only a server knows."""
        ...

    def facts(self) -> Mapping[str, Any]:
        """Return what the record keeps about the model: quantisation, and the chat format where it is known."""
        ...

    def count(self, turns: Sequence[Turn]) -> int:
        """Return the tokens of the rendered prompt."""
        ...

    def use(self, arm: str, adapter: Artifact | None) -> Mapping[str, Any]:
        """Switch to this arm's adapter (None: the bare base) and return the facts that prove it.

        Raises:
            ArmError: the adapter has no effect, or cannot be used here.
        """
        ...

    def batches(self, requests: Sequence[Request]) -> list[list[int]]:
        """Return positions of `requests` in the batches and order in which they are to be answered.

        Depends on the requests alone, so that an interrupted pass goes on with the same batches.
        """
        ...

    def complete(self, requests: Sequence[Request], max_new_tokens: int) -> list[Completion]:
        """Answer one batch greedily. An answer that cannot be had is a Completion with finish 'error'."""
        ...

    @property
    def adapter_uses(self) -> Sequence[AdapterUse]:
        """The ways in which an adapter can run here."""
        ...

    def activate(self, arm: str, adapter: Artifact | None, use: AdapterUse) -> None:
        """Switch to this arm's adapter as `use` does, but quickly and without proof: for timing."""
        ...

    def deactivate(self) -> None:
        """Undo what engage has done."""
        ...

    def together(self, requests: Sequence[Request], max_new_tokens: int, concurrency: int) -> Burst:
        """Answer greedily with so many requests under way at once.

        Raises:
            ArmError: this model or machine cannot.
        """
        ...

    def weights_bytes(self) -> int | None:
        """Return the size of the model as it runs now; None where only a server knows."""
        ...

    def gpu_bytes(self) -> int:
        """Return how much of it lies on a GPU of this machine."""
        ...


@runtime_checkable
class Generator(Protocol):
    """Configuration of a generator; nothing is loaded before `load`."""

    @property
    def name(self) -> str: ...
    @property
    def trains_adapters(self) -> bool:
        """False for a server, which has its adapters already, under names of their own."""
        ...

    def device_name(self) -> str:
        """Return what timings depend on: `cpu`, the accelerator's name, or `server`."""
        ...

    def content_key(self) -> str:
        """Return what identifies the weights: a hash of files, a resolved revision, a server's model name."""
        ...

    def problems(self) -> Sequence[str]:
        """Return what is wrong with the configuration, one line each."""
        ...

    def load(self) -> Loaded:
        """Load the weights or reach the server.

        Raises:
            ArmError: they cannot be had; the message says what to do.
        """
        ...


_LOADED: dict[str, Loaded] = {}


def shared(generator: Generator) -> Loaded:
    """Return the loaded generator, loading it on first use; a different one takes the place of the former."""
    key = digest(generator)
    if key not in _LOADED:
        _LOADED.clear()
        _LOADED[key] = generator.load()
    return _LOADED[key]
