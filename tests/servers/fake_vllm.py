"""The part of vLLM 0.32 that the harness uses, answered by transformers: arguments as they are there, one by one."""

import sys
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace

BLOCK = 16
"""tokens of a block of the prefix cache"""


@dataclass
class RepetitionDetectionParams:
    max_pattern_size: int = 0
    min_pattern_size: int = 0
    min_count: int = 0

    def found(self, ids):
        sizes = range(self.min_pattern_size, self.max_pattern_size + 1)
        return any(ids[-size * self.min_count :] == ids[-size:] * self.min_count for size in sizes)


@dataclass
class SamplingParams:
    temperature: float = 1.0
    max_tokens: int = 16
    stop_token_ids: list | None = None
    ignore_eos: bool = False
    detokenize: bool = True
    logprobs: int | None = None
    logprob_token_ids: list | None = None
    repetition_detection: RepetitionDetectionParams | None = None
    skip_reading_prefix_cache: bool | None = None


@dataclass(frozen=True)
class LoRARequest:
    lora_name: str
    lora_int_id: int
    lora_path: str = ""


class ModelRegistry:
    @staticmethod
    def get_supported_archs():
        return {"LlamaForCausalLM"}


@dataclass
class FakeVllm:
    """What the tests set and see."""

    faults: set = field(default_factory=set)
    """no adapter: requests with one are answered without; second choice: decoding is not greedy; no memory; stuck"""
    base: str = ""
    """a checkpoint that is loaded instead"""
    started: list = field(default_factory=list)
    """the arguments of each LLM"""
    asked: list = field(default_factory=list)
    """the SamplingParams of each call"""
    device: str = "cpu"
    """for which it was built"""
    busy: bool = False
    """the prefix cache is not dropped, as with requests under way"""
    closed: int = 0
    forgotten: int = 0


class FakeLLM:
    state: FakeVllm

    def __init__(self, model, *, dtype="auto", revision=None, max_model_len=None, enable_prefix_caching=None,
                 enable_lora=False, max_loras=1, max_lora_rank=16, generation_config="auto", seed=0,
                 use_tqdm_on_load=True, kv_cache_memory_bytes=None, gpu_memory_utilization=0.92,
                 enforce_eager=False):  # fmt: skip
        self.state.started.append({name: value for name, value in locals().items() if name != "self"})
        if "no memory" in self.state.faults:
            raise ValueError("Available memory on node 0 (1/2 GiB) on startup is less than desired")
        self.window, self.rank = max_model_len, max_lora_rank
        self.models = {"": _load(self.state.base or model, dtype)}
        self.path, self.dtype, self.known = self.state.base or model, dtype, []
        self.waiting = []
        self.llm_engine = SimpleNamespace(
            add_request=self._add,
            step=self._step,
            add_lora=self._model,
            engine_core=SimpleNamespace(shutdown=self._shut_down),
        )

    def _shut_down(self):
        self.state.closed += 1

    def generate(self, prompts, sampling_params=None, *, use_tqdm=True, lora_request=None, priority=None,
                 tokenization_kwargs=None, mm_processor_kwargs=None):  # fmt: skip
        params = sampling_params if isinstance(sampling_params, list) else [sampling_params] * len(prompts)
        self.state.asked.append(params[0])
        pairs = zip(prompts, params, strict=True)
        return [self._output(str(at), *pair, lora_request) for at, pair in enumerate(pairs)]

    def reset_prefix_cache(self, reset_running_requests=False, reset_connector=False):
        if self.state.busy:
            return False
        self.state.forgotten += 1
        self.known.clear()
        return True

    def _add(self, request_id, prompt, params, arrival_time=None, lora_request=None):
        self.state.asked.append(params)
        self.waiting.append([request_id, prompt, params, lora_request, 0])
        return f"{request_id}-internal"

    def _step(self):
        """Write a token for all that wait: the answers are known at once, and shown token by token."""
        outputs = []
        for one in list(self.waiting):
            if one[4] == 0:
                one.append(self._output(*one[:4]))  # what was cached is that of the first step
                one.append(list(one[5].outputs[0].token_ids))
            one[4] += 1
            whole, ids = one[5], one[6]
            whole.finished = one[4] >= len(ids)
            whole.outputs[0].token_ids = ids[: one[4]]
            outputs.append(whole)
            if whole.finished:
                self.waiting.remove(one)
        return outputs

    def _model(self, lora):
        name = "" if lora is None or "no adapter" in self.state.faults else lora.lora_name
        if name not in self.models:
            import json
            from pathlib import Path

            from peft import PeftModel

            rank = json.loads(Path(lora.lora_path, "adapter_config.json").read_text())["r"]
            if rank > self.rank:
                raise ValueError(f"LoRA rank {rank} is greater than max_lora_rank {self.rank}.")
            self.models[name] = PeftModel.from_pretrained(_load(self.path, self.dtype), lora.lora_path).eval()
        return self.models[name]

    def _output(self, request_id, prompt, params, lora):
        assert params.temperature == 0.0
        assert params.ignore_eos
        ids = list(prompt["prompt_token_ids"])
        if len(ids) + 1 > self.window:
            raise ValueError(f"The prompt ({len(ids)} tokens) is longer than {self.window}")
        model = self._model(lora)
        written, places, reason = self._written(model, ids, params)
        cached = 0 if params.skip_reading_prefix_cache else self._cached([lora and lora.lora_name, *ids])
        answer = SimpleNamespace(
            token_ids=written,
            finish_reason=reason,
            logprobs=places if params.logprobs is not None or params.logprob_token_ids else None,
        )
        return SimpleNamespace(request_id=request_id, outputs=[answer], num_cached_tokens=cached, finished=True)

    def _cached(self, ids):
        same = max((_alike(ids, other) for other in self.known), default=1) - 1
        self.known.append(ids)
        return same // BLOCK * BLOCK

    def _written(self, model, ids, params):
        written, places = [], []
        while True:
            logits = _logits(model, [*ids, *written])[-1]
            order = logits.argsort(descending=True).tolist()
            token = order["second choice" in self.state.faults and len(written) == 1]
            written.append(token)
            wanted = {token, *order[: params.logprobs or 0], *(params.logprob_token_ids or ())}
            places.append({one: _place(logits, one, order) for one in wanted})
            if token in (params.stop_token_ids or ()):
                return written, places, "stop"
            if len(written) >= params.max_tokens:
                return written, places, "length"
            if params.repetition_detection and params.repetition_detection.found(written):
                return written, places, "repetition"


def module(state):
    """The modules of vLLM by their names, for sys.modules."""

    made = ModuleType("vllm")
    made.__spec__ = ModuleSpec("vllm", None)
    made.__version__ = "0.32.0"
    made.LLM = type("LLM", (FakeLLM,), {"state": state})
    made.SamplingParams, made.ModelRegistry = SamplingParams, ModelRegistry
    rest = {
        "sampling_params": {"RepetitionDetectionParams": RepetitionDetectionParams},
        "lora": {},
        "platforms": {"current_platform": SimpleNamespace(device_type=state.device)},
        "lora.request": {"LoRARequest": LoRARequest},
        "distributed": {"cleanup_dist_env_and_memory": lambda: None},
    }
    modules = {"vllm": made}
    for name, contents in rest.items():
        modules[f"vllm.{name}"] = ModuleType(f"vllm.{name}")
        vars(modules[f"vllm.{name}"]).update(contents)
    return modules


def install(monkeypatch, **settings):
    """Put the fake in vLLM's place; returns what tests set and see."""
    state = FakeVllm(**settings)
    for name, made in module(state).items():
        monkeypatch.setitem(sys.modules, name, made)
    return state


def _load(path, dtype):
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(path, dtype=getattr(torch, dtype)).eval()


def _logits(model, ids):
    import torch

    with torch.inference_mode():
        return model(input_ids=torch.tensor([ids]), use_cache=False).logits[0].float()


def _place(logits, token, order):
    return SimpleNamespace(logprob=float(logits.log_softmax(-1)[token]), rank=order.index(token) + 1)


def _alike(one, other):
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
