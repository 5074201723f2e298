"""Whether loaded weights can be a model's: numbers that are finite, and matrices that are not nothing but zeros.

A copy with holes (a download that was cut and filled up, a disk that was full) has zeros where weights were, runs
without an error, and answers nothing that it could know.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from harness.errors import ArmError

_NUMBER: Final = re.compile(r"\.\d+(?=\.|\Z)")
"""of a layer, or of an expert in it"""
_LAYER: Final = re.compile(r"\A(?:[^.]*\.){1,4}?\d+(?=\.)")


def check_values(model: Any) -> None:
    """Look at all weights that are in memory as floating-point numbers; packed ones say nothing without their scales.

    Raises:
        ArmError: some are no finite numbers: a few of them spoil only answers in which they take part. Or all matrices
            of the model, of one kind in every layer, or of one layer are zero.
    """
    import torch

    floats = {name: one for name, one in model.named_parameters() if one.is_floating_point()}
    odd = [name for name, one in floats.items() if not bool(torch.isfinite(one).all())]
    is_zero = {name: not bool(one.any()) for name, one in floats.items() if one.dim() > 1 and one.numel()}
    ends = {id(one.weight) for one in (model.get_input_embeddings(), model.get_output_embeddings()) if one is not None}
    # what answers: layers and both ends of them; what projects pictures, say, may be anything
    parts = {name for name, one in floats.items() if in_layers(name) or id(one) in ends}
    if fault := fault_of(odd, {name: zero for name, zero in is_zero.items() if name in parts}):
        raise ArmError(fault)


def in_layers(name: str) -> bool:
    """Return whether a weight is one of a layer, by its name."""
    return _NUMBER.search(name) is not None


def fault_of(odd: Sequence[str], is_zero: Mapping[str, bool]) -> str:
    """Return what is wrong with weights; "" where nothing is.

    Args:
        odd: names of those with values that are no finite numbers.
        is_zero: name of a matrix of the layers and their ends -> whether it holds nothing but zeros.
    """
    if odd:
        return (
            f"{len(odd):,} of its weights hold values that are no finite numbers, such as NaN ({odd[0]}): they are "
            "damaged, or the precision is too small for them (model.dtype=float32)"
        )
    found = _all_zero(is_zero)
    return f"every weight of {found} is zero: the files are damaged or were cut; copy the checkpoint again" * bool(
        found
    )


def _all_zero(is_zero: Mapping[str, bool]) -> str:
    """Return in words what has no other weights than zeros; "" where nothing is so."""
    if not any(is_zero.values()):
        return ""
    if all(is_zero.values()):
        return f"its {len(is_zero):,} matrices"
    return next(iter([*_zero_groups(is_zero, _kind), *_zero_groups(is_zero, _layer)]), "")


def _zero_groups(is_zero: Mapping[str, bool], group: Callable[[str], str]) -> list[str]:
    """Return the groups of which each matrix is zero."""
    groups: dict[str, bool] = {}
    for name, zero in is_zero.items():
        if key := group(name):
            groups[key] = groups.get(key, True) and zero
    return [key for key, zero in groups.items() if zero]


def _kind(name: str) -> str:
    """Return the name of a matrix in every layer: model.layers.*.mlp.up_proj.weight."""
    return _NUMBER.sub(".*", name)


def _layer(name: str) -> str:
    """Return the name of the layer that holds a matrix; "" for one outside of them."""
    found = _LAYER.match(name)
    return found[0] if found else ""
