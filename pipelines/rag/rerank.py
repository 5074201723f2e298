"""A cross-encoder reads query and passage together and reorders the best candidates. Optional."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Final

from harness.errors import ArmError
from harness.store.checkpoints import checkpoint_folder, checkpoint_key
from pipelines.rag.encoder import loading

COUNTED: Final = 512
"""pairs whose tokens are counted at once"""


@dataclass(frozen=True)
class CrossEncoderRerank:
    """A sentence-transformers CrossEncoder with one output.

    Args:
        path: a folder, "package:NAME/SUBFOLDER" or a hub id.
        revision: branch, tag or commit of a hub id; unused for folders.
        candidates: how many of the best passages are read per query.
        max_tokens: query and passage together; the rest is cut.
        batch_size: pairs read at once.
        device: auto, cpu, cuda ...
    """

    KEY: ClassVar[str] = "pipelines.rag.rerank.CrossEncoderRerank"
    VERSION: ClassVar[int] = 1

    path: str = field(compare=False)
    revision: str = field(compare=False)
    candidates: int
    max_tokens: int
    batch_size: int = field(compare=False)
    device: str = field(compare=False)

    def problems(self) -> Sequence[str]:
        values = {"candidates": self.candidates, "max_tokens": self.max_tokens, "batch_size": self.batch_size}
        problems = [f"{name}: got {value}, use 1 or more" for name, value in values.items() if value < 1]
        return problems if self.path else [*problems, "path: empty; give a folder or a hub id"]

    def content_key(self) -> str:
        return checkpoint_key(self.path, self.revision)

    def load(self) -> Any:
        """Return the loaded model; the last ones of the process stay loaded."""
        folder = checkpoint_folder(self.path, self.revision)
        return load_cross_encoder(folder, None if self.device == "auto" else self.device, self.max_tokens)

    def gpu_bytes(self) -> int:
        """Return the size of the weights on a GPU, else 0."""
        model = self.load()
        return sum(weights.numel() * weights.element_size() for weights in model.parameters() if weights.is_cuda)

    def cut_pairs(self, pairs: Sequence[tuple[str, str]]) -> int:
        """Return how many (query, passage) pairs have more tokens than are read, those between and around included."""
        tokenizer, cut = self.load().tokenizer, 0
        for first in range(0, len(pairs), COUNTED):
            queries, passages = map(list, zip(*pairs[first : first + COUNTED], strict=True))
            rows = tokenizer(queries, passages, truncation=False, verbose=False)["input_ids"]
            cut += sum(len(row) > self.max_tokens for row in rows)
        return cut

    def scores(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return how well each (query, passage) pair fits, higher is better; 0 to 1 for one-output models."""
        if not pairs:
            return []
        scores = self.load().predict(list(pairs), batch_size=self.batch_size, show_progress_bar=False)
        return [float(score) for score in scores]


@lru_cache(maxsize=4)
def load_cross_encoder(folder: Path, device: str | None, max_tokens: int) -> Any:
    """Load a cross-encoder; the last four stay loaded: timed requests of several arms alternate.

    Raises:
        ArmError: the folder holds no such checkpoint, or one with several outputs.
    """
    from sentence_transformers import CrossEncoder

    with loading(folder, "rerank", "cross-encoder") as options:
        kwargs = {"use_safetensors": True}
        model = CrossEncoder(str(folder), device=device, max_length=max_tokens, model_kwargs=kwargs, **options)
    outputs = model.config.num_labels
    if outputs != 1:
        raise ArmError(f"rerank.path: {folder} has {outputs} outputs; a reranker has one")
    return model
