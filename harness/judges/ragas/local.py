"""A judging model in this process. The shape of its replies is not enforced: the model must be able to keep to it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from harness.errors import ArmError, JudgeError, reason
from harness.judges.ragas.reply import Message, Reply
from harness.machine.precision import native_dtype
from harness.store.checkpoints import checkpoint_folder, checkpoint_key

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True)
class LocalModel:
    """A causal language model with a chat template, answering greedily and one question at a time.

    Args:
        path: a folder, "package:NAME/SUBFOLDER" or a hub id, with safetensors weights.
        revision: branch, tag or commit of a hub id; unused for folders.
        dtype: of the weights; auto takes what the device multiplies in hardware.
        max_tokens: longest reply.
        device: auto, cpu, cuda ...
    """

    KEY: ClassVar[str] = "harness.judges.ragas.local.LocalModel"

    path: str = field(compare=False)
    revision: str = field(compare=False)
    dtype: Literal["auto", "bfloat16", "float16", "float32"]
    max_tokens: int
    device: str = field(compare=False)

    VERSION: ClassVar[int] = 1

    @property
    def model(self) -> str:
        return self.path

    def problems(self) -> Sequence[str]:
        problems = [] if self.path else ["path: empty; give a folder or a hub id"]
        return (
            problems if self.max_tokens > 0 else [*problems, f"max_tokens is {self.max_tokens}; it must be 1 or more"]
        )

    def resolved(self) -> "LocalModel":
        """Return this model with the dtype that it has on this machine's device."""
        return replace(self, dtype=native_dtype(_device(self.device))) if self.dtype == "auto" else self

    def content_key(self) -> str:
        """Return what identifies the weights."""
        try:
            return checkpoint_key(self.path, self.revision)
        except ArmError as error:
            raise JudgeError(f"judge.llm.path: {error}") from error

    def open(self, most_at_once: int) -> "LocalConversation":
        del most_at_once  # one model, one question at a time
        return LocalConversation(self)


class LocalConversation:
    """The loaded model, run in its own thread so that the event loop stays free."""

    def __init__(self, local: LocalModel) -> None:
        self._local = local
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> "LocalConversation":
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def ask(self, messages: list[Message], shape: "type[BaseModel]") -> Reply:
        del shape  # the prompt states it
        async with self._turn:
            return await asyncio.to_thread(self._answer, messages)

    def _answer(self, messages: list[Message]) -> Reply:
        import torch

        local = self._local
        try:
            folder = checkpoint_folder(local.path, local.revision)
        except ArmError as error:
            raise JudgeError(f"judge.llm.path: {error}") from error
        model, tokenizer = _load(folder, local.resolved().dtype, local.device)
        given = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
        ).to(model.device)
        begin = given["input_ids"].shape[1]
        with torch.inference_mode():
            written = model.generate(**given, max_new_tokens=local.max_tokens, do_sample=False)[0, begin:]
        return Reply(tokenizer.decode(written, skip_special_tokens=True), begin, len(written))


def _device(device: str) -> str:
    import torch

    return ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device


@lru_cache(maxsize=1)
def _load(folder: Path, dtype: str, device: str) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        model = AutoModelForCausalLM.from_pretrained(
            folder, dtype=getattr(torch, dtype), local_files_only=True, trust_remote_code=False, use_safetensors=True
        )
    except Exception as error:  # whatever comes of half a file, or of one that is something else
        raise JudgeError(f"judge.llm.path: {folder} cannot be loaded as a language model: {reason(error)}") from error
    if not tokenizer.chat_template:
        raise JudgeError(f"judge.llm.path: {folder} has no chat template, so it cannot be used as a judge")
    loaded: Any = model
    return loaded.to(_device(device)).eval(), tokenizer
