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
from pipelines.generators.quantised import SETTINGS

ADAPTER_CONFIG: Final = "adapter_config.json"
CONFIG: Final = "config.json"
PART: Final = "model-*-of-*.safetensors"
"""how weights in several files are called"""
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
TOKENIZER_TABLES: Final = ("tokenizer.json", "vocab.json", "special_tokens_map.json", "added_tokens.json")
"""JSON of which libraries do not say which file is cut"""
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
    from transformers.models.auto.modeling_auto import (
        MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
        MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    )

    kind, named = str(getattr(config, "model_type", "")), _architectures(config)
    writes = any(name.endswith(GENERATES[:-1]) for name in named)
    if getattr(config, "is_encoder_decoder", False):
        what = "an encoder-decoder"
    elif kind in MODEL_FOR_MASKED_LM_MAPPING_NAMES and not writes and not getattr(config, "is_decoder", False):
        what = "an encoder"
    elif kind not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES or (named and not any(map(_generates, named))):
        what = "no causal language model"
    else:
        return _check_known(kind, named)
    raise ArmError(
        f"it is {what} ({', '.join(named) or f'model_type {kind}'}); arms answer with decoder-only models such as "
        "Llama, Qwen, Mistral, Gemma or Phi"
    )


def _check_known(kind: str, named: Sequence[str]) -> None:
    """Refuse a model of its own class: by its model_type, transformers would run another one in its place."""
    import transformers

    if not named or {name.lower() for name in named} & {name.lower() for name in dir(transformers)}:
        return
    raise ArmError(
        f"its architecture, {', '.join(named)}, is not transformers' own, and {CONFIG} says model_type {kind}, which "
        "would run in its place: Python code that comes with a model is never executed. If its layers are exactly "
        f"those of {kind}, say so in {CONFIG} (architectures); else take a model that transformers knows by itself"
    )


def architecture_doubts(config: Any) -> Sequence[str]:
    """Return what a configuration says of a model's code that does not hold here, a sentence each.

    Args:
        config: one that `check_architecture` passes.
    """
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    kind, named = str(getattr(config, "model_type", "")), _architectures(config)
    runs = MODEL_FOR_CAUSAL_LM_MAPPING_NAMES[kind]
    others = {name for name in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.values() if name != runs} & set(named)
    code = "it comes with Python code of its own (auto_map), which is never executed"
    other = f"its architecture is {', '.join(named)}, and its model_type is {kind}"
    doubts = [code] * bool(getattr(config, "auto_map", None)) + [other] * (bool(others) and runs not in named)
    return [f"{doubt}: transformers' {runs} runs" for doubt in doubts]


def check_fetched(folder: Path) -> None:
    """Refuse a folder in which Git LFS left pointers in the place of files, or whose links lead nowhere."""
    if lost := [path for path in sorted(folder.glob("*")) if path.is_symlink() and not path.exists()]:
        raise ArmError(
            f"{_named(lost)} in {folder} {'links' if len(lost) == 1 else 'link'} to a file that is not there "
            f"({lost[0].readlink()}); copy the files themselves (cp -L), or download the model again"
        )
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
    return _json_object(folder / ADAPTER_CONFIG)


def _json_object(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ArmError(f"{path} cannot be read: it is not in UTF-8; save it so, or copy it again") from error
    except (OSError, ValueError, RecursionError) as error:
        raise ArmError(f"{path} cannot be read ({reason(error)}); copy it again from the model's page") from error
    if not isinstance(content, dict):
        raise ArmError(f"{path} holds a {type(content).__name__} and no JSON object; copy it again")
    return content


def folders_with(folder: Path, name: str) -> str:
    """Return a hint where not a folder, but those in it hold what is looked for: the checkpoints of a training.

    Args:
        folder: that lacks it.
        name: of the file that is looked for.
    """
    if cached := _in_cache(folder, name):
        return f"; it is a folder of the hub's cache, and the files are in {cached}"
    inside = [path.parent for path in sorted(folder.glob(f"*/{name}"))]
    return f"; there is one in {inside[-1]}" + (f" and {len(inside) - 1} more" if inside[1:] else "") if inside else ""


def _in_cache(folder: Path, name: str) -> Path | None:
    """Return the snapshot of a folder of the hub's cache (blobs, refs, snapshots), that of the main branch first."""
    folder = folder.parent if folder.name == "snapshots" else folder
    main = folder / "refs" / "main"
    wanted = main.read_text(encoding="utf-8").strip() if main.is_file() else ""
    found = [path.parent for path in sorted(folder.glob(f"snapshots/*/{name}"))]
    return next((path for path in found if path.name == wanted), found[-1] if found else None)


def _check_config(folder: Path) -> None:
    has_config = (folder / CONFIG).is_file()
    if (folder / ADAPTER_CONFIG).is_file():
        raise ArmError(_adapter_in(folder, has_config))
    if not has_config:
        others = _of(folder, (*PICKLED, *OTHER_WEIGHTS))
        found = f", only {_named(others)}" if others else ""
        near = folders_with(folder, CONFIG)
        raise ArmError(f"{folder} holds no {CONFIG}{found}: it is no checkpoint in Hugging Face's format{near}")
    for name in (CONFIG, "generation_config.json", "tokenizer_config.json"):
        if (folder / name).is_file():
            content = _json_object(folder / name)
            if odd := [key for key in SETTINGS if not isinstance(content.get(key) or {}, dict)]:
                raise ArmError(f"{folder / name}: {odd[0]} is no JSON object; copy the file again")
    own = _json_object(folder / CONFIG)
    if isinstance(own.get("quantization"), dict) and "bits" in own["quantization"]:
        raise ArmError(
            f"{folder} holds weights in {own['quantization']['bits']} bits for MLX, Apple's library (quantization in "
            f"{CONFIG}), which are not read here; take the model's unquantised weights"
        )


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
    if parts := sorted(folder.glob(PART)):
        raise ArmError(f"it holds {_named(parts)}, but not {INDEX}, which says what is in which; copy it, too")
    if others := _of(folder, (*OTHER_WEIGHTS, ".safetensors")):
        raise ArmError(
            f"its weights are in {_named(others)}, which is not read; what is read is {WEIGHTS}, or {INDEX} and its "
            "parts: take the model in that format"
        )
    raise ArmError(f"{folder} holds no weights (neither {WEIGHTS} nor {INDEX}); copy the whole checkpoint")


def _check_tokenizer(folder: Path) -> None:
    for name in TOKENIZER_TABLES:
        if (folder / name).is_file():
            _json_object(folder / name)
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
