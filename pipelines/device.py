"""Which device a model runs on, how it is named, batches that fit it, and giving its memory back."""

import gc
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from harness.errors import ArmError

_DRIVERS = ("/proc/driver/nvidia/version", "/dev/nvidia0", "/dev/kfd", "/dev/dxg")
"""Where Linux shows an accelerator: NVIDIA, AMD, Windows' subsystem."""


def pick_device(wanted: str) -> str:
    """Return the torch device that `auto` means on this machine, or the requested one.

    Raises:
        ArmError: a GPU is requested and there is none.
    """
    if wanted.startswith("cuda"):
        import torch

        if not torch.cuda.is_available():
            raise ArmError(f"model.device is {wanted}, but torch finds no CUDA device here; use auto or cpu")
    if wanted != "auto":
        return wanted
    if sys.platform == "linux" and not any(Path(driver).exists() for driver in _DRIVERS):
        return "cpu"  # without importing torch, which a finished experiment does not need
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def device_name(wanted: str, *, gpus: int | None = 1) -> str:
    """Return what timings depend on: `cpu`, or the accelerator's name.

    Args:
        wanted: auto, cpu, cuda, cuda:1, mps.
        gpus: that a model is split over, the first that this process sees; None for all. Several are `cuda:2x NAME`,
            and names joined by " + " where they differ.
    """
    device = pick_device(wanted)
    return f"cuda:{_gpu_names(device, gpus)}" if device.startswith("cuda") else device


def _gpu_names(device: str, gpus: int | None) -> str:
    import torch

    if gpus == 1:
        return str(torch.cuda.get_device_name(device))
    seen = gpus_here(device)  # more than these are refused, with advice, when the model is loaded
    names = Counter(torch.cuda.get_device_name(number) for number in range(seen if gpus is None else min(gpus, seen)))
    return " + ".join(f"{count}x {name}" for name, count in names.items())


def gpus_here(device: str) -> int:
    """Return how many GPUs this process sees for a device that was picked; 0 for one that is no GPU."""
    if not device.startswith("cuda"):
        return 0
    import torch

    return int(torch.cuda.device_count())


def make_current(device: str) -> None:
    """Make a GPU that is requested by number the one whose memory, energy and clocks are read."""
    if device.startswith("cuda:"):
        import torch

        torch.cuda.set_device(device)


def free_memory() -> None:
    """Return the memory of dropped objects to the device."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def length_batches(lengths: Sequence[int], batch_tokens: int, batch_size: int | None = None) -> list[list[int]]:
    """Group positions by length, longest first, so that padding is small.

    Args:
        lengths: tokens of each item.
        batch_tokens: the most padded tokens in a batch (one item may exceed it alone).
        batch_size: the most items in a batch; None for any number.

    Returns:
        Positions, each exactly once. Ties keep their order, so that equal input gives equal batches.
    """
    batches: list[list[int]] = []
    order = sorted(range(len(lengths)), key=lambda at: -lengths[at])
    while order:
        count = max(1, batch_tokens // max(1, lengths[order[0]]))
        count = count if batch_size is None else min(count, batch_size)
        batches.append(order[:count])
        order = order[count:]
    return batches
