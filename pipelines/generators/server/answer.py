"""One attempt at one answer, streamed or whole. Nothing the server sends is trusted to be well-formed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from harness.errors import redacted
from harness.types import Finish
from pipelines.generators.server.failure import NoAnswerError

if TYPE_CHECKING:
    from openai import AsyncOpenAI

FINISHES: Mapping[str, Finish] = {
    "stop": "stop",
    "length": "length",
    "eos_token": "stop",  # text-generation-inference's two names for it
    "stop_sequence": "stop",
}

MOST_TOKENS: Final = 2**31
"""a server's count above it is not one"""
MOST_CHARACTERS: Final = 4_000_000
"""of one answer; a server that goes on and on must not fill the memory"""


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """What came back for one request, without secrets: a server may repeat the key that it was sent."""

    text: str
    """as sent, not stripped"""
    finish: Finish
    """stop or length"""
    seconds: float
    """from sending the request to the end of the answer"""
    seconds_to_first: float | None
    """from sending the request to the first piece of the answer; None when it came whole or empty"""
    tokens_in: int | None
    """prompt tokens by the server's count; None when it gives none"""
    tokens_out: int | None
    """answer tokens by the server's count; None when it gives none"""
    log_probabilities: tuple[float, ...]
    """of the answer's tokens; () when the server gives none"""
    model: str
    """the model name in the answer; services put the dated snapshot here"""
    tokens_cached: int = 0
    """of tokens_in: those that the server had read before (a shared beginning), by its own count"""


@dataclass(slots=True)
class _Pieces:
    """An answer that is being received."""

    texts: list[str] = field(default_factory=list)
    finish_reason: str = ""
    seconds_to_first: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cached: int | None = None
    log_probabilities: list[float] = field(default_factory=list)
    model: str = ""
    choices: int = 0
    characters: int = 0

    def answer(self, seconds: float) -> ServerAnswer:
        """Return the finished answer.

        Raises:
            NoAnswerError: it is empty of choices, breaks off, or has an unknown finish_reason.
        """
        if not self.choices:
            raise NoAnswerError("the answer holds no choices", "waiting")
        if not self.finish_reason:
            raise NoAnswerError("the answer broke off: no finish_reason came", "waiting")
        finish = FINISHES.get(self.finish_reason)
        if finish is None:
            raise NoAnswerError(
                f"the answer ended with finish_reason {self.finish_reason!r}, not stop or length", "nothing"
            )
        return ServerAnswer(
            text=redacted("".join(self.texts)),
            finish=finish,
            seconds=seconds,
            seconds_to_first=self.seconds_to_first,
            tokens_in=self.tokens_in,
            tokens_out=self.tokens_out,
            log_probabilities=tuple(self.log_probabilities),
            model=redacted(self.model),
            tokens_cached=self.tokens_cached or 0,
        )


async def streamed(client: "AsyncOpenAI", body: Mapping[str, Any]) -> ServerAnswer:
    """Return the answer, read piece by piece so that the time to the first one is known.

    Raises:
        NoAnswerError: the answer is empty of choices, breaks off, or ended for another reason than stop or length.
        Exception: whatever the client library raises; pipelines.generators.server.failure translates it.
    """
    begun = perf_counter()
    pieces = _Pieces()
    create: Any = client.chat.completions.create
    stream = await create(stream=True, stream_options={"include_usage": True}, **body)
    async with stream:
        async for chunk in stream:
            if _take(pieces, chunk, "delta") and pieces.seconds_to_first is None:
                pieces.seconds_to_first = perf_counter() - begun
    return pieces.answer(perf_counter() - begun)


async def whole(client: "AsyncOpenAI", body: Mapping[str, Any]) -> ServerAnswer:
    """Return the answer, requested in one piece. Raises as `streamed` does."""
    begun = perf_counter()
    pieces = _Pieces()
    create: Any = client.chat.completions.create
    _take(pieces, await create(stream=False, **body), "message")
    return pieces.answer(perf_counter() - begun)


def _take(pieces: _Pieces, reply: object, part: str) -> bool:
    """Add one reply (or chunk of it) to the pieces; True when it carried some of the answer.

    The client library builds its objects without validation, so any attribute can be missing or of another type.

    Raises:
        NoAnswerError: there is no end to it.
    """
    pieces.model = _text(reply, "model") or pieces.model
    usage = getattr(reply, "usage", None)
    pieces.tokens_in = _whole_number(usage, "prompt_tokens", pieces.tokens_in)
    pieces.tokens_out = _whole_number(usage, "completion_tokens", pieces.tokens_out)
    details = getattr(usage, "prompt_tokens_details", None)
    pieces.tokens_cached = _whole_number(details, "cached_tokens", pieces.tokens_cached)
    choices = getattr(reply, "choices", None)
    if not isinstance(choices, Sequence) or isinstance(choices, str) or not choices:
        return False
    choice = choices[0]
    pieces.choices += 1
    pieces.finish_reason = _text(choice, "finish_reason") or pieces.finish_reason
    pieces.log_probabilities.extend(_log_probabilities(choice))
    content = getattr(choice, part, None)
    text = _text(content, "content")
    pieces.texts.append(text)
    pieces.characters += len(text)
    if pieces.characters > MOST_CHARACTERS:
        raise NoAnswerError(f"the answer has more than {MOST_CHARACTERS:,} characters", "nothing")
    return bool(text or _text(content, "reasoning_content") or _text(content, "reasoning"))


def _text(thing: object, name: str) -> str:
    value = getattr(thing, name, None)
    return value if isinstance(value, str) else ""


def _whole_number(thing: object, name: str, otherwise: int | None) -> int | None:
    value = getattr(thing, name, None)
    usable = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS
    return value if usable else otherwise


def _log_probabilities(choice: object) -> list[float]:
    tokens = getattr(getattr(choice, "logprobs", None), "content", None)
    if not isinstance(tokens, Sequence) or isinstance(tokens, str):
        return []
    values = [getattr(token, "logprob", None) for token in tokens]
    return [float(value) for value in values if isinstance(value, float | int) and -1e30 < value < 1e30]
