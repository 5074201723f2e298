"""What every generator takes and gives: chat turns in, answers out. Generators do not know tasks or arms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol, runtime_checkable

from harness.audits import AuditResult
from harness.errors import ArmError
from harness.machine.measured import AdapterUse, Span
from harness.store.spec import digest
from harness.store.store import Artifact, Store
from harness.types import Finish, Turn
from pipelines.generators.teacher_forcing import TeacherForcing


@dataclass(frozen=True, slots=True)
class Request:
    """One prompt to be answered."""

    example_id: str
    """the example it belongs to"""
    turns: tuple[Turn, ...]
    """system (optional), then user and assistant alternating; the last is the user's"""


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer."""

    text: str
    """the answer without special tokens, stripped; "" if it failed"""
    finish: Finish
    """how it ended"""
    prompt_sha256: str
    """hash of the prompt as the model saw it (a server's: of the messages sent); "" while requests are timed"""
    spans: tuple[Span, ...]
    """prefill and decode; a single decode span where they cannot be distinguished"""
    error: str = ""
    """why it failed"""
    prompt: str = ""
    """the prompt as the model saw it; "" when that is not known, and while requests are timed"""
    ids: tuple[int, ...] = ()
    """the answer's token ids with its stop token; () where only a server knows them"""


class BrokenOffError(ArmError):
    """No further request would be answered, as those of others, or some of the same batch, were.

    Args:
        message: why, and what to do.
        came: position among the requests -> its answer, of those that have one.
    """

    def __init__(self, message: str, came: Mapping[int, Completion]) -> None:
        super().__init__(message)
        self.came = came


@dataclass(frozen=True, slots=True)
class Burst:
    """The answers of concurrent requests."""

    seconds: float
    """from the first start to the last end"""
    answers: tuple[tuple[float, Completion], ...]
    """per request: seconds to its start, and its answer; the spans include its waiting"""


Beginning = tuple[Any, ...]
"""of prompts: token ids, or the turns that a server is sent"""


class Loaded(Protocol):
    """A generator that is ready to answer: one base model, at most one active adapter."""

    @property
    def window(self) -> int | None:
        """Context window in tokens, prompt and answer together; None when only a server knows."""
        ...

    def settle(self, store: Store, rank: int) -> None:
        """Make or find what else it answers with, before it is asked for facts or answers.

        Args:
            store: keeps it.
            rank: of the adapter that an arm is about to train; 0 for none.
        """
        ...

    def release(self) -> None:
        """Give its memory back; the next answer takes it again."""
        ...

    def facts(self) -> Mapping[str, Any]:
        """Return what the record keeps about the model: quantisation, and the chat format where it is known."""
        ...

    def count(self, turns: Sequence[Turn]) -> int:
        """Return the tokens of the rendered prompt."""
        ...

    def prompt_sha256(self, turns: Sequence[Turn]) -> str:
        """Return the hash of the prompt as completions have it, from tokens made anew."""
        ...

    def use(self, arm: str, adapter: Artifact | None) -> Mapping[str, Any]:
        """Switch to this arm's adapter (None: the bare base) and return the facts that prove it.

        Raises:
            ArmError: the adapter has no effect, cannot be used here or was refused before, or the base is not what
                it was when it was loaded.
        """
        ...

    def refuse(self, arm: str, adapter: Artifact, reason: str) -> NoReturn:
        """Refuse this adapter, for this arm and every later one.

        Raises:
            ArmError: always; `reason` says what the adapter did or did not do.
        """
        ...

    def teacher_forcing(self) -> TeacherForcing | None:
        """Return what reads given answers with the model as it now answers; None for a server."""
        ...

    def batches(self, requests: Sequence[Request]) -> list[list[int]]:
        """Return positions of `requests`, in the batches and the order in which they are answered.

        Depends on the requests alone, so that an interrupted pass continues with the same batches.
        """
        ...

    def beginning(self, prompts: Sequence[tuple[Turn, ...]]) -> Beginning:
        """Return what all prompts begin with, as far as reading it once is worth it."""
        ...

    def share(self, beginning: Beginning) -> None:
        """Read it once for all prompts that begin with it, until another `use` or `activate`.

        Raises:
            ArmError: a server does not answer.
        """
        ...

    def compare(self, requests: Sequence[Request], max_new_tokens: int) -> None:
        """Compare with the model in this process on some of an arm's prompts, where something else answers them.

        Raises:
            ArmError: the answers are another model's.
        """
        ...

    def complete(self, requests: Sequence[Request], max_new_tokens: int) -> list[Completion]:
        """Answer one batch greedily. A failed request is a Completion with finish 'error'.

        Raises:
            BrokenOffError: no further request would be answered.
        """
        ...

    def choice_logliks(self, turns: Sequence[Turn], choices: Sequence[str]) -> tuple[float, ...]:
        """Return the log-likelihood of each answer after this prompt, in nats; () from a server.

        Raises:
            ArmError: an answer has no tokens, or does not fit the window beside the prompt.
        """
        ...

    def answer_facts(self) -> Mapping[str, Any]:
        """Return what the record keeps of how answers came about since `use`: batches that did not fit the memory."""
        ...

    def audit_answers(self) -> Sequence[AuditResult]:
        """Return what was noticed of the answers that were given since `use`."""
        ...

    @property
    def adapter_uses(self) -> Sequence[AdapterUse]:
        """How an adapter can run here."""
        ...

    def activate(self, arm: str, adapter: Artifact | None, use: AdapterUse) -> None:
        """Switch to this arm's adapter as `use` does, but quickly and without the proof: for timing."""
        ...

    def deactivate(self) -> None:
        """Undo `activate`."""
        ...

    def together(self, requests: Sequence[Request], max_new_tokens: int, concurrency: int) -> Burst:
        """Answer greedily with `concurrency` concurrent requests.

        Raises:
            ArmError: this model or machine does not support it.
        """
        ...

    def weights_bytes(self) -> int | None:
        """Return the size of the model as it runs now; None where only a server knows."""
        ...

    def gpu_bytes(self) -> int:
        """Return how much of it is on a GPU of this machine."""
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
            ArmError: neither is possible; the message says what to do.
        """
        ...


_LOADED: dict[str, Loaded] = {}


def shared(generator: Generator) -> Loaded:
    """Return the loaded generator, loading it on first use; a different one replaces it."""
    key = digest(generator)
    if key not in _LOADED:
        for other in _LOADED.values():
            other.release()
        _LOADED.clear()
        _LOADED[key] = generator.load()
    return _LOADED[key]
