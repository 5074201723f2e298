"""The base that arms answer with, as an ordinary checkpoint: for engines that know nothing of NF4.

NF4 weights are multiplied as what they stand for in the 16-bit format. That is what is written, so that a server of the
exported folder answers with the base that adapters were trained on.
"""

import json
import math
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from harness.errors import ArmError
from harness.machine.environment import environment
from harness.store.portable import portable
from harness.store.spec import file_sha256
from harness.types import Turn
from pipelines.device import free_memory
from pipelines.generators.chat import ChatFormat
from pipelines.generators.checkpoint_files import INDEX, WEIGHTS, tensors_of, weight_files
from pipelines.generators.hf_settings import HfSettings
from pipelines.generators.loading import checkpoint_on_disk, load_config, load_model, load_tokenizer
from pipelines.generators.quantised import SETTINGS, in_four_bits
from pipelines.generators.teacher_forcing import ROUNDINGS

PROVENANCE: Final = "export.json"
SHARD_BYTES: Final = 2 * 10**9
"""of one weight file, which is held in memory while it is written"""
COPIED: Final = (".json", ".jinja", ".model", ".txt")
"""endings of a checkpoint's small files: tokenizer, chat template, settings of generation"""
ASKED: Final = (Turn("user", "Tell me what you know about forks, knives and spoons."),)
"""the prompt after which both bases are compared"""

Shapes = Mapping[str, tuple[int, ...]]


def export_base(generator: HfSettings, folder: Path, shard_bytes: int = SHARD_BYTES) -> Mapping[str, Any]:
    """Write the dequantised base into a folder, and compare its logits with those of the base itself.

    Args:
        generator: its quantisation is NF4, by itself or as the checkpoint has it.
        folder: empty.
        shard_bytes: the most that one file of weights holds; one tensor may exceed it alone.

    Returns:
        What PROVENANCE holds.

    Raises:
        ArmError: the base is not in 4 bits, its layers have other names than in the checkpoint, or the logits differ by
            more than rounding accounts for.
    """
    if not in_four_bits(generator.quantisation, load_config(generator)):
        raise _nothing_to_export(generator)
    settings = replace(generator.resolved(), dtype=format_of(generator))
    model = load_model(settings)
    source = checkpoint_on_disk(settings)
    assert source is not None  # it was loaded from there
    packed = _packed(model)
    if not packed:
        raise _nothing_to_export(generator)
    shapes = _shapes(model, source, packed)
    _write_weights(model, packed, _shards(shapes, shard_bytes), folder)
    _copy_rest(source, folder, settings.dtype)
    facts = _provenance(generator, settings.dtype, packed)
    ids = asked_ids(settings)
    own = _logits(model, ids)
    del model, packed
    free_memory()
    check = compared(own, _logits(load_model(as_exported(settings, folder)), ids))
    facts |= {"check": check, "files": _checksums(folder)}
    (folder / PROVENANCE).write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return facts


def _nothing_to_export(generator: HfSettings) -> ArmError:
    return ArmError(
        f"model {generator.name}: its base is not in 4 bits (model.quantisation={generator.quantisation}), so that "
        "there is nothing to export: serve the checkpoint itself (make serve does so)"
    )


def exported_spec(generator: HfSettings) -> Mapping[str, Any]:
    """Return what an exported base depends on."""
    return {"base": generator.content_key(), "quantisation": generator.quantisation, "dtype": format_of(generator)}


def format_of(generator: HfSettings) -> Any:
    """Return the number format of an export: 16 bits, the one that the base is multiplied in where it has as many.

    For vLLM in this process it is the format of the products in any case: in float32, weights that were rounded to 16
    bits would be those of another base, by more than the audits of answers allow.
    """
    dtype = generator.resolved().dtype
    return dtype if dtype == "float16" or generator.engine == "vllm" else "bfloat16"


def as_exported(generator: HfSettings, folder: Path) -> HfSettings:
    """Return the generator that answers with an exported base."""
    return replace(generator, path=str(folder), revision=None, quantisation="none")


def asked_ids(generator: HfSettings) -> list[int]:
    """Return the tokens of a prompt after which bases are compared."""
    options = (generator.stop_tokens, generator.system_role, generator.template_options)
    return ChatFormat(load_tokenizer(generator), *options).prompt_ids(ASKED)


def compared(own: Any, exported: Any) -> Mapping[str, float]:
    """Return the largest gap between the logits of two bases, the largest logit, and the gap that rounding may make.

    Raises:
        ArmError: the gap is larger.
    """
    import torch

    gap, largest = float((own - exported).abs().max()), float(own.abs().max())
    allowed = ROUNDINGS * torch.finfo(torch.bfloat16).eps * largest
    if not gap <= allowed:
        raise ArmError(
            f"the exported base gives other logits than the base itself: by up to {gap:.3g}, and rounding accounts for "
            f"{allowed:.3g}"
        )
    return {"largest_gap": gap, "largest_logit": largest, "tolerance": allowed}


def _packed(model: Any) -> Mapping[str, Any]:
    """Return the 4-bit layers by the names of their weights."""
    import bitsandbytes

    layers = model.named_modules()
    return {f"{name}.weight": layer for name, layer in layers if isinstance(layer, bitsandbytes.nn.Linear4bit)}


def _shapes(model: Any, source: Path, packed: Mapping[str, Any]) -> Shapes:
    """Return the tensors that are to be written: those of the checkpoint, under its names.

    Raises:
        ArmError: the model has others, as where a library merges or renames layers when it loads them.
    """
    wanted = {name: shape for path in weight_files(source) for name, shape in tensors_of(path)}
    wanted = {name: shape for name, shape in wanted.items() if not _belongs_to(name, packed)}
    own = {name: tuple(value.shape) for name, value in model.named_parameters() if name not in packed}
    own |= {name: (layer.out_features, layer.in_features) for name, layer in packed.items()}
    other = [name for name in own if name not in wanted] or [name for name in wanted if not _is_there(model, name)]
    if other:
        raise ArmError(
            f"its layers have other names in memory than in the checkpoint ({other[0]}), so that it cannot be exported "
            "layer by layer; serve the unquantised checkpoint, and set model.quantisation=none for all arms"
        )
    return {name: own.get(name, shape) for name, shape in wanted.items()}


def _belongs_to(name: str, packed: Mapping[str, Any]) -> bool:
    """Return whether a tensor is what bitsandbytes keeps beside a packed weight."""
    weight, dot, rest = name.partition(".weight.")
    return bool(dot) and f"{weight}.weight" in packed and bool(rest)


def _is_there(model: Any, name: str) -> bool:
    layer, _, leaf = name.rpartition(".")
    try:
        return hasattr(model.get_submodule(layer), leaf)
    except AttributeError:
        return False


def _shards(shapes: Shapes, shard_bytes: int) -> Sequence[Sequence[str]]:
    """Return the names of each file's tensors, in the order of the checkpoint."""
    shards: list[list[str]] = [[]]
    room = shard_bytes
    for name, shape in shapes.items():
        size = 2 * math.prod(shape)
        if size > room and shards[-1]:
            shards.append([])
            room = shard_bytes
        shards[-1].append(name)
        room -= size
    return shards


def _write_weights(model: Any, packed: Mapping[str, Any], shards: Sequence[Sequence[str]], folder: Path) -> None:
    """Write one file after another, and their index where there are several."""
    from safetensors.torch import save_file

    places: dict[str, str] = {}
    for number, names in enumerate(shards, start=1):
        file = WEIGHTS if len(shards) == 1 else f"model-{number:05d}-of-{len(shards):05d}.safetensors"
        save_file({name: _tensor(model, packed, name) for name in names}, folder / file, metadata={"format": "pt"})
        places |= dict.fromkeys(names, file)
    if len(shards) > 1:
        size = sum((folder / file).stat().st_size for file in set(places.values()))
        index = {"metadata": {"total_size": size}, "weight_map": places}
        (folder / INDEX).write_text(json.dumps(index, indent=1), encoding="utf-8")


def _tensor(model: Any, packed: Mapping[str, Any], name: str) -> Any:
    """Return one tensor in the model's number format, a packed one as what it stands for."""
    import bitsandbytes

    layer, _, leaf = name.rpartition(".")
    value = getattr(model.get_submodule(layer), leaf)
    if name in packed:
        value = bitsandbytes.functional.dequantize_4bit(value.data, value.quant_state)
    return value.detach().to(model.dtype).cpu().contiguous().clone()


def _copy_rest(source: Path, folder: Path, dtype: str) -> None:
    """Copy tokenizer, template and settings of generation, and write config.json without a quantisation."""
    for path in _small_files(source):
        shutil.copyfile(path, folder / path.name)
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    for part in (config, *(value for value in config.values() if isinstance(value, dict))):
        for name in SETTINGS:
            part.pop(name, None)
        part.pop("torch_dtype", None)
    config["dtype"] = dtype
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def _small_files(source: Path) -> Iterator[Path]:
    for path in sorted(source.iterdir()):
        if path.suffix in COPIED and path.name not in (INDEX, "config.json", "artifact.json", PROVENANCE):
            yield path


def _logits(model: Any, ids: Sequence[int]) -> Any:
    import torch

    with torch.inference_mode():
        return model(input_ids=torch.tensor([list(ids)], device=model.device), use_cache=False).logits.float().cpu()


def _provenance(generator: HfSettings, dtype: str, packed: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "base": portable(generator.path),
        "revision": generator.revision,
        "content": generator.content_key(),
        "quantisation": generator.quantisation,
        "double_quantisation": all(layer.weight.quant_state.nested for layer in packed.values()),
        "layers": len(packed),
        "dtype": dtype,
        "environment": environment(),
    }


def _checksums(folder: Path) -> Mapping[str, str]:
    return {path.name: file_sha256(path) for path in sorted(folder.iterdir()) if path.name != PROVENANCE}
