"""The base that vLLM is given: the very one that adapters are trained on, as a checkpoint that vLLM reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.errors import ModelError
from harness.store.checkpoints import is_local, local_path, resolve_revision
from harness.store.portable import portable
from harness.store.store import EXPORTED, Store
from pipelines.device import pick_device
from pipelines.generators.exporting import export_base, exported_spec
from pipelines.generators.hf_settings import HfSettings
from pipelines.generators.vllm_engine.parallel import gpus_asked

BYTES: Final = {"float32": 4, "float16": 2, "bfloat16": 2}
"""of one number"""
PROCESSOR_CACHE: Final = 2**30
"""bytes of keys and values where there is no GPU; model.engine_options={kv_cache_memory_bytes: N} sets others"""


@dataclass(frozen=True, slots=True)
class ServedBase:
    """What vLLM loads."""

    path: str
    """folder or hub id"""
    revision: str | None
    """of a hub id"""
    dtype: str
    """of all products"""
    exported: bool
    """whether it is the base in 4 bits, written as an ordinary checkpoint"""
    content: str
    """of the checkpoint that the arms name"""

    def facts(self) -> Mapping[str, Any]:
        """Return what the record keeps."""
        what = "the base in 4 bits, exported" if self.exported else "the checkpoint itself"
        kept = {"served": portable(self.path), "revision": self.revision, "dtype": self.dtype}
        return {**kept, "served_as": what, "content": self.content}


def served_base(generator: HfSettings, in_four_bits: bool, store: Store) -> ServedBase:
    """Return what vLLM loads; a base in 4 bits is written as an ordinary checkpoint first, once for a store.

    Args:
        generator: the checkpoint and its quantisation.
        in_four_bits: whether products are made with 4-bit weights here.
        store: keeps what is written.
    """
    settled, content = generator.resolved(), generator.content_key()
    if in_four_bits:

        def make(folder: Path) -> Mapping[str, Any]:
            return export_base(generator, folder)

        artifact = store.get_or_make(EXPORTED, exported_spec(generator), make)
        return ServedBase(str(artifact.path.resolve()), None, settled.dtype, True, content)
    revision = None if is_local(generator.path) else resolve_revision(generator.path, generator.revision)
    return ServedBase(local_path(generator.path), revision, settled.dtype, False, content)


def check_room(generator: HfSettings, weights_bytes: int) -> None:
    """Compare the weights with the memory that vLLM may take.

    Raises:
        ModelError: they do not fit, or the device is none of vLLM's.
    """
    device = pick_device(generator.device)
    if device == "mps":
        raise ModelError(f"model {generator.name}: vLLM does not run on mps; set model.engine=hf or model.device=cpu")
    weights_bytes //= gpus_asked(generator.engine_options or {})
    needed = weights_bytes if device == "cuda" else weights_bytes + PROCESSOR_CACHE
    allowed, whose = _memory(device, generator.engine_memory)
    if needed >= allowed:
        advice = "raise model.engine_memory" if device == "cuda" else "free some"
        raise ModelError(
            f"model {generator.name}: vLLM needs {_gb(needed)} beside what else runs, and {whose} {_gb(allowed)}; "
            f"{advice}, take a smaller model, or set model.engine=hf"
        )


def _memory(device: str, share: float) -> tuple[int, str]:
    """Return the bytes that vLLM may take, and whose they are."""
    if device == "cuda":
        import torch

        free, total = torch.cuda.mem_get_info()
        part = int(share * total)
        return (part, f"{share:.0%} of this GPU (model.engine_memory) are") if part <= free else (free, "free are")
    import psutil

    return psutil.virtual_memory().available, "this machine has free"


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
