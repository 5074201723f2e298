"""An adapter that a user brings (adapter.path) instead of having one trained: its files, and what identifies it."""

import json
import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, Final

from harness.errors import ArmError, reason
from harness.store.checkpoints import checkpoint_folder, is_local, local_path
from harness.store.portable import portable
from harness.store.spec import file_sha256
from pipelines.generators.checkpoint_files import tensors_of
from pipelines.generators.checkpoint_kinds import ADAPTER_CONFIG, CONVERT, adapter_settings, check_fetched, folders_with

WEIGHTS: Final = "adapter_model.safetensors"
PLAIN_STARTS: Final = (None, True, False, "gaussian", "orthogonal", "eva", "true", "false")
"""ways to draw an adapter's first weights that leave the base as it is; pissa, olora, corda and loftq change it"""
BESIDE: Final = (
    "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "chat_template.jinja",
)  # fmt: skip
"""files that training leaves beside an adapter, by which it is compared with its base"""
MORE: Final = (
    "use_dora", "modules_to_save", "trainable_token_indices", "alora_invocation_tokens", "layer_replication",
    "target_parameters", "lora_bias", "use_qalora", "use_bdlora", "arrow_config", "kasa_config", "velora_config",
    "monteclora_config", "megatron_config",
)  # fmt: skip
"""settings of PEFT that make more than a plain LoRA adapter"""
FACT: Final = "brought"
"""Among the facts of an adapter."""


@dataclass(frozen=True)
class BroughtAdapter:
    """A LoRA adapter in PEFT's format. Keys hold its content and never where it lies.

    Args:
        path: folder or hub id.
        revision: branch, tag or commit of a hub id.
        refusal: what it answers where there is no answer, if it was taught one.
    """

    KEY: ClassVar[str] = "pipelines.qlora.brought.BroughtAdapter"
    VERSION: ClassVar[int] = 1

    path: str = field(compare=False)
    revision: str | None = field(compare=False)
    refusal: str

    def content_key(self) -> str:
        """Return the hash of its settings and weights, and of the tokenizer beside them.

        Raises:
            ArmError: it is no adapter that can be attached; the message says what it is.
        """
        return _content(self.folder())

    def folder(self) -> Path:
        """Return where its files are, after fetching one of the hub.

        Raises:
            ArmError: there are none, or they are not those of a plain LoRA adapter.
        """
        try:
            here = Path(local_path(self.path)) if is_local(self.path) else self._fetched()
            _check_files(here)
            _check_settings(adapter_settings(here))
        except ArmError as error:
            raise ArmError(f"adapter.path is {self.path}: {error}") from error
        return here

    def remarks(self) -> Sequence[str]:
        """Say which settings do not count."""
        own = adapter_settings(self.folder())
        text = f"the adapter is taken as it is (rank {own.get('r')}, alpha {own.get('lora_alpha')})"
        return [f"adapter.path: {text}; adapter.rank, .epochs and the like do not count"]

    def copy_to(self, folder: Path) -> Mapping[str, Any]:
        """Copy settings and weights, and return the facts for the record."""
        source = self.folder()
        settings = portable(dict(adapter_settings(source)))  # PEFT notes where the base model lay
        (folder / ADAPTER_CONFIG).write_text(json.dumps(settings, indent=1), encoding="utf-8")
        shutil.copyfile(source / WEIGHTS, folder / WEIGHTS)
        sizes = [_count(shape) for _, shape in tensors_of(source / WEIGHTS)]
        named = {"base": settings.get("base_model_name_or_path"), "rank": settings.get("r")}
        return {FACT: {"from": portable(self.path), **named}, "trainable_parameters": sum(sizes)}

    def _fetched(self) -> Path:
        try:
            return checkpoint_folder(self.path, self.revision or "main")
        except ArmError as error:
            raise ArmError(str(error).removeprefix(f"model path {self.path!r}: ")) from error


def _check_files(folder: Path) -> None:
    check_fetched(folder)
    if not (folder / ADAPTER_CONFIG).is_file():
        what = "a model and no adapter; set model.path to it" if (folder / "config.json").is_file() else "no adapter"
        raise ArmError(f"it holds {what} (there is no {ADAPTER_CONFIG}){folders_with(folder, ADAPTER_CONFIG)}")
    if (folder / WEIGHTS).is_file():
        return
    if (folder / "adapter_model.bin").is_file():
        raise ArmError(f"its weights are pickled; convert them once: {CONVERT} {folder} {folder}-safetensors")
    raise ArmError(f"it holds no {WEIGHTS}; copy the whole adapter")


def _check_settings(settings: Mapping[str, Any]) -> None:
    """Refuse what is more than a LoRA adapter: it would not be swapped in and out without leaving a trace."""
    wrong = [
        *([f"peft_type {settings.get('peft_type')}"] if settings.get("peft_type", "LORA") != "LORA" else []),
        *([f"task_type {settings['task_type']}"] if settings.get("task_type") not in (None, "CAUSAL_LM") else []),
        *([f"bias {settings['bias']}"] if settings.get("bias") not in (None, "none") else []),
        *(name for name in MORE if settings.get(name)),
    ]
    if settings.get("init_lora_weights") not in PLAIN_STARTS:
        wrong.append(f"init_lora_weights {settings['init_lora_weights']}")
    if wrong:
        raise ArmError(
            f"it is more than a plain LoRA adapter ({', '.join(wrong)}); merge it into its base "
            "(PEFT: merge_and_unload) and set model.path to the result"
        )
    for name in ("r", "lora_alpha"):
        if not _is_size(value := settings.get(name)):
            raise ArmError(f"its {ADAPTER_CONFIG} says {name} {str(value)[:40]!r}, which is no number, or 0")


def _is_size(value: object) -> bool:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else 0
    return number != 0 and math.isfinite(number)


def _content(folder: Path) -> str:
    beside = [folder / name for name in BESIDE if (folder / name).is_file()]
    files = [folder / ADAPTER_CONFIG, folder / WEIGHTS, *beside]
    return _hashed(tuple((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files))


@cache
def _hashed(stamp: tuple[tuple[str, int, int], ...]) -> str:
    try:
        parts = [file_sha256(Path(name)) for name, _, _ in stamp]
    except OSError as error:
        raise ArmError(f"adapter.path: a file cannot be read ({reason(error)})") from error
    return f"sha256:{sha256(' '.join(parts).encode()).hexdigest()}"


def _count(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size
