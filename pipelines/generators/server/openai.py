"""A model behind any server that speaks OpenAI's chat protocol: vLLM, transformers serve, Ollama, OpenAI."""

import asyncio
import logging
import os
import time
import weakref
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn, TypeVar

from harness.audits import AuditResult
from harness.errors import ArmError
from harness.machine.connection import connect, other_models
from harness.machine.measured import AdapterUse, Span
from harness.machine.paid_tokens import METER
from harness.store.spec import digest
from harness.store.store import Artifact, Store
from harness.types import Turn
from pipelines.generators.chat import messages
from pipelines.generators.generator import BrokenOffError, Burst, Completion, Request
from pipelines.generators.server.abandoned import ABANDONED, close_abandoned, settle
from pipelines.generators.server.answer import ServerAnswer, streamed, whole
from pipelines.generators.server.cold_cache import FIELD, SALTED, ColdCache, common_turns, knows_salts
from pipelines.generators.server.counting import load_tokens
from pipelines.generators.server.failure import NoAnswerError
from pipelines.generators.server.listing import Listing, list_models
from pipelines.generators.server.probing import AdapterProbe, probe_adapter
from pipelines.generators.server.refusals import refused, unreachable
from pipelines.generators.server.retry_policy import RetryPolicy
from pipelines.generators.server.settings import ServerSettings

log = logging.getLogger(__name__)

T = TypeVar("T")

ROUNDS_PER_BATCH = 4
"""requests per slot in a batch: with several, waiting for the last answer costs little"""

GREETING = (Turn("system", "Answer briefly."), Turn("user", "Say yes."))
"""Sent once at the start: it reveals a wrong key, a wrong model name and a template that refuses the system role."""

GREETING_TOKENS = 16
"""not 1: some services refuse an answer that has no room to end"""


class LoadedServer:
    """A served model with its connection.

    The connection pool belongs to one event loop, so that loop lives as long as this object. Not to be used from
    within a running event loop.

    Raises:
        ArmError: the server cannot be reached, or refuses the key, the model or the system role.
    """

    def __init__(self, generator: ServerSettings, api_key: str) -> None:
        close_abandoned()
        self.generator = generator
        self.window = generator.max_context
        prompts = (generator.system_role, generator.template_options(), generator.served_chat_template)
        self.tokens = load_tokens(generator.tokenizer, *prompts)
        self.retry_policy = RetryPolicy(generator.retries, generator.timeout_seconds, generator.backoff_seconds)
        self.served = generator.model
        self._client = connect(
            generator.base_url, api_key, generator.extra_body, max_retries=0, timeout=generator.timeout_seconds
        )
        self._answered: Counter[tuple[str, str]] = Counter()
        self._runner = asyncio.Runner()
        self._probes: dict[str, AdapterProbe] = {}
        self._timed = False  # in the timing pass nothing is made for the record
        weakref.finalize(self, ABANDONED.append, (self._runner, self._client))
        self.cold_cache = ColdCache(salted=False)
        self.listing, self.answered_as = self._run(self._greet())
        owner = self.listing.models.get(generator.model, {}).get("owned_by", "")
        if owner == SALTED and FIELD not in generator.extra_body:
            self.cold_cache = ColdCache(salted=self._run(knows_salts(self._ask, generator.model)))

    def settle(self, store: Store, rank: int) -> None:
        """Do nothing: the server has all that it answers with."""

    def release(self) -> None:
        """Do nothing: the memory is the server's."""

    def facts(self) -> Mapping[str, Any]:
        """Return that only the server knows the quantisation."""
        engine = {"name": "server", **self.cold_cache.facts()}
        return {"quantisation": "the server's", "engine": engine}

    def count(self, turns: Sequence[Turn]) -> int:
        """Return the tokens of the prompt: exact with a tokenizer folder, else an estimate on the high side."""
        return self.tokens.of_turns(turns)

    def prompt_sha256(self, turns: Sequence[Turn]) -> str:
        return digest(self._sent(turns))

    def use(self, arm: str, adapter: Artifact | None) -> Mapping[str, Any]:
        """Send further requests to the model that serves this arm's adapter.

        A client cannot see what is served under a name. The facts say what it can observe: whether base and adapter
        answer one probe differently, and the adapter's source by the server's own word (`served_root`).
        """
        self._check_base(arm)
        self._timed = False
        facts: dict[str, Any] = {"token_counts": "exact" if self.tokens.exact else "estimated"}
        if adapter is None:
            self.served = self.generator.model
            self._answered.clear()
            return {**facts, **self._served_facts(self.served), "answered_as": self.answered_as}
        name = self._adapter_name(arm)
        if name not in self._probes:
            self._probes[name] = self._probe(arm, name)
        self.served = name
        self._answered.clear()
        return {**facts, **self._served_facts(name), **self._probes[name].facts()}

    def refuse(self, arm: str, adapter: Artifact, reason: str) -> NoReturn:
        raise ArmError(f"arm {arm}: the adapter served as {self._adapter_name(arm)!r} {reason}")

    def teacher_forcing(self) -> None:
        """Return None: a server shows no logits of given answers."""
        return

    def batches(self, requests: Sequence[Request]) -> list[list[int]]:
        """Return positions in the given order, a few rounds of `concurrency` to the batch."""
        size = self.generator.concurrency * ROUNDS_PER_BATCH
        return [list(range(at, min(at + size, len(requests)))) for at in range(0, len(requests), size)]

    def beginning(self, prompts: Sequence[tuple[Turn, ...]]) -> tuple[Turn, ...]:
        """Return what all prompts begin with, where salts hide it; else (), as a server keeps it by itself."""
        return common_turns(prompts) if self.cold_cache.salted else ()

    def share(self, beginning: tuple[Turn, ...]) -> None:
        """While requests are timed, have the server read what the next one begins with. Raises ArmError."""
        if self._timed and beginning:
            try:
                self._run(self.cold_cache.read(self._ask, self.served, beginning))
            except NoAnswerError as failure:
                raise ArmError(refused(self.generator, self.served, failure, self.listing)) from failure

    def compare(self, requests: Sequence[Request], max_new_tokens: int) -> None:
        """Do nothing: the model itself is not here."""

    def complete(self, requests: Sequence[Request], max_new_tokens: int) -> list[Completion]:
        """Answer the requests, at most `concurrency` at a time.

        Raises:
            BrokenOffError: the key, the model, the quota or the server is gone, so that further requests would fail as
                well; what had come by then is with it.
        """
        answers = self._run(self._complete(requests, max_new_tokens, self.generator.concurrency))
        return [completion for _, completion in answers]

    def choice_logliks(self, turns: Sequence[Turn], choices: Sequence[str]) -> tuple[float, ...]:
        """Return nothing: servers show likelihoods of their own answers alone."""
        return ()

    def answer_facts(self) -> Mapping[str, Any]:
        """Return nothing: a server says nothing of its memory."""
        return {}

    def audit_answers(self) -> Sequence[AuditResult]:
        """Return whether the replies to the model in use name that model; a date or revision may be added to it."""
        own = dict(self._answered)  # since `use`: the replay has switched back to the base by now
        names = {named: number for (_, named), number in own.items()}
        return [
            AuditResult("served model", sum(names.values()), "replies", other_models(own), details={"named": names})
        ]

    @property
    def adapter_uses(self) -> Sequence[AdapterUse]:
        """Return unmerged: a server keeps adapters apart from the base."""
        return ("unmerged",)

    def activate(self, arm: str, adapter: Artifact | None, use: AdapterUse) -> None:
        """Send further requests to the model that serves this arm."""
        self.use(arm, adapter)  # what it asks is not timed
        self._timed = True

    def deactivate(self) -> None:
        """Send further requests to the base again."""
        self.served, self._timed = self.generator.model, False

    def together(self, requests: Sequence[Request], max_new_tokens: int, concurrency: int) -> Burst:
        """Send `concurrency` requests at a time. Raises as `complete` does."""
        self.cold_cache.forget()  # whole prompts, as with other engines
        begun = time.perf_counter()
        answers = self._run(self._complete(requests, max_new_tokens, concurrency))
        return Burst(time.perf_counter() - begun, tuple((at - begun, completion) for at, completion in answers))

    def weights_bytes(self) -> None:
        """Return None: only the server knows."""
        return

    def gpu_bytes(self) -> int:
        """Return 0: no GPU of this machine is used."""
        return 0

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        async def settled() -> T:
            try:
                return await work
            finally:
                await settle()

        return self._runner.run(settled())

    async def _complete(
        self, requests: Sequence[Request], max_new_tokens: int, concurrency: int
    ) -> list[tuple[float, Completion]]:
        """Return when each request was sent, by the clock, and its answer."""
        slots = asyncio.Semaphore(concurrency)
        sharing = max(1, min(concurrency, len(requests)))

        refusals: list[NoAnswerError] = []

        async def send(request: Request) -> tuple[float, Completion | NoAnswerError]:
            async with slots:
                if refusals:  # of another request, and of all that would follow
                    return time.perf_counter(), refusals[0]
                at, outcome = time.perf_counter(), await self._completion(request, max_new_tokens, sharing)
                if isinstance(outcome, NoAnswerError) and outcome.cured_by == "user":
                    refusals.append(outcome)
                return at, outcome

        # Nothing is raised inside: a refusal must not leave other tasks behind in the loop.
        outcomes = await asyncio.gather(*(send(request) for request in requests))
        failures = [outcome for _, outcome in outcomes if isinstance(outcome, NoAnswerError)]
        limited = [one for one in failures if one.status == 429]
        if not refusals and limited and len(requests) > 1 and not self._timed:
            refusals = limited  # each after its retries: of the quota, not of the question
        if not refusals and len(failures) == len(requests) > 1 and all(one.cured_by == "waiting" for one in failures):
            refusals = failures  # each after its retries: the server is gone, and all questions to come would fail
        if refusals:
            raise self._broken_off(requests, [outcome for _, outcome in outcomes], refusals[0])
        return [
            (at, outcome if isinstance(outcome, Completion) else self._unanswered(request, outcome))
            for request, (at, outcome) in zip(requests, outcomes, strict=True)
        ]

    def _broken_off(
        self, requests: Sequence[Request], outcomes: Sequence[Completion | NoAnswerError], refusal: NoAnswerError
    ) -> BrokenOffError:
        """Return the error that ends the arm, with the answers that had come; failures that may pass are none."""
        came = {
            at: outcome if isinstance(outcome, Completion) else self._unanswered(request, outcome)
            for at, (request, outcome) in enumerate(zip(requests, outcomes, strict=True))
            if isinstance(outcome, Completion) or outcome.cured_by == "nothing"
        }
        return BrokenOffError(refused(self.generator, self.served, refusal, self.listing), came)

    def _unanswered(self, request: Request, failure: NoAnswerError) -> Completion:
        sent = self._sent(request.turns)
        return Completion("", "error", digest(sent), (), error=failure.reason, prompt=_as_text(sent))

    def _sent(self, turns: Sequence[Turn]) -> list[dict[str, str]]:
        return messages(turns, merge_system=self.generator.system_role == "merged")

    async def _completion(self, request: Request, max_new_tokens: int, sharing: int) -> Completion | NoAnswerError:
        try:
            answer = await self._ask(self.served, request.turns, max_new_tokens)
        except NoAnswerError as failure:
            return failure
        spans = self._spans(answer, request.turns, sharing)
        if self._timed:
            return Completion(answer.text.strip(), answer.finish, "", spans)
        sent = self._sent(request.turns)
        return Completion(answer.text.strip(), answer.finish, digest(sent), spans, prompt=_as_text(sent))

    async def _ask(
        self, model: str, turns: Sequence[Turn], max_new_tokens: int, extra: Mapping[str, Any] | None = None
    ) -> ServerAnswer:
        options = self.generator.template_options()
        for_template = {"chat_template_kwargs": options} if options else {}
        body: dict[str, Any] = {
            "model": model,
            "messages": self._sent(turns),
            "temperature": 0.0,
            self.generator.limit_parameter: max_new_tokens,
            **({} if self.generator.seed is None else {"seed": self.generator.seed}),
        }
        read = streamed if self.generator.stream else whole

        def attempt() -> Coroutine[Any, Any, ServerAnswer]:
            salt = self.cold_cache.fields() if self._timed else {}
            more = {**self.generator.extra_body, **for_template, **salt, **(extra or {})}
            return read(self._client, {**body, "extra_body": more})

        answer = await self.retry_policy.ask(attempt)
        self._answered[model, answer.model] += 1
        METER.add(model, *self._tokens(answer, turns))
        return answer

    def _spans(self, answer: ServerAnswer, turns: Sequence[Turn], sharing: int) -> tuple[Span, ...]:
        """Return the stages of the attempt that succeeded; pauses and failed attempts are not the model's time."""
        tokens_in, tokens_out, cached = self._tokens(answer, turns)
        first = answer.seconds_to_first
        if first is None:
            return (Span("decode", answer.seconds, tokens_in, tokens_out, "server", sharing, cached),)
        return (
            Span("prefill", first, tokens_in, min(1, tokens_out), "server", sharing, cached),
            Span("decode", answer.seconds - first, 0, max(0, tokens_out - 1), "server", sharing),
        )

    def _tokens(self, answer: ServerAnswer, turns: Sequence[Turn]) -> tuple[int, int, int]:
        """Return tokens read, written, and of those read the ones that the server had read before; or estimates."""
        tokens_in = answer.tokens_in if answer.tokens_in is not None else self.tokens.of_turns(turns)
        tokens_out = answer.tokens_out if answer.tokens_out is not None else self.tokens.of_text(answer.text)
        return tokens_in, tokens_out, min(answer.tokens_cached, tokens_in)

    async def _greet(self) -> tuple[Listing, str]:
        try:
            listing = await list_models(self._client, self.retry_policy)
        except NoAnswerError as failure:
            raise ArmError(unreachable(self.generator, failure)) from failure
        try:
            answer = await self._ask(self.generator.model, GREETING, GREETING_TOKENS)
        except NoAnswerError as failure:
            raise ArmError(refused(self.generator, self.generator.model, failure, listing)) from failure
        return listing, answer.model

    def _check_base(self, arm: str) -> None:
        wanted = self.generator.served_base
        if other := self.listing.other_base(self.generator.model, wanted):
            raise ArmError(
                f"arm {arm}: the server has {other} under {self.generator.model!r}, and the experiment's base is "
                f"{wanted}; start the server with the command that make serve prints now (or set "
                "model.served_base=null if both are the same weights)"
            )

    def _adapter_name(self, arm: str) -> str:
        name = self.generator.served_name(arm)
        if name is None:
            raise ArmError(
                f"arm {arm} uses an adapter, but the model's yaml does not say under which name the server has it: "
                "make serve says how to serve adapters by the names of their arms, and notes it for model=server; or "
                f"add `{arm}: NAME` under `adapters:` and serve the adapter under that name, "
                "e.g. vllm serve … --enable-lora --lora-modules NAME=FOLDER (docs/SERVERS.md)"
            )
        if self.listing.denies(name, self.generator.model):
            raise ArmError(f"arm {arm}: model.adapters.{arm}={name} is not served; {self.listing.names()}")
        if other := self.listing.other_root(name, (self.generator.served_keys or {}).get(arm)):
            raise ArmError(
                f"arm {arm}: under {name!r} the server has the adapter {other[:8]}, which is another arm's or an older "
                "one; start the server with the command that make serve prints now"
            )
        if parent := self.listing.other_parent(name, self.generator.model):
            raise ArmError(
                f"arm {arm}: the server has the adapter {name!r} on the base {parent!r}, and the experiment's base is "
                f"{self.generator.model!r}: set model.model to the base of the adapters, or serve them on the other one"
            )
        return name

    def _probe(self, arm: str, name: str) -> AdapterProbe:
        try:
            probe = self._run(probe_adapter(self._ask, self.generator.model, name))
        except NoAnswerError as failure:
            raise ArmError(f"arm {arm}: {refused(self.generator, name, failure, self.listing)}") from failure
        if probe.proves_no_effect:
            raise ArmError(
                f"arm {arm}: the server answers as {name!r} exactly as {self.generator.model!r} does, to the last "
                "digit of every log-probability: the adapter is not applied, or has no effect"
            )
        if not probe.differs:
            log.warning("arm %s: %s answered the probe as the base does; it may not be applied", arm, name)
        return probe

    def _served_facts(self, name: str) -> dict[str, Any]:
        return {"served_model": name, **{f"served_{k}": v for k, v in self.listing.models.get(name, {}).items()}}


def _as_text(sent: Sequence[Mapping[str, str]]) -> str:
    return "\n\n".join(f"[{message['role']}]\n{message['content']}" for message in sent)


@dataclass(frozen=True)
class OpenAIGenerator(ServerSettings):
    """`ServerSettings` that can be loaded."""

    KEY: ClassVar[str] = "pipelines.generators.openai.OpenAIGenerator"
    VERSION: ClassVar[int] = 1
    trains_adapters: ClassVar[bool] = False

    def device_name(self) -> str:
        """Return what timings depend on: only the server knows its device."""
        return "server"

    def load(self) -> LoadedServer:
        problems = self.problems()
        if problems:
            raise ArmError(f"model {self.name}: {'; '.join(problems)}")
        return LoadedServer(self, os.environ[self.api_key_env] if self.api_key_env else "")
