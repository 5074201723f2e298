"""A trained style embedding in place of the masked n-grams, by path or hub id, on the same scale.

StyleDistance and other sentence-transformers models; those that need their own code (trust_remote_code) do not load.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from harness.metrics.style.profile import Floats
from harness.store.checkpoints import checkpoint_folder, checkpoint_key


@dataclass(frozen=True)
class StyleEncoder:
    """A sentence-transformers model.

    Args:
        path: a folder, "package:NAME/SUBFOLDER" or a hub id, with safetensors weights.
        revision: branch, tag or commit of a hub id; unused for folders.
        batch_size: texts encoded at once.
        device: auto, cpu, cuda ...
    """

    KEY: ClassVar[str] = "harness.style.encoder.StyleEncoder"

    path: str = field(compare=False)
    revision: str = field(compare=False)
    batch_size: int = field(compare=False)
    device: str = field(compare=False)

    VERSION: ClassVar[int] = 1

    def content_key(self) -> str:
        """Return what identifies the weights."""
        return checkpoint_key(self.path, self.revision)

    def rows(self, texts: Sequence[str]) -> Floats:
        """Return one vector of length 1 per text, shape (texts, width)."""
        model = _loaded(self.path, self.revision, self.device)
        vectors = model.encode(
            list(texts), batch_size=self.batch_size, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=float)


@lru_cache(maxsize=1)
def _loaded(path: str, revision: str, device: str) -> Any:
    from sentence_transformers import SentenceTransformer

    chosen = None if device == "auto" else device
    return SentenceTransformer(str(checkpoint_folder(path, revision)), device=chosen, local_files_only=True)
