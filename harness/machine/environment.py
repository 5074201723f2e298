"""What a result was measured with: versions, machine, code."""

import functools
import importlib.metadata
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from harness.machine import nvml
from harness.machine.precision import BFLOAT16, processor, processor_flags

PACKAGES = (
    "accelerate", "bitsandbytes", "bm25s", "datasets", "faiss-cpu", "numpy", "peft", "sentence-transformers",
    "torch", "transformers", "trl",
)  # fmt: skip


def environment() -> dict[str, Any]:
    """Return versions, processor, GPU (if this process has used one) and commit as plain data."""
    return {**machine(), "gpu": _gpu()}


@functools.cache
def machine() -> dict[str, Any]:
    """Return what does not change while the process runs."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "threads": os.environ.get("OMP_NUM_THREADS", ""),
        "packages": {name: _version(name) for name in PACKAGES},
        "commit": commit(),
    }


def _gpu() -> dict[str, Any]:
    """Return name, driver and CUDA version; {} without a GPU or as long as nothing has loaded torch."""
    torch: Any = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return {}
    return {"name": torch.cuda.get_device_name(), "driver": nvml.driver(), "cuda": torch.version.cuda or ""}


def commit() -> str:
    """Return the git commit of this code, marked when files differ from it; "" outside a checkout."""
    root = Path(__file__).resolve().parents[2]
    described = _git(root, "rev-parse", "HEAD")
    code = _git(root, "status", "--porcelain", "--untracked-files=no", "--", "harness", "pipelines", "conf")
    return described + ("+changes" if described and code else "")


def _git(root: Path, *arguments: str) -> str:
    """Return what git prints; "" if it is not there or fails."""
    command = ["git", "-C", str(root), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _processor() -> dict[str, Any]:
    """Return the model name and the flags that change how 4-bit and bf16 kernels run."""
    known = processor()
    if not known:
        return {"name": platform.processor()}
    return {
        "name": known.get("model name", ""),
        "flags": sorted(processor_flags() & ({"avx2", "avx512f"} | BFLOAT16)),
    }
