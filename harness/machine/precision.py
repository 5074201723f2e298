"""Which number format a device multiplies in hardware: the meaning of `dtype: auto`."""

import functools
import sys
from pathlib import Path
from typing import Literal

Dtype = Literal["bfloat16", "float16", "float32"]
"""torch's names"""

BFLOAT16 = frozenset({"avx512_bf16", "amx_bf16", "bf16", "svebf16"})
"""Linux's names of the instructions that multiply bfloat16, on x86 and on ARM"""

_CPUINFO = Path("/proc/cpuinfo")
"""read by hand: psutil knows neither model name nor instruction sets"""


def native_dtype(device: str) -> Dtype:
    """Return the format for a language model's weights and products on this device.

    Bfloat16 wherever hardware multiplies it. Emulated on a processor it takes 15 to 30 times as long as single
    precision (NF4 training, two cores with AVX2 alone: 115 against 3,270 tokens/s), so float32 is taken there; a GPU
    without it (before Ampere) takes float16.

    Args:
        device: a torch device, not auto.
    """
    if device.startswith("cuda"):
        return "bfloat16" if native_bfloat16(device) else "float16"
    if device == "cpu":
        return "bfloat16" if native_bfloat16(device) else "float32"
    return "bfloat16"


@functools.cache
def native_bfloat16(device: str) -> bool:
    """Return whether the device multiplies bfloat16 in hardware; emulated, it is slower than single precision."""
    if device == "cpu" and sys.platform == "linux":
        return bool(processor_flags() & BFLOAT16)  # a finished experiment need not import torch
    import torch

    if device.startswith("cuda"):
        return torch.cuda.is_available() and bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device != "cpu":
        return False
    features = torch.cpu.get_capabilities()
    return any(features.get(name) for name in ("avx512_bf16", "amx_bf16", "arm_bf16"))


@functools.cache
def processor() -> dict[str, str]:
    """Return what Linux reports about the first core, by its field names; {} elsewhere."""
    try:
        text = _CPUINFO.read_text(encoding="utf-8")
    except OSError:
        return {}
    fields = dict(line.split(":", 1) for line in text.split("\n\n")[0].splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in fields.items()}


def processor_flags() -> frozenset[str]:
    """Return the instruction sets of the processor, as Linux names them."""
    known = processor()
    return frozenset(f"{known.get('flags', '')} {known.get('Features', '')}".split())
