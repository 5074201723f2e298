"""A judging model behind any server that speaks OpenAI's chat protocol: vLLM, Ollama, transformers serve, OpenAI."""

import asyncio
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Self

from harness.errors import JudgeError, masked, redacted
from harness.judges.ragas.reply import Message, Reply, UnusableReplyError, short
from harness.judges.ragas.said import asked_of
from harness.machine.connection import address_problem, connect, key_problem, redirect_of

if TYPE_CHECKING:
    from pydantic import BaseModel

MOST_TOKENS: Final = 2**31
"""a count above it is not one"""
HOPELESS: Final = frozenset({401, 403, 404})
"""the key or the name of the model is wrong: every further request would fail as well"""


@dataclass(frozen=True)
class ServedModel:
    """A served model.

    Args:
        base_url: address of the server, usually ending in /v1.
        api_key_env: name of the environment variable that holds the key; "" for a server without one.
        model: the served name.
        revision: any name for the weights; change it when they change.
        schema: how the shape of the reply is enforced: json_schema (vLLM, Ollama, OpenAI), json_object, or the
            prompt alone.
        max_tokens: longest reply; a judge that reasons first needs more.
        limit_parameter: the server's name for that limit; OpenAI's newer models need the second.
        temperature: None leaves it to the server, for models that take none.
        timeout_seconds: longest time of one attempt.
        retries: further attempts after 429, 5xx, a time-out or a lost connection, with growing pauses.
        extra_body: further fields of the request, as they are.
    """

    KEY: ClassVar[str] = "harness.judges.ragas.served.ServedModel"

    base_url: str
    api_key_env: str = field(compare=False)
    model: str
    revision: str
    schema: Literal["json_schema", "json_object", "prompt"]
    max_tokens: int
    limit_parameter: Literal["max_tokens", "max_completion_tokens"] = field(compare=False)
    temperature: float | None
    timeout_seconds: float = field(compare=False)
    retries: int = field(compare=False)
    extra_body: Mapping[str, Any]

    VERSION: ClassVar[int] = 1

    def problems(self) -> Sequence[str]:
        bounds = {
            "max_tokens": (self.max_tokens, 1),
            "retries": (self.retries, 0),
            "timeout_seconds": (self.timeout_seconds, 0.001),
        }
        problems = [
            f"{key} is {value}; it must be {least} or more" for key, (value, least) in bounds.items() if value < least
        ]
        problems.append(address_problem(self.base_url))
        if not self.model:
            problems.append("model is empty; give the name under which the server has the judging model")
        problems.append(key_problem(self.api_key_env))
        return [problem for problem in problems if problem]

    def resolved(self) -> Self:
        """Return it without what is secret in `extra_body`: keys must not hold it, nor change with it."""
        return replace(self, extra_body=masked(self.extra_body))

    def open(self, most_at_once: int) -> "ServedConversation":
        return ServedConversation(self, most_at_once)


class ServedConversation:
    """An async client; belongs to the event loop in which it is entered."""

    def __init__(self, served: ServedModel, most_at_once: int) -> None:
        self._served = served
        api_key = os.environ[served.api_key_env] if served.api_key_env else ""
        self._client = connect(
            served.base_url,
            api_key,
            served.extra_body,
            max_retries=served.retries,
            timeout=served.timeout_seconds,
        )
        self._free = asyncio.Semaphore(most_at_once)
        self._answered: Counter[tuple[str, str]] = Counter()

    async def __aenter__(self) -> "ServedConversation":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()
        asked_of(self._served.model).answered.update(self._answered)

    async def ask(self, messages: list[Message], shape: "type[BaseModel]") -> Reply:
        import openai

        try:
            async with self._free:
                completion = await self._request(messages, shape)
                self._answered[self._served.model, redacted(str(getattr(completion, "model", "") or ""))] += 1
                return _reply(completion)
        except (openai.APIStatusError, openai.APIConnectionError) as error:
            raise self._classified(error) from error
        except openai.OpenAIError as error:
            raise UnusableReplyError(short(error)) from error
        except (ValueError, RecursionError) as error:
            raise UnusableReplyError(f"the server's reply is not JSON: {short(error)}") from error

    async def _request(self, messages: list[Message], shape: "type[BaseModel]") -> Any:
        served = self._served
        body: dict[str, Any] = {served.limit_parameter: served.max_tokens, **_format(served.schema, shape)}
        if served.temperature is not None:
            body["temperature"] = served.temperature
        create: Any = self._client.chat.completions.create
        return await create(model=served.model, messages=messages, extra_body=dict(served.extra_body), **body)

    def _classified(self, error: Any) -> Exception:
        """Return the exception for a failure of this request alone, or of every further one as well."""
        import openai

        served = self._served
        if isinstance(error, openai.APITimeoutError):
            return UnusableReplyError(f"no answer within {served.timeout_seconds:g} s")
        if redirect := redirect_of(error):
            return JudgeError(f"judge.llm.base_url {served.base_url}: {redirect}")
        if isinstance(error, openai.APIConnectionError):
            return JudgeError(
                f"judge.llm.base_url {served.base_url}: no connection ({short(error.__cause__ or error)}); "
                "is the server running?"
            )
        reason = f"HTTP {error.status_code}: {short(error.response.text or error.message)}"
        if error.status_code in HOPELESS or error.code == "insufficient_quota":
            return JudgeError(f"judge.llm {served.model} at {served.base_url}: {reason}")
        return UnusableReplyError(reason)


def _reply(completion: Any) -> Reply:
    """Read a reply without trusting it: the client library does not validate what servers send."""
    choices = getattr(completion, "choices", None)
    if not isinstance(choices, list) or not choices:
        raise UnusableReplyError("the reply holds no choices")
    text = getattr(getattr(choices[0], "message", None), "content", None)
    if getattr(choices[0], "finish_reason", None) == "length":
        raise UnusableReplyError("the reply was cut off; raise judge.llm.max_tokens")
    usage = getattr(completion, "usage", None)
    counts = [getattr(usage, name, None) for name in ("prompt_tokens", "completion_tokens")]
    tokens = [count if isinstance(count, int) and 0 <= count < MOST_TOKENS else 0 for count in counts]
    return Reply(redacted(text) if isinstance(text, str) else "", *tokens)


def _format(schema: str, shape: "type[BaseModel]") -> dict[str, Any]:
    if schema == "prompt":
        return {}
    if schema == "json_object":
        return {"response_format": {"type": "json_object"}}
    import openai

    strict = openai.pydantic_function_tool(shape)["function"]["parameters"]
    wanted = {"name": shape.__name__, "schema": strict, "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": wanted}}
