"""A causal language model in this process: greedy, batched, one base and at most one active adapter."""

import logging
import os
import time
from array import array
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, NoReturn

from harness.audits import AuditResult
from harness.errors import ArmError
from harness.machine.measured import AdapterUse, Span
from harness.store.store import Artifact, Store
from harness.types import Finish, Turn
from pipelines.device import free_memory
from pipelines.generators.adapter_layers import AdapterLayers
from pipelines.generators.chat import ChatFormat
from pipelines.generators.checkpoint_files import check_checkpoint, check_stops, check_vocabulary
from pipelines.generators.checkpoint_weights import check_weights
from pipelines.generators.choice_scores import choice_ids, choice_logliks
from pipelines.generators.continuous import Flow, answered
from pipelines.generators.device_map import on_meta, wait_for
from pipelines.generators.generator import Burst, Completion, Request
from pipelines.generators.greedy import FirstToken, GreedyChoices, generation_settings
from pipelines.generators.halving import Halving
from pipelines.generators.hf_settings import HfSettings
from pipelines.generators.loading import checked_config, checkpoint_on_disk, load_model, load_tokenizer, window_of
from pipelines.generators.loops import FACTS, LoopStop, loop_end
from pipelines.generators.quantised import in_four_bits, own_quantisation, sharded, trains
from pipelines.generators.shared_prefix import SharedPrefix, common_beginning
from pipelines.generators.stored_values import check_stored_values
from pipelines.generators.teacher_forcing import TeacherForcing, hash_of

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _DecodedAnswer:
    """A decoded row of tokens."""

    text: str
    finish: Finish
    ids: tuple[int, ...]
    """generated, the stop token included"""


class LoadedHf:
    """A checkpoint in memory. The weights are loaded on the first answer, the tokenizer at once."""

    def __init__(self, generator: HfSettings) -> None:
        self.generator = generator
        self.config = checked_config(generator)
        tokenizer = load_tokenizer(generator)
        with generator.explained():
            self.format = ChatFormat(
                tokenizer, generator.stop_tokens, generator.system_role, generator.template_options
            )
            self.format.prompt_ids([Turn("user", "Tell me what you know.")])  # now, and not with the first answer
        config = self.config.get_text_config()
        self._check_files(config)
        self.window = window_of(generator, config)
        self._base: Any = None
        self._probe: list[int] = []
        self._base_logits: Any = None  # after the probe, when it had just been loaded
        self._refused: dict[str, str] = {}  # adapter key -> why
        self._adapted: Any = None
        self._adapter_key = ""
        self._adapter_layers: AdapterLayers | None = None
        self._ids: dict[tuple[Turn, ...], array[int]] = {}
        self._last: tuple[tuple[Turn, ...], list[int]] = ((), [])
        self._prefix = SharedPrefix(tokenizer)
        self._halving = Halving(lambda what: log.warning("model %s: %s", generator.name, what))
        self._timed: tuple[str, AdapterUse] | None = None  # adapter of the timing pass, and its use

    def _check_files(self, config: Any) -> None:
        """Compare tokenizer, configuration and weights, as far as they are on this machine."""
        with self.generator.explained():
            check_vocabulary(self.format.tokenizer, config, self.format.stop_ids)
            if (folder := checkpoint_on_disk(self.generator)) is not None:
                check_checkpoint(folder, config)
                check_stops(folder, config)
                check_weights(folder, self.config)
                check_stored_values(folder, self.generator, self.config)

    @property
    def base(self) -> Any:
        """The bare base model, loaded on first use."""
        if self._base is None:
            self._base = load_model(self.generator)
            self._probe = self.format.prompt_ids([Turn("user", "Tell me what you know.")])
            # also so that the first answer is not timed with the first forward pass
            self._base_logits = self._probed(self._base)
        return self._base

    @property
    def model(self) -> Any:
        """The model that answers: the base, or the base with the active adapter around it."""
        return self._adapted if self._adapted is not None else self.base

    def release(self) -> None:
        """Drop the weights; the next answer loads them again. Training needs the device's memory for itself."""
        self.deactivate()
        self._detach()
        self._base = None
        self._prefix.forget()
        free_memory()

    def settle(self, store: Store, rank: int) -> None:
        """Do nothing: the checkpoint itself answers."""

    def facts(self) -> Mapping[str, Any]:
        own = own_quantisation(self.config)
        kept = {} if own is None else {"checkpoint_quantisation": {key: str(own.settings[key]) for key in own.settings}}
        loops = {"stop_loops": FACTS if self.generator.stop_loops else False}
        engine = {"engine": {"name": self.generator.engine}}
        return {"format": self.format.facts(), "quantisation": self.generator.quantisation, **engine, **kept, **loops}

    def without_weights(self) -> Any:
        """Return the base on the meta device: names and shapes of its layers, for which no memory is taken."""
        return on_meta(self.config)

    @property
    def in_four_bits(self) -> bool:
        """Whether arms run on a base in 4 bits, which is exported before it is served."""
        return in_four_bits(self.generator.quantisation, self.config)

    def untrainable(self) -> str:
        """Return why no adapter can be trained on this base; "" if it can."""
        return trains(self.config) or sharded(self.generator.quantisation, os.environ)

    def count(self, turns: Sequence[Turn]) -> int:
        return len(self._tokens(tuple(turns)))

    def prompt_sha256(self, turns: Sequence[Turn]) -> str:
        return hash_of(self.format.prompt_ids(turns))

    def use(self, arm: str, adapter: Artifact | None) -> Mapping[str, Any]:
        """Switch to this adapter (None: the bare base) and prove that it is applied."""
        self.deactivate()
        self._prefix.forget()
        self._halving.begin()
        if (adapter.key if adapter is not None else "") != self._adapter_key:
            self._detach()
        if adapter is None:
            self._check_base(arm)
            return {}
        self._check_accepted(arm, adapter)
        if self._adapted is None:
            self._attach(adapter)
        return self._prove(arm, adapter)

    def refuse(self, arm: str, adapter: Artifact, reason: str) -> NoReturn:
        self._refused[adapter.key] = reason
        advice = f"remove the folder adapter/{adapter.key} in the store to train it again"
        if "brought" in adapter.facts:
            advice = "it was brought: look at adapter.path, or train one (adapter.path=null)"
        raise ArmError(f"arm {arm}: the adapter {adapter.key[:8]} {reason}; {advice}")

    def teacher_forcing(self) -> TeacherForcing:
        return TeacherForcing(self.model, self.format)

    def batches(self, requests: Sequence[Request]) -> list[list[int]]:
        """Return batches of like length or passages within the budget, longest first (memory errors come early)."""
        self._tokenise(requests)
        prompts, most = [self._ids[request.turns] for request in requests], self.generator.batch_size
        return self._prefix.batches(self.model, prompts, self.generator.batch_tokens, most)

    def beginning(self, prompts: Sequence[tuple[Turn, ...]]) -> tuple[int, ...]:
        return common_beginning(map(self.format.prompt_ids, prompts))

    def share(self, beginning: tuple[int, ...]) -> None:
        self._prefix.tell(beginning)

    def compare(self, requests: Sequence[Request], max_new_tokens: int) -> None:
        """Do nothing: it is what other engines are compared with."""

    def complete(self, requests: Sequence[Request], max_new_tokens: int) -> list[Completion]:
        """Answer one batch greedily; one that does not fit the memory is answered in halves (`Halving`)."""

        def size(request: Request) -> int:
            return len(self._ids.get(request.turns) or self._tokens(request.turns)) + max_new_tokens

        return self._halving.done(requests, size, lambda part: self._complete(part, max_new_tokens), _too_large)

    def choice_logliks(self, turns: Sequence[Turn], choices: Sequence[str]) -> tuple[float, ...]:
        prompt, rows = choice_ids(self.format, self._tokens(tuple(turns)), choices, self.window)

        def read(part: Sequence[list[int]]) -> Sequence[float]:
            return choice_logliks(self.model, prompt, part, self.generator.batch_tokens)

        return tuple(self._halving.done(rows, lambda row: len(prompt) + len(row), read, _unreadable))

    def answer_facts(self) -> Mapping[str, Any]:
        return self._halving.facts()

    def audit_answers(self) -> Sequence[AuditResult]:
        return ()

    @property
    def adapter_uses(self) -> Sequence[AdapterUse]:
        """Merging into 4-bit weights would round the adapter away, so only an unquantised base can."""
        return ("unmerged",) if self.generator.quantisation != "none" else ("unmerged", "merged")

    def activate(self, arm: str, adapter: Artifact | None, use: AdapterUse) -> None:
        """Swap the adapter's layers into the base, or out."""
        if adapter is not None:
            self._check_accepted(arm, adapter)
        self._detach()
        if self._adapter_layers is None:
            self._adapter_layers = AdapterLayers(self.base)
        self._adapter_layers.put(adapter, use)
        self._prefix.tell(())
        self._timed = (adapter.key if adapter is not None else "", use)

    def deactivate(self) -> None:
        if self._adapter_layers is not None:
            self._adapter_layers.put(None, "none")
            self._adapter_layers = None
        self._prefix.tell(())
        self._timed = None

    def together(self, requests: Sequence[Request], max_new_tokens: int, concurrency: int) -> Burst:
        """Answer by continuous batching.

        Raises:
            ArmError: the model does not support it, or is split over GPUs: its cache lies on one.
        """
        if self.generator.device_map is not None:
            raise ArmError("continuous batching keeps its cache on one GPU, and model.device_map splits the model")
        prompts = [self._prompt(request) for request in requests]
        flows = answered(self.base, generation_settings(self.format, max_new_tokens), prompts, concurrency)
        results = zip(requests, prompts, flows, strict=True)
        return Burst(
            max(flow.ended for flow in flows),
            tuple((flow.begun, self._flown(request, ids, flow, concurrency)) for request, ids, flow in results),
        )

    def weights_bytes(self) -> int:
        """Return parameters and buffers of the model with the adapter in place."""
        return int(self.model.get_memory_footprint())

    def gpu_bytes(self) -> int:
        """Return the same for a model on a GPU, else 0."""
        return self.weights_bytes() if self.model.device.type == "cuda" else 0

    def _tokens(self, turns: tuple[Turn, ...]) -> list[int]:
        """Return the prompt's tokens; the last prompt's are cached, from fitting it to answering it."""
        if turns != self._last[0]:
            self._last = (turns, self.format.prompt_ids(turns))
        return self._last[1]

    def _prompt(self, request: Request) -> list[int]:
        """Return the prompt's tokens; those of later batches are cached from sorting until they are answered."""
        known = self._ids.pop(request.turns, None)
        return known.tolist() if known else self._tokens(request.turns)

    def _tokenise(self, requests: Sequence[Request]) -> None:
        """Keep the prompts' tokens in four bytes each; as lists of numbers they would take nine times as much."""
        self._ids = {request.turns: array("i", self.format.prompt_ids(request.turns)) for request in requests}

    def _complete(self, requests: Sequence[Request], max_new_tokens: int) -> list[Completion]:
        import torch

        model = self.model  # loaded before the clock starts
        begun = time.perf_counter()
        prompts = [self._prompt(request) for request in requests]
        first, choices = FirstToken(), GreedyChoices()
        settings = generation_settings(self.format, max_new_tokens)
        self._synchronise()
        ready = time.perf_counter()
        inputs = self._prefix.inputs(model, self._timed or self._adapter_key, prompts)
        start = inputs.arguments["input_ids"].shape[1]
        stops = [first, LoopStop(start)] if self._stops_loops else [first]
        noted = choices.noted(self.base) if self._keeps_record else nullcontext()
        with torch.inference_mode(), noted:
            output = model.generate(**inputs.arguments, generation_config=settings, stopping_criteria=stops)
        self._synchronise()
        rows = output[:, start:].tolist()
        answers = [self._answer(row) for row in rows]
        times = (ready - begun, first.at - ready, time.perf_counter() - first.at)
        choices.check([answer.ids for answer in answers], len(rows[0]))
        results = zip(requests, prompts, answers, inputs.cached, strict=True)
        return [
            self._completion(request, ids, answer, times, len(requests), cached)
            for request, ids, answer, cached in results
        ]

    @property
    def _stops_loops(self) -> bool:
        """Not while requests are timed: what a loop costs where nothing ends it is part of an arm's price."""
        return self.generator.stop_loops and self._timed is None

    @property
    def _keeps_record(self) -> bool:
        """Not while requests are timed: hashes, texts and audits for the record are no part of a system in use."""
        return self._timed is None

    def _answer(self, row: Sequence[int]) -> _DecodedAnswer:
        stop = next((at for at, token in enumerate(row) if token in self.format.stop_ids), None)
        stuck = loop_end(row[:stop]) if self._stops_loops else None
        if stuck is not None:  # what comes after it is padding, or would never have been written
            return _DecodedAnswer(self.format.decode(row[:stuck]), "loop", tuple(row[:stuck]))
        if stop is None:
            return _DecodedAnswer(self.format.decode(row), "length", tuple(row))
        return _DecodedAnswer(self.format.decode(row[:stop]), "stop", tuple(row[: stop + 1]))

    def _flown(self, request: Request, ids: list[int], flow: Flow, size: int) -> Completion:
        times = (0.0, flow.first - flow.begun, flow.ended - flow.first)
        return self._completion(request, ids, self._answer(flow.tokens), times, size, min(flow.cached, len(ids)))

    def _completion(
        self,
        request: Request,
        ids: list[int],
        answer: _DecodedAnswer,
        times: tuple[float, float, float],
        size: int,
        cached: int = 0,
    ) -> Completion:
        device = str(self.model.device)
        return Completion(
            text=answer.text,
            finish=answer.finish,
            prompt_sha256=hash_of(ids) if self._keeps_record else "",
            prompt=self.format.render(request.turns) if self._keeps_record else "",
            ids=answer.ids,
            spans=(
                Span("prompt", times[0], batch_size=size),
                Span("prefill", times[1], len(ids), tokens_out=1, device=device, batch_size=size, tokens_cached=cached),
                Span("decode", times[2], tokens_out=max(0, len(answer.ids) - 1), device=device, batch_size=size),
            ),
        )

    def _synchronise(self) -> None:
        wait_for(self.model)

    def _attach(self, adapter: Artifact) -> None:
        from peft import PeftModel

        # The weights stay in the precision they were trained in: an upcast would cost time in every layer.
        self._adapted = PeftModel.from_pretrained(
            self.base, str(adapter.path), is_trainable=False, autocast_adapter_dtype=False
        ).eval()
        self._adapter_key = adapter.key

    def _detach(self) -> None:
        """Remove the adapter's layers, so that arms without an adapter run the base itself."""
        if self._adapted is not None:
            self._base = self._adapted.unload()
            self._adapted = None
            self._adapter_key = ""

    def _check_accepted(self, arm: str, adapter: Artifact) -> None:
        if adapter.key in self._refused:
            self.refuse(arm, adapter, self._refused[adapter.key])

    def _check_base(self, arm: str) -> None:
        import torch

        model = self.model  # loads it, and its logits
        if not torch.equal(self._probed(model), self._base_logits):
            raise ArmError(f"arm {arm}: the bare base does not reproduce the logits that it had when it was loaded")

    def _prove(self, arm: str, adapter: Artifact) -> Mapping[str, Any]:
        import torch

        adapted = self._probed(self._adapted)
        with self._adapted.disable_adapter():
            off = self._probed(self._adapted)
        if not bool(adapted.isfinite().all()):
            self.refuse(arm, adapter, "gives answers that are not made of numbers (NaN): its weights are damaged")
        change = float((adapted - off).abs().max())
        if not change > 0.0:
            self.refuse(arm, adapter, "does not change the model's logits at all")
        if not torch.equal(off, self._base_logits):
            self.refuse(arm, adapter, "cannot be switched off: the model then does not reproduce the base's logits")
        return {"adapter_logit_change": change, "adapter_off_gives_base": True}

    def _probed(self, model: Any) -> Any:
        """Return the model's logits after a fixed prompt."""
        return self._logits(model, self._probe)

    def _logits(self, model: Any, ids: list[int]) -> Any:
        import torch

        with torch.inference_mode():
            return model(input_ids=torch.tensor([ids], device=model.device), use_cache=False).logits.float()


def _too_large(request: Request, why: str) -> Completion:
    return Completion("", "error", "", (), error=f"out of memory with this prompt alone: {why}")


def _unreadable(row: list[int], why: str) -> float:
    raise ArmError(f"a choice of {len(row)} tokens does not fit the memory beside its prompt: {why}")
