"""A checkpoint as arms answer with it: by transformers, or by vLLM in the same process (`model.engine`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pipelines.device import gpus_here
from pipelines.generators.exporting import export_base, exported_spec
from pipelines.generators.hf import LoadedHf
from pipelines.generators.hf_settings import HfSettings
from pipelines.generators.vllm_engine.loaded import LoadedVllm
from pipelines.generators.vllm_engine.parallel import served_sizes


@dataclass(frozen=True)
class HfGenerator(HfSettings):
    """`HfSettings` that can be loaded."""

    KEY: ClassVar[str] = "pipelines.generators.hf.HfGenerator"
    VERSION: ClassVar[int] = 1
    trains_adapters: ClassVar[bool] = True

    def load(self) -> LoadedHf:
        """Load the tokenizer; the weights follow with the first answer."""
        return LoadedVllm(self) if self.engine == "vllm" else LoadedHf(self)

    def served_sizes(self, config: Any) -> Mapping[str, int]:
        """Return by which options vLLM's server splits the model as it is split here; config: of its text part."""
        return served_sizes(self.engine_options or {}, config, 1 if self.device_map is None else gpus_here("cuda"))

    def exported_spec(self) -> Mapping[str, Any]:
        """Return what an exported base depends on."""
        return exported_spec(self)

    def export_base(self, folder: Path) -> Mapping[str, Any]:
        """Write the base as an ordinary checkpoint into an empty folder (`exporting.export_base`)."""
        return export_base(self, folder)
