"""The configuration of a model behind a server; openai.py connects to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self

from harness.errors import masked
from harness.machine.connection import address_problem, key_problem
from harness.store.spec import ADDED, digest
from pipelines.generators.server.counting import tokenizer_content


@dataclass(frozen=True)
class ServerSettings:
    """A served base model and its adapters, which have served names of their own.

    The server decides on precision, quantisation and weights, and they cannot be checked from here. Change `revision`
    when the weights behind a name have changed.

    Args:
        name: shown in tables and result folders.
        base_url: address of the server, usually ending in /v1.
        api_key_env: name of the environment variable that holds the key; "" for a server without one.
        model: served name of the base model.
        revision: any text that identifies the weights behind `model` and `adapters`; part of every key in the store.
        adapters: arm name -> served name of its adapter.
        served_adapters: the same of arms that `adapters` does not name, as `make serve` has noted them.
        served_template_options: further arguments of the chat template, as `make serve` has noted them; those of
            `extra_body` come before them.
        served_keys: arm name -> key of its adapter in the store; the folder that the server lists must have that name.
        served_base: folder or hub id of the base, as `make serve` has noted it; the server must not list another one.
        served_chat_template: own, the tokenizer's; plain: texts in separate paragraphs, as `make serve` tells vLLM.
        max_context: window in tokens; None when only the server knows (then nothing is cut to fit, and a prompt that
            is too long becomes a failed prediction).
        tokenizer: folder with the server's tokenizer, for exact token counts; None estimates them from characters.
        system_role: native, or merged into the first user turn for a chat template that takes no system turn.
        limit_parameter: the server's name for the limit on new tokens; OpenAI's newer models take the second.
        stream: read answers piece by piece, which gives the time to the first token.
        concurrency: requests that run at the same time.
        timeout_seconds: longest time of one attempt, and longest pause that the server can ask for.
        retries: further attempts after a temporary failure.
        backoff_seconds: pause before the first retry, doubled for each further one.
        seed: sent along where it is set; decoding is greedy anyway (temperature 0).
        extra_body: further fields of the request, as they are.
    """

    name: str = field(compare=False)
    base_url: str = field(compare=False)
    api_key_env: str = field(compare=False)
    model: str
    revision: str
    adapters: Mapping[str, str]
    max_context: int | None
    tokenizer: str | None = field(compare=False)
    system_role: Literal["native", "merged"]
    limit_parameter: Literal["max_tokens", "max_completion_tokens"] = field(compare=False)
    stream: bool = field(compare=False)
    concurrency: int = field(compare=False)
    timeout_seconds: float = field(compare=False)
    retries: int = field(compare=False)
    backoff_seconds: float = field(compare=False)
    seed: int | None
    extra_body: Mapping[str, Any]
    served_adapters: Mapping[str, str] | None = field(default=None, metadata=ADDED)
    served_keys: Mapping[str, str] | None = field(default=None, compare=False)
    served_template_options: Mapping[str, Any] | None = field(default=None, metadata=ADDED)
    served_base: str | None = field(default=None, compare=False)
    served_chat_template: Literal["own", "plain"] = field(default="own", metadata=ADDED)

    def content_key(self) -> str:
        """Return a hash of the served name, the declared revision and the tokenizer that counts.

        The server is not queried: a plan must work without one, and what servers report (`created`, `root`) is a start
        time or a path. Weights that are exchanged under the same name go unnoticed unless `revision` is changed.
        """
        return digest([self.model, self.revision, tokenizer_content(self.tokenizer)])

    def resolved(self) -> Self:
        """Return it without what is secret in `extra_body`: keys must not hold it, nor change with it."""
        return replace(self, extra_body=masked(self.extra_body))

    def served_name(self, arm: str) -> str | None:
        """Return the name under which an arm's adapter is served; None where nobody says."""
        return {**(self.served_adapters or {}), **self.adapters}.get(arm)

    def template_options(self) -> Mapping[str, Any]:
        """Return the extra arguments that the request gives the chat template."""
        own = self.extra_body.get("chat_template_kwargs", {})
        return {**(self.served_template_options or {}), **(own if isinstance(own, Mapping) else {})}

    def problems(self) -> Sequence[str]:
        problems = [
            f"{key} is {value}; it must be {least} or more, and at most {most:,}"
            for key, value, least, most in self._bounds()
            if not least <= value <= most
        ]
        problems.append(address_problem(self.base_url))
        if not self.model:
            problems.append("model is empty; give the name under which the server has the base model")
        if self.tokenizer is not None and not Path(self.tokenizer).is_dir():
            problems.append(f"tokenizer is {self.tokenizer!r}; there is no such folder (null estimates token counts)")
        problems.append(key_problem(self.api_key_env))
        return [problem for problem in problems if problem]

    def _bounds(self) -> list[tuple[str, float, float, float]]:
        return [
            ("concurrency", self.concurrency, 1, 10_000),
            ("retries", self.retries, 0, 1_000),
            ("timeout_seconds", self.timeout_seconds, 0.001, 86_400),
            ("backoff_seconds", self.backoff_seconds, 0, 86_400),
            ("max_context", 1 if self.max_context is None else self.max_context, 1, 2**40),
        ]
