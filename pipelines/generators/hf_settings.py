"""What is configured of a model that runs in this process; loading and answering are elsewhere."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self

from harness.errors import ArmError, ModelError, reason
from harness.machine.precision import native_dtype
from harness.store.checkpoints import content_key, is_local, local_path
from harness.store.spec import ADDED
from pipelines.device import device_name, pick_device
from pipelines.generators.chat import SystemRole
from pipelines.generators.halving import out_of_memory
from pipelines.generators.vllm_engine.parallel import gpus_asked, parallel_problems

OWN_CODE = "trust_remote_code"
"""the setting that libraries ask for where a model comes with Python code"""
NEEDS_CODE = (
    "it needs Python code of its own (auto_map in its config files), which is never executed here; take a version of "
    "the model that transformers knows by itself"
)
SETTLED = frozenset(
    {"model", "revision", "dtype", "max_model_len", "enable_lora", "max_lora_rank", "enable_prefix_caching"}
)
"""arguments of vllm.LLM that are no options"""
NO_TOKENIZER = "Couldn't instantiate the backend tokenizer"
"""how transformers begins a list of what it tried"""


@dataclass(frozen=True)
class HfSettings:
    """A checkpoint on disk or on the hub.

    Args:
        name: shown in tables and result folders.
        path: folder or hub id.
        revision: branch, tag or commit of a hub id; its commit is recorded.
        dtype: of weights that are not quantised, and of all products; auto takes what the device multiplies in
            hardware (`harness.machine.precision.native_dtype`).
        quantisation: nf4 (QLoRA), none (then the adapter is plain LoRA), or own: as the checkpoint's own
            quantization_config says. All arms share it.
        max_context: window in tokens; None takes the model's own.
        stop_tokens: tokens that end a turn, in addition to eos and those of the chat template.
        system_role: whether the template takes a system turn; auto finds out.
        template_options: extra arguments of the chat template.
        device: auto, cpu, cuda, cuda:1, mps.
        batch_tokens: the most prompt tokens, padding included, that one batch may hold.
        batch_size: the most prompts in one batch.
        gated_page: the page that grants access to a gated model; "" for none.
        chat_template: own, the tokenizer's; plain: for a base model that has none, texts in separate paragraphs.
        stop_loops: whether an answer that repeats a cycle of tokens again and again ends there, as cut off
            (`pipelines.generators.loops`).
        engine: what answers: hf, transformers; vllm, vLLM in the same process. Adapters are trained by transformers.
        engine_memory: share of a GPU's memory that vLLM takes for weights and cache.
        engine_options: further arguments of `vllm.LLM`.
        device_map: auto splits the model over the GPUs of this process (`pipelines.generators.device_map`); None has
            it on `device` alone.
    """

    name: str = field(compare=False)
    path: str = field(compare=False)
    revision: str | None = field(compare=False)
    dtype: Literal["auto", "bfloat16", "float16", "float32"]
    quantisation: Literal["nf4", "none", "own"]
    max_context: int | None
    stop_tokens: tuple[str, ...]
    system_role: SystemRole
    template_options: Mapping[str, bool | int | str]
    device: str = field(compare=False)
    batch_tokens: int = field(compare=False)
    batch_size: int = field(compare=False)
    gated_page: str = field(compare=False)
    chat_template: Literal["own", "plain"] = field(default="own", metadata=ADDED)
    stop_loops: bool = field(default=True, metadata=ADDED)
    engine: Literal["hf", "vllm"] = field(default="hf", metadata=ADDED)
    engine_memory: float = field(default=0.5, compare=False)
    engine_options: Mapping[str, Any] | None = field(default=None, metadata=ADDED)
    device_map: Literal["auto"] | None = field(default=None, compare=False)

    def resolved(self) -> Self:
        """Return this generator with the dtype that it has on this machine's device."""
        return replace(self, dtype=native_dtype(pick_device(self.device))) if self.dtype == "auto" else self

    def for_training(self) -> Self:
        """Return what an adapter depends on: it is the same one, whatever answers with it."""
        return replace(self, engine="hf", engine_options=None)

    def content_key(self) -> str:
        """Return the hash of the local files, or the hub id with its commit."""
        with self.explained():
            return content_key(self.path, self.revision)

    def problems(self) -> Sequence[str]:
        if not re.fullmatch(r"auto|cpu|mps|cuda(:\d+)?", self.device):
            return [f"device is {self.device!r}; it must be auto, cpu, mps, cuda or cuda:NUMBER"]
        positive = {
            "batch_tokens": self.batch_tokens,
            "batch_size": self.batch_size,
            "max_context": self.max_context if self.max_context is not None else 1,
        }
        few = [f"{key} is {value}; it must be 1 or more" for key, value in positive.items() if value < 1]
        return [*few, *self._engine_problems(), *self._split_problems()]

    def _split_problems(self) -> Iterator[str]:
        if self.device_map is None:
            return
        if self.engine != "hf":
            own = "model.engine_options={tensor_parallel_size: N}"
            yield f"device_map is {self.device_map}, and engine is {self.engine}, which splits a model by {own}"
        if self.device not in ("auto", "cuda"):
            yield f"device_map is {self.device_map}, and device is {self.device}: set device=cuda, or leave it out"

    def _engine_problems(self) -> Iterator[str]:
        if not 0.0 < self.engine_memory < 1.0:
            yield f"engine_memory is {self.engine_memory}; it is a share, above 0 and below 1"
        if self.engine_options and self.engine == "hf":
            yield "engine_options are vLLM's, and engine is hf: set model.engine=vllm, or leave them out"
        if taken := sorted(SETTLED & set(self.engine_options or ())):
            yield f"engine_options sets {taken[0]}, which follows from the model and the arms: leave it out"
        yield from parallel_problems(self.engine_options or {})
        if self.engine == "vllm" and self.device.startswith("cuda:"):
            number = self.device.partition(":")[2]
            advice = f"set CUDA_VISIBLE_DEVICES={number} and device=cuda"
            yield f"device is {self.device}, and vLLM takes the first it sees: {advice}"

    def device_name(self) -> str:
        """Return what answers are timed on; vLLM's are those of its options of parallelism."""
        every = self.device_map is not None
        return device_name(self.device, gpus=None if every else gpus_asked(self.engine_options or {}))

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what hub, files and the libraries that read them raise into a ModelError that says what to do.

        Everything: a library that is given a list for a mapping, or half a file, raises whatever comes of it.
        """
        try:
            yield
        except Exception as error:
            raise ModelError(self._explanation(error)) from error

    def _explanation(self, error: Exception) -> str:
        message = f"model {self.name} ({self.path}) cannot be loaded: {self._unknown_name(error) or _said(error)}"
        if self.gated_page:
            message += f"\n  It is gated: ask for access at {self.gated_page}, then run `hf auth login`."
        return message

    def _unknown_name(self, error: Exception) -> str:
        """Return which setting of config.json names what transformers has not, where it looked for it in vain."""
        if not isinstance(error, KeyError) or not is_local(self.path):
            return ""
        try:
            found = where_it_says(json.loads(Path(local_path(self.path), "config.json").read_text()), error.args[0])
        except (OSError, ValueError, IndexError, RecursionError):
            return ""
        known = "is none that the installed transformers knows; take another model, or a transformers that knows it"
        return f"config.json says {found}: {error.args[0]}, which {known}" if found else ""


def where_it_says(settings: Any, value: Any) -> str:
    """Return the dotted key under which settings have a text, the outermost first; "" without any."""
    inner = settings.items() if isinstance(settings, dict) and isinstance(value, str) else ()
    if direct := next((key for key, own in inner if own == value), ""):
        return str(direct)
    return next((f"{key}.{deep}" for key, own in inner if (deep := where_it_says(own, value))), "")


def _said(error: Exception) -> str:
    """Return what is wrong in a line, also where libraries say it at length or give advice that does not help here."""
    text = str(error)
    if OWN_CODE in text:
        return NEEDS_CODE
    if unknown := re.search(r"has model type `([^`]*)` but Transformers does not recognize", text):
        return f"its model_type, {unknown[1]}, is none that the installed transformers knows; take another model"
    if NO_TOKENIZER in text:
        return "its tokenizer files cannot be read; copy tokenizer.json of the model that it was made from"
    if isinstance(error, ArmError):
        return text
    if out_of_memory(error):
        return (
            f"its weights do not fit the memory of this machine's device ({reason(error, 120)}); set "
            "model.quantisation=nf4, or take a smaller model or a larger device"
        )
    if isinstance(error, OSError | ValueError) and text.strip():
        return reason(error).removeprefix(f"{type(error).__name__}: ")
    return f"its files are not those of a model ({reason(error)})"
