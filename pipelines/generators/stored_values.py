"""Whether the weights of a checkpoint can be a model's, by what its files hold: looked at once, before any is loaded.

Loaded weights are looked at as well (`weight_values`). But a plan loads none where the machine's speed is known, and
weights that are packed to 4 bits no longer show what they were made from.
"""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from harness.errors import ArmError, StoreError
from harness.runner.speeds import cache_folder
from harness.store.store import Store
from pipelines.generators.checkpoint_files import weight_files
from pipelines.generators.hf_settings import HfSettings
from pipelines.generators.quantised import own_quantisation
from pipelines.generators.weight_values import fault_of, in_layers

log = logging.getLogger(__name__)

VERSION: Final = 1
"""of what is looked for; earlier findings are made again"""
AT_ONCE: Final = 2**25
"""numbers of a tensor that are in memory at once"""
ENDS: Final = ("embed_tokens.weight", "lm_head.weight", "wte.weight", "embed_in.weight", "embed_out.weight")
"""ends of the names of what stands before and behind all layers"""


def check_stored_values(folder: Path, generator: HfSettings, config: Any) -> None:
    """Look at the floating-point numbers in the weight files of a checkpoint that is not quantised.

    Args:
        folder: of the checkpoint.
        generator: the model; what was found is kept on this machine by the key of its files.
        config: as transformers reads it.

    Raises:
        ArmError: some are no finite numbers, or all matrices of the model, of one kind or of one layer are zero.
    """
    if own_quantisation(config) is None and (fault := _kept(folder, generator.content_key())):
        raise ArmError(fault)


def _kept(folder: Path, key: str) -> str:
    found: list[str] = []

    def make(_: Path) -> Mapping[str, Any]:
        log.info("looking once at the weights in %s", folder)
        found.append(_fault(folder))
        return {"fault": found[0]}

    try:
        spec = {"version": VERSION, "checkpoint": key}
        return str(Store(cache_folder()).get_or_make("weights", spec, make).facts["fault"])
    except StoreError as error:
        log.info("what was found in the weights is not kept: %s", error)
        return found[0] if found else _fault(folder)


def _fault(folder: Path) -> str:
    """Return what is wrong with the numbers in the files; "" where nothing is."""
    odd, is_zero = list[str](), dict[str, bool]()
    for name, dimensions, finite, zero in _looked_at(folder):
        if not finite:
            odd.append(name)
        if dimensions > 1 and (in_layers(name) or name.endswith(ENDS)):
            is_zero[name] = zero
    return fault_of(odd, is_zero)


def _looked_at(folder: Path) -> Iterator[tuple[str, int, bool, bool]]:
    """Yield of each tensor of floating-point numbers its name, dimensions, whether all are finite, and all zero."""
    import torch
    from safetensors import safe_open

    for path in weight_files(folder):
        with safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118  # it is no mapping
                parts = _parts(file.get_slice(name))
                first = next(parts, None)
                if first is None or not first.is_floating_point():
                    continue
                finite, zero = True, True
                for part in (first, *parts):
                    finite = finite and bool(torch.isfinite(part).all())
                    zero = zero and not bool(part.any())
                yield name, first.dim(), finite, zero


def _parts(tensor: Any) -> Iterator[Any]:
    """Yield the rows of a tensor in pieces that fit into memory; of a single number, and of eight bits, nothing."""
    shape = tensor.get_shape()
    if not shape or not all(shape) or tensor.get_dtype().startswith("F8"):
        return
    width = 1
    for size in shape[1:]:
        width *= size
    rows = max(1, AT_ONCE // width)
    for start in range(0, shape[0], rows):
        yield tensor[start : start + rows]
