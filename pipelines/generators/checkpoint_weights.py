"""Whether a checkpoint has a weight for every parameter: what is missing, libraries fill with random numbers.

transformers itself says what it would load, by its own rules for renamed, merged and tied weights, on torch's meta
device, where a model has names and shapes and no memory.
"""

import copy
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.errors import ArmError
from pipelines.generators.checkpoint_files import check_types
from pipelines.generators.quantised import own_quantisation, without_quantisation

NAMED: Final = 3
"""weights that a message names"""
GPTQ_OR_AWQ: Final = (".qweight", ".qzeros")
"""how the names of tensors end that are packed by these methods alone"""
PACKED: Final = ".quant_state."
"""part of the name of what bitsandbytes keeps beside a packed 4-bit weight"""


def check_weights(folder: Path, config: Any) -> None:
    """Compare the names and shapes of a checkpoint's tensors with the parameters of its model.

    Args:
        folder: of the checkpoint, with safetensors.
        config: as transformers reads it; that of a quantised checkpoint is compared as far as names go, since its
            tensors have shapes of their own.

    Raises:
        ArmError: a parameter has no weight or one of another shape, or weights are left over that belong to a layer of
            the model.
    """
    quantised = own_quantisation(config)
    if quantised is not None and quantised.method != "bitsandbytes":
        return  # only its own kernels know its names; `check_loaded` looks at what they loaded
    model, loaded = _without_memory(folder, without_quantisation(copy.deepcopy(config)))
    packed = {name.partition(PACKED)[0] for name in loaded["unexpected_keys"] if PACKED in name}
    check_loaded(loaded, frozenset() if quantised is None else packed)
    if quantised is None:
        check_types(folder)
        _check_left_over(model, sorted(loaded["unexpected_keys"]))


def _without_memory(folder: Path, config: Any) -> tuple[Any, Mapping[str, Any]]:
    """Return the model on the meta device, and what transformers found in the folder for it."""
    from transformers import AutoModelForCausalLM

    found: Any = AutoModelForCausalLM.from_pretrained(
        str(folder),
        config=config,
        device_map={"": "meta"},
        output_loading_info=True,
        ignore_mismatched_sizes=True,
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=False,
    )
    return found[0], found[1]


def check_loaded(loaded: Mapping[str, Any], packed: frozenset[str] | set[str] = frozenset()) -> None:
    """Refuse a model some of whose parameters did not come from the checkpoint.

    Args:
        loaded: transformers' loading information.
        packed: weights that are packed, and so have another shape than the model's.

    Raises:
        ArmError: names the first few.
    """
    if packs := sorted(name for name in loaded["unexpected_keys"] if name.endswith(GPTQ_OR_AWQ)):
        raise ArmError(
            f"the checkpoint's weights are packed as GPTQ or AWQ does ({_named(packs)}), and config.json has no "
            "quantization_config that says how; take the config.json that belongs to them, or the model's unquantised "
            "weights"
        )
    if missing := sorted(loaded["missing_keys"]):
        raise ArmError(
            f"the checkpoint has no weights for {len(missing):,} of the model's parameters ({_named(missing)}), which "
            "would be random numbers: it is incomplete, or another model's config.json lies beside it"
        )
    other = sorted((name, tuple(got), tuple(right)) for name, got, right in loaded["mismatched_keys"])
    if other := [one for one in other if one[0] not in packed]:
        name, got, right = other[0]
        raise ArmError(
            f"{len(other):,} of the checkpoint's tensors have another shape than config.json asks for ({name} is "
            f"{_shape(got)}, it must be {_shape(right)}): weights and config.json are of different models"
        )


def _check_left_over(model: Any, unexpected: Sequence[str]) -> None:
    """Refuse tensors that belong to a layer of the model or to one more of its layers, and would be ignored."""
    parameters = {name for name, _ in model.named_parameters()}
    owners = {name.rpartition(".")[0] for name in parameters}
    kinds = {_without_numbers(name) for name in parameters}
    lost = [name for name in unexpected if name.rpartition(".")[0] in owners or _without_numbers(name) in kinds]
    if lost:
        raise ArmError(
            f"{len(lost):,} of the checkpoint's tensors have no place in the model that config.json describes "
            f"({_named(lost)}): it asks for fewer layers, leaves out biases, or the weights are quantised and "
            "config.json has no quantization_config; take both files from one model"
        )


def _without_numbers(name: str) -> str:
    return re.sub(r"\.\d+\.", ".#.", name)


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMED])
    return f"{shown} and {len(names) - NAMED:,} more" if len(names) > NAMED else shown


def _shape(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape)) or "a single number"
