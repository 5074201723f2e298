"""A checkpoint that vLLM answers with. Training, audits and the proof that an adapter works stay with transformers."""

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.audits import AuditResult, spread
from harness.errors import ArmError, StoreError, reason
from harness.machine.measured import AdapterUse, Span
from harness.store.adapter_ranks import highest_rank
from harness.store.store import Artifact, Store
from harness.types import Turn
from pipelines.device import gpus_here, pick_device
from pipelines.generators.choice_scores import DECIMALS, choice_ids
from pipelines.generators.generator import Burst, Completion, Request
from pipelines.generators.hf import LoadedHf
from pipelines.generators.hf_settings import HfSettings
from pipelines.generators.loading import checkpoint_on_disk
from pipelines.generators.quantised import own_quantisation
from pipelines.generators.teacher_forcing import hash_of
from pipelines.generators.vllm_engine.engine import QueuedAnswer, VllmEngine, allowed_rank, check_runs
from pipelines.generators.vllm_engine.parallel import check_parallel
from pipelines.generators.vllm_engine.parity import PROMPTS, Parity, parity
from pipelines.generators.vllm_engine.served import BYTES, ServedBase, check_room, served_base

log = logging.getLogger(__name__)

QUEUE: Final = 512
"""prompts that vLLM is given at once; what a killed run loses at most"""
USUAL_RANK: Final = 16
"""of adapters, where none is known yet"""


class LoadedVllm(LoadedHf):
    """Answers come from one `vllm.LLM`, all else from the model in this process.

    Raises:
        ModelError: vLLM is not here, does not have this model, or has too little memory for it.
    """

    def __init__(self, generator: HfSettings) -> None:
        super().__init__(generator)
        device = pick_device(generator.device)
        self._version = check_runs(generator.name, list(getattr(self.config, "architectures", None) or ()), device)
        options, text = generator.engine_options or {}, self.config.get_text_config()
        check_parallel(generator.name, options, text, device, gpus_here(device))
        self._size = _bytes_of(self)
        check_room(generator, self._size)
        self._served: ServedBase | None = None
        self._engine: VllmEngine | None = None
        self._ranks = {USUAL_RANK}
        self._arm = ""
        self._adapter: Artifact | None = None  # that answers now
        self._parity: dict[str, Parity] = {}  # of each adapter, by its key; "" for the base
        self._answered = ""  # key of the adapter that answered last

    def settle(self, store: Store, rank: int) -> None:
        """Write the base in 4 bits as a checkpoint that vLLM reads, where the store has none."""
        allowed_rank(self.generator.name, [max(1, rank)])  # before anything is trained
        self._ranks.add(max(1, rank))
        if self._served is None:
            self._served = served_base(self.generator, self.in_four_bits, store)

    def facts(self) -> Mapping[str, Any]:
        served = {} if self._served is None else self._served.facts()
        options = {"options": dict(self.generator.engine_options or {})}
        engine = {"name": "vllm", "version": self._version, **served, "window": self.window, **options}
        return {**super().facts(), "engine": {**engine, "prefix_caching": True}}

    def use(self, arm: str, adapter: Artifact | None) -> Mapping[str, Any]:
        """Prove the adapter with the model in this process, and have vLLM answer with it."""
        facts = super().use(arm, adapter)
        self._switch(arm, adapter)
        if self._engine is not None and not self._engine.failed and not self._engine.forget():
            log.warning(
                "%s: vLLM keeps what it has read for the arm before; cached tokens in its spans include it", arm
            )
        return facts

    def activate(self, arm: str, adapter: Artifact | None, use: AdapterUse) -> None:
        super().activate(arm, adapter, use)
        self._switch(arm, adapter)
        self.engine.keep(adapter)

    def deactivate(self) -> None:
        super().deactivate()
        self._arm, self._adapter = "", None

    def release(self) -> None:
        """Drop the weights, vLLM's too; the next answer loads them again."""
        super().release()
        self._close()

    @property
    def engine(self) -> VllmEngine:
        """VLLM, started with the first answer; anew after a failure, or for an adapter of a higher rank than before."""
        rank = allowed_rank(self.generator.name, sorted(self._ranks))
        if self._engine is not None and (self._engine.failed or self._engine.rank < rank):
            self._close()
        if self._engine is None:
            assert self._served is not None  # `settle` comes before all answers
            log.info("starting vLLM %s with %s", self._version, self.generator.name)
            share = self.generator.engine_memory if pick_device(self.generator.device) == "cuda" else None
            options = self.generator.engine_options or {}
            self._engine = VllmEngine(self.generator.name, self._served, self.window, rank, share, options)
        return self._engine

    def batches(self, requests: Sequence[Request]) -> list[list[int]]:
        """Return positions in the given order, many at once: vLLM makes batches by itself."""
        self._tokenise(requests)
        return [list(range(at, min(at + QUEUE, len(requests)))) for at in range(0, len(requests), QUEUE)]

    def complete(self, requests: Sequence[Request], max_new_tokens: int) -> list[Completion]:
        """Answer in one queue; a request alone, as in the timing pass, has the time of its first token."""
        engine = self.engine  # started before the clock starts
        begun = time.perf_counter()
        prompts = [self._prompt(request) for request in requests]
        parameters = self._parameters(max_new_tokens)
        ready = time.perf_counter()
        if self._timed is not None and len(requests) == 1:
            (flow,) = engine.flows(prompts, parameters, self._adapter, 1)
            times = (ready - begun, flow.first, flow.ended - flow.first)
            cached = min(flow.cached, len(prompts[0]))
            return [self._completion(requests[0], prompts[0], self._answer(flow.tokens), times, 1, cached)]
        written = engine.answer(prompts, parameters, self._adapter)
        seconds = (ready - begun, time.perf_counter() - ready)
        return [self._queued(*own, seconds, len(requests)) for own in zip(requests, prompts, written, strict=True)]

    def choice_logliks(self, turns: Sequence[Turn], choices: Sequence[str]) -> tuple[float, ...]:
        prompt, rows = choice_ids(self.format, self._tokens(tuple(turns)), choices, self.window)
        return tuple(round(value, DECIMALS) for value in self.engine.log_likelihoods(prompt, rows, self._adapter))

    def answer_facts(self) -> Mapping[str, Any]:
        own = self._parity.get(self._key)
        return {} if own is None else own.facts()

    def audit_answers(self) -> Sequence[AuditResult]:
        """Return how far both engines agreed on the arm that answered last."""
        own = self._parity.get(self._answered)
        return () if own is None else (own.audit(),)

    @property
    def adapter_uses(self) -> Sequence[AdapterUse]:
        """Return unmerged: vLLM keeps adapters apart from the base."""
        return ("unmerged",)

    def share(self, beginning: tuple[int, ...]) -> None:
        """Tell what all prompts of the arm begin with.

        While requests are timed, this comes before each of them and is part of none: whatever vLLM has read is dropped,
        earlier repeats of the question above all, and the beginning alone is read again.

        Raises:
            ArmError: vLLM does not drop it, so that a repeated question would be found.
        """
        super().share(beginning)
        if self._timed is not None and beginning:
            if not self.engine.forget():
                raise ArmError(f"arm {self._arm}: vLLM keeps the prompts it has read, and would not read a repeat anew")
            self.engine.answer([beginning], self._parameters(1), self._adapter)

    def together(self, requests: Sequence[Request], max_new_tokens: int, concurrency: int) -> Burst:
        prompts = [self._prompt(request) for request in requests]
        # questions are repeated among them, so that each prompt is read as a whole, as transformers does here
        parameters = self._parameters(max_new_tokens, whole=True)
        flows = self.engine.flows(prompts, parameters, self._adapter, concurrency)
        results = zip(requests, prompts, flows, strict=True)
        return Burst(
            max(flow.ended for flow in flows),
            tuple((flow.begun, self._flown(request, ids, flow, concurrency)) for request, ids, flow in results),
        )

    def weights_bytes(self) -> int:
        """Return the size of vLLM's weights, with the adapter's."""
        files = () if self._adapter is None else tuple(self._adapter.path.glob("*.safetensors"))
        return self._size + sum(file.stat().st_size for file in files)

    def gpu_bytes(self) -> int:
        return self.weights_bytes() if pick_device(self.generator.device) == "cuda" else 0

    @property
    def _key(self) -> str:
        return "" if self._adapter is None else self._adapter.key

    def _switch(self, arm: str, adapter: Artifact | None) -> None:
        self._arm, self._adapter = arm, adapter
        if adapter is not None:
            self._ranks.add(_rank_of(adapter))

    def _close(self) -> None:
        if self._engine is not None:
            engine, self._engine = self._engine, None
            engine.close()

    def _parameters(self, max_new_tokens: int, *, measured: bool = False, whole: bool = False) -> Any:
        """Return how vLLM decodes; timed prompts are read anew, but for what all of an arm's begin with (`share`)."""
        anew = whole or (self._timed is not None and not self._prefix.ids)
        stops = self.format.stop_ids
        return self.engine.parameters(max_new_tokens, stops, ends_loops=self._stops_loops, measured=measured, anew=anew)

    def compare(self, requests: Sequence[Request], max_new_tokens: int) -> None:
        """Answer some of these prompts with both engines, once for each adapter: also where all were answered before.

        Raises:
            ArmError: vLLM answers with another model.
        """
        self._answered = self._key
        if not requests or self._key in self._parity:
            return
        some = spread(requests, PROMPTS)
        prompts = [self.format.prompt_ids(request.turns) for request in some]
        answers = self.engine.answer(prompts, self._parameters(max_new_tokens, measured=True), self._adapter)
        written = [self._ended(one) for one in answers]
        forcing = self.teacher_forcing()
        read = [forcing.read(request.turns, one.ids) for request, one in zip(some, written, strict=True)]
        found = parity(self._arm, written, self._written_here(some, max_new_tokens), read)
        log.info("%s: %s", self._arm, found)
        found.check(self._arm)
        self._parity[self._key] = found

    def _written_here(self, requests: Sequence[Request], max_new_tokens: int) -> list[tuple[int, ...]]:
        """Return the answers of the model in this process: token ids, in order."""
        found: dict[int, tuple[int, ...]] = {}
        for batch in super().batches(requests):
            answers = super().complete([requests[at] for at in batch], max_new_tokens)
            found |= {at: answer.ids for at, answer in zip(batch, answers, strict=True)}
        if not self._prefix.told:
            self._prefix.tell(())  # what these few had in common takes memory beside vLLM
        return [found[at] for at in range(len(requests))]

    def _ended(self, written: QueuedAnswer) -> QueuedAnswer:
        """Return the answer up to where it ends here."""
        ids = self._answer(written.ids).ids
        return QueuedAnswer(ids, written.cached, written.log_probabilities[: len(ids)], written.behind[: len(ids)])

    def _queued(
        self, request: Request, ids: list[int], written: QueuedAnswer, seconds: tuple[float, float], size: int
    ) -> Completion:
        """Return an answer out of the queue, whose prompt was read while other answers were written."""
        answer, device = self._answer(written.ids), str(self.model.device)
        return Completion(
            text=answer.text,
            finish=answer.finish,
            prompt_sha256=hash_of(ids),
            prompt=self.format.render(request.turns),
            ids=answer.ids,
            spans=(
                Span("prompt", seconds[0], batch_size=size),
                Span("decode", seconds[1], len(ids), len(answer.ids), device, size, min(written.cached, len(ids))),
            ),
        )


def _bytes_of(loaded: LoadedHf) -> int:
    """Return the size of the weights as vLLM holds them: packed ones that it reads itself as in their files."""
    own, folder = own_quantisation(loaded.config), checkpoint_on_disk(loaded.generator)
    if own is not None and not own.four_bit_type and folder is not None:
        return sum(path.stat().st_size for path in folder.glob("*.safetensors"))
    parameters = sum(value.numel() for value in loaded.without_weights().parameters())
    return int(parameters * BYTES[loaded.generator.resolved().dtype])


def _rank_of(adapter: Artifact) -> int:
    """Return the highest rank of an adapter's layers.

    Raises:
        ArmError: its settings cannot be read.
    """
    try:
        return highest_rank(adapter.path)
    except StoreError as error:
        raise ArmError(f"the adapter {adapter.key[:8]} is none in PEFT's format ({reason(error)})") from error
