"""Whether a brought adapter belongs to the base that it is to be attached to."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.errors import ArmError, reason
from harness.store.checkpoints import content_key, is_local
from pipelines.generators.checkpoint_files import tensors_of
from pipelines.generators.checkpoint_kinds import adapter_settings
from pipelines.generators.hf import LoadedHf
from pipelines.generators.hf_settings import HfSettings
from pipelines.qlora.brought import WEIGHTS, BroughtAdapter

Shapes = Mapping[str, tuple[int, ...]]
LARGEST_SCALE: Final = 64
"""beyond it, an adapter drowns its base"""
BEGUN_AT_0: Final = ("lora_B", "lora_embedding_A")
"""matrices that are 0 before training"""
TOKENIZERS: Final = ("tokenizer.json", "tokenizer.model")


def doubts(adapter: BroughtAdapter, loaded: LoadedHf) -> Sequence[str]:
    """Compare an adapter with the base model, without weights of either.

    Returns:
        What is doubtful, in a sentence each: another base is named, or another template or other tokens are beside it.

    Raises:
        ArmError: its matrices do not fit the base's layers or hold no update, or it was trained with another
            vocabulary.
    """
    folder = adapter.folder()
    _check_shapes(dict(tensors_of(folder / WEIGHTS)), _shapes(folder, loaded), loaded.generator)
    _check_values(folder / WEIGHTS)
    return [*_odd_settings(folder), *_other_base(folder, loaded.generator), *_other_tokens(folder, loaded)]


def _shapes(folder: Path, loaded: LoadedHf) -> Shapes:
    """Return what PEFT would want of an adapter with these settings on this base."""
    import torch
    from peft import PeftConfig, get_peft_model, get_peft_model_state_dict

    try:
        with torch.device("meta"), warnings.catch_warnings(action="ignore"):
            settings = PeftConfig.from_pretrained(str(folder))
            adapted = get_peft_model(loaded.without_weights(), settings)
            wanted = get_peft_model_state_dict(adapted, save_embedding_layers=False)
    except Exception as error:  # target modules that this base has not, settings of another version
        raise ArmError(
            f"adapter.path is {folder}: it does not fit {loaded.generator.name} ({reason(error)})"
        ) from error
    return {name: tuple(tensor.shape) for name, tensor in wanted.items()}


def _check_shapes(there: Shapes, wanted: Shapes, base: HfSettings) -> None:
    missing, more = sorted(set(wanted) - set(there)), sorted(set(there) - set(wanted))
    other = [name for name in sorted(set(there) & set(wanted)) if there[name] != wanted[name]]
    lines = [f"no {name}" for name in missing[:1]] + [f"{name}, for which the base has no layer" for name in more[:1]]
    lines += [f"{name} of {there[name]} where {wanted[name]} is wanted" for name in other[:1]]
    if lines:
        raise ArmError(
            f"the adapter does not fit {base.name}: {len(missing) + len(more) + len(other):,} of its matrices differ "
            f"({'; '.join(lines)}); take the base that it was trained on, or train one (adapter.path=null)"
        )


def _check_values(path: Path) -> None:
    """Refuse weights that are not numbers, or that change nothing."""
    from safetensors.torch import load_file

    tensors = load_file(path)
    if odd := [name for name, one in tensors.items() if one.is_floating_point() and not bool(one.isfinite().all())]:
        raise ArmError(
            f"adapter.path is {path.parent}: {len(odd):,} of its matrices hold values that are not finite numbers "
            f"({odd[0]}); its training failed, or the file is damaged"
        )
    if not any(bool(one.any()) for name, one in tensors.items() if any(part in name for part in BEGUN_AT_0)):
        raise ArmError(f"adapter.path is {path.parent}: its update is 0 everywhere, as before training; train it first")


def _odd_settings(folder: Path) -> Iterator[str]:
    from dataclasses import fields

    from peft import LoraConfig

    settings = adapter_settings(folder)
    rank = settings["r"] ** (0.5 if settings.get("use_rslora") else 1)
    scale = max(settings["lora_alpha"], *(settings.get("alpha_pattern") or {0: 0}).values()) / rank
    if abs(scale) > LARGEST_SCALE:
        yield f"the adapter's update is multiplied by {scale:,.0f} (lora_alpha / r), where 0.5 to 4 is usual"
    known = {one.name for one in fields(LoraConfig)}
    if new := [name for name, value in settings.items() if name not in known and value]:
        yield f"the adapter has settings that the installed PEFT does not know and leaves out: {', '.join(new[:3])}"


def _other_base(folder: Path, base: HfSettings) -> Iterator[str]:
    named = str(adapter_settings(folder).get("base_model_name_or_path") or "")
    if not named or _last(named) in (_last(base.path), _last(base.name)):
        return
    if is_local(named) and content_key(named, None) == base.content_key():
        return
    yield (
        f"the adapter was trained on {_last(named)}, as its adapter_config.json says, and answers with {base.name}: "
        "its matrices fit, but are updates of other weights; set model.path to its own base"
    )


def _last(path: str) -> str:
    return path.rstrip("/\\").replace("\\", "/").rpartition("/")[2].lower()


def _other_tokens(folder: Path, loaded: LoadedHf) -> Iterator[str]:
    """Compare the tokenizer beside an adapter, where training left one, with the base's.

    Raises:
        ArmError: the two have other tokens.
    """
    if not any((folder / name).is_file() for name in TOKENIZERS):
        return
    own, base = _tokenizer(folder), loaded.format.tokenizer
    vocabulary, added = base.get_vocab(), own.get_added_vocab()
    differing = [token for token, at in own.get_vocab().items() if vocabulary.get(token) != at]
    if foreign := [token for token in differing if token not in added]:
        raise ArmError(
            f"the adapter was trained with another vocabulary than {loaded.generator.name}'s: {len(foreign):,} tokens "
            f"differ, such as {foreign[0]!r}"
        )
    if differing:
        yield f"the adapter's tokenizer has {len(differing):,} added tokens that the base has not: {differing[0]!r}"
    if own.chat_template and not loaded.format.plain and own.chat_template != base.chat_template:
        yield (
            "the adapter was trained with another chat template than the base's, which is used: its prompts were "
            "others; to use its own, copy the adapter's chat_template.jinja into a copy of the base"
        )


def _tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
    except Exception as error:
        raise ArmError(
            f"adapter.path is {folder}: its tokenizer cannot be read ({reason(error)}); remove it"
        ) from error
