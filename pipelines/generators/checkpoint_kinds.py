"""What kind of folder a checkpoint is, by its files' names and first bytes: one that cannot answer is named at once.

Libraries say of most of these folders something else: that a file of another name is missing, or they load another
model than the one in the folder.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.errors import ArmError, reason
from harness.store.checkpoints import READ
from pipelines.generators.checkpoint_files import INDEX, WEIGHTS

ADAPTER_CONFIG: Final = "adapter_config.json"
PICKLED: Final = (".bin", ".pt", ".pth", ".ckpt")
OTHER_WEIGHTS: Final = (".gguf", ".h5", ".msgpack", ".onnx", ".npz")
"""formats that transformers' language models are not loaded from here"""
BESIDE: Final = frozenset(
    {"training_args.bin", "optimizer.bin", "optimizer.pt", "scheduler.pt", "rng_state.pth", "scaler.pt"}
)
"""pickled files of a training, which hold no weights"""
TOKENIZERS: Final = (
    "tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model", "sentencepiece.bpe.model",
    "tekken.json", "*.tiktoken",
)  # fmt: skip
POINTER: Final = b"version https://git-lfs.github.com/spec"
"""how the file begins that Git LFS leaves in the place of a large one"""
CONVERT: Final = "python -m harness.cli.convert"
GENERATES: Final = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration", "ModelWithLMHead", "Model")
"""how classes end that write text, or hold such a model's layers"""


def check_folder(folder: Path) -> None:
    """Look whether a folder holds a language model with weights and tokenizer that can be read as they are.

    Raises:
        ArmError: it does not; the message says what it is, and what to do.
    """
    check_fetched(folder)
    _check_config(folder)
    _check_weights(folder)
    _check_tokenizer(folder)


def check_architecture(config: Any) -> None:
    """Look whether the configuration is that of a causal language model.

    Args:
        config: as transformers reads it.

    Raises:
        ArmError: it is an encoder-decoder (T5, BART), an encoder (BERT), or another kind of model.
    """
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    kind, named = str(getattr(config, "model_type", "")), _architectures(config)
    if getattr(config, "is_encoder_decoder", False):
        what = "an encoder-decoder"
    elif kind not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES or (named and not any(map(_generates, named))):
        what = "no causal language model"
    else:
        return
    raise ArmError(
        f"it is {what} ({', '.join(named) or f'model_type {kind}'}); arms answer with decoder-only models such as "
        "Llama, Qwen, Mistral, Gemma or Phi"
    )


def check_fetched(folder: Path) -> None:
    """Refuse a folder in which Git LFS left pointers in the place of files."""
    suffixes = (*READ, *PICKLED, *OTHER_WEIGHTS)
    small = [path for path in _of(folder, suffixes) if path.stat().st_size < 1024]
    if pointers := [path for path in small if path.read_bytes().startswith(POINTER)]:
        raise ArmError(
            f"{_named(pointers)} {'is a pointer' if len(pointers) == 1 else 'are pointers'} of Git LFS and not the "
            f"content; fetch it with `git lfs pull` in {folder}, or download the model again"
        )


def adapter_settings(folder: Path) -> Mapping[str, Any]:
    """Return the adapter_config.json of a folder.

    Raises:
        ArmError: it is no JSON object.
    """
    path = folder / ADAPTER_CONFIG
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise ArmError(f"{path} cannot be read ({reason(error)}); copy the adapter again") from error


def _check_config(folder: Path) -> None:
    has_config = (folder / "config.json").is_file()
    if (folder / ADAPTER_CONFIG).is_file():
        raise ArmError(_adapter_in(folder, has_config))
    if not has_config:
        others = _of(folder, (*PICKLED, *OTHER_WEIGHTS))
        found = f", only {_named(others)}" if others else ""
        raise ArmError(f"{folder} holds no config.json{found}: it is no checkpoint in Hugging Face's format")


def _adapter_in(folder: Path, has_config: bool) -> str:
    """Say what an adapter does here: it is no model, and beside one transformers loads the adapter's base instead."""
    base = adapter_settings(folder).get("base_model_name_or_path") or "a model that it does not name"
    if has_config:
        return (
            f"{folder} holds a model and an adapter ({ADAPTER_CONFIG}), with which transformers would load {base} "
            f"instead; remove {ADAPTER_CONFIG} if the adapter is merged into the weights, else keep it in a folder of "
            "its own (adapter.path)"
        )
    return (
        f"{folder} holds an adapter of {base} and no model; set model.path to that model and adapter.path={folder} to "
        "answer with the adapter"
    )


def _check_weights(folder: Path) -> None:
    if (folder / INDEX).is_file() or (folder / WEIGHTS).is_file():
        return
    if pickled := _of(folder, PICKLED):
        raise ArmError(
            f"its weights are pickled ({_named(pickled)}), and unpickling can run any code; convert them once, without "
            f"running any: {CONVERT} {folder} {folder}-safetensors"
        )
    if others := _of(folder, (*OTHER_WEIGHTS, ".safetensors")):
        raise ArmError(
            f"its weights are in {_named(others)}, which is not read; what is read is {WEIGHTS}, or {INDEX} and its "
            "parts: take the model in that format"
        )
    raise ArmError(f"{folder} holds no weights (neither {WEIGHTS} nor {INDEX}); copy the whole checkpoint")


def _check_tokenizer(folder: Path) -> None:
    if not any(next(folder.glob(name), None) for name in TOKENIZERS):
        raise ArmError(
            f"{folder} holds no tokenizer (none of {', '.join(TOKENIZERS[:5])}); copy the tokenizer's files of the "
            "model that it was made from"
        )


def _of(folder: Path, suffixes: Sequence[str]) -> Sequence[Path]:
    there = (path for path in sorted(folder.glob("*")) if path.suffix in suffixes and path.is_file())
    return [path for path in there if path.name not in BESIDE]


def _named(paths: Sequence[Path]) -> str:
    """Name a few files."""
    names = ", ".join(path.name for path in paths[:3])
    return f"{names} and {len(paths) - 3} more" if len(paths) > 3 else names


def _architectures(config: Any) -> Sequence[str]:
    named = getattr(config, "architectures", None)
    return [str(name) for name in named] if isinstance(named, list) else []


def _generates(architecture: str) -> bool:
    return architecture.endswith(GENERATES)
