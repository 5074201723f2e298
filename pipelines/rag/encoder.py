"""A loaded embedder: texts to unit vectors. Fast because it pads little and multiplies in bfloat16."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import ArmError, reason
from pipelines.device import length_batches

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Vectors of texts."""

    vectors: Vectors
    """shape (texts, dimensions), of length 1"""
    tokens: tuple[int, ...]
    """tokens read per text"""
    cut: int
    """texts whose end was cut"""


class Encoder:
    """A sentence-transformers model and its tokenizer.

    Args:
        model: a SentenceTransformer in eval mode.
        max_tokens: longer texts are cut.
        batch_tokens: tokens of a batch, padding included; one text always fits.
    """

    def __init__(self, model: Any, max_tokens: int, batch_tokens: int) -> None:
        self._model = model
        self._tokenizer = model.tokenizer
        self._max_tokens = max_tokens
        self._batch_tokens = batch_tokens

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._model.get_embedding_dimension())

    @property
    def bytes(self) -> int:
        """Size of the weights."""
        return sum(weights.numel() * weights.element_size() for weights in self._model.parameters())

    @property
    def device(self) -> str:
        """Kind of device that does the work."""
        return str(self._model.device.type)

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Return the vectors of the texts. Depends on `texts` alone, batches included."""
        import torch

        if not texts:
            return Encoded(np.empty((0, self.dimensions), dtype=np.float32), (), 0)
        rows = self._rows(texts)
        too_long = [number for number, row in enumerate(rows) if len(row) > self._max_tokens]
        for number in too_long:
            rows[number] = self._shortened(texts[number])
        vectors = np.empty((len(rows), self.dimensions), dtype=np.float32)
        with torch.inference_mode():
            for batch in length_batches([len(row) for row in rows], self._batch_tokens):
                vectors[batch] = self._forward([rows[number] for number in batch])
        return Encoded(vectors, tuple(len(row) for row in rows), len(too_long))

    def reference(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors that the library's own, slower way gives: what `encode` must agree with."""
        rows = self._model.encode(list(texts), prompt="", show_progress_bar=False)
        vectors: Vectors = np.array(rows, dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)  # the library's would round in bfloat16
        return vectors

    def prompts(self) -> Mapping[str, str]:
        """Return the prefixes that the checkpoint asks for, by "query" and "document"; {} where it asks for none."""
        return {name: text for name, text in (self._model.prompts or {}).items() if text}

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text, those that encode would cut included."""
        return [len(row) for row in self._rows(texts)] if texts else []

    def _rows(self, texts: Sequence[str]) -> list[list[int]]:
        rows: list[list[int]] = self._tokenizer(list(texts), verbose=False, return_attention_mask=False)["input_ids"]
        return rows

    def _shortened(self, text: str) -> list[int]:
        row: list[int] = self._tokenizer(text, truncation=True, max_length=self._max_tokens)["input_ids"]
        return row

    def _forward(self, rows: list[list[int]]) -> Vectors:
        import torch

        padded = self._tokenizer.pad({"input_ids": rows}, return_tensors="pt").to(self._model.device)
        pooled = self._model({**padded, "modality": "text"})["sentence_embedding"]
        unit: Vectors = torch.nn.functional.normalize(pooled.float(), dim=1).cpu().numpy()
        return unit


@lru_cache(maxsize=4)
def load_encoder(folder: Path, dtype: str, device: str, max_tokens: int, batch_tokens: int) -> Encoder:
    """Load a sentence-transformers checkpoint; the last four stay loaded.

    Raises:
        ArmError: the folder holds no such checkpoint, or max_tokens is beyond its positions.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    with loading(folder, "embedding", "sentence-transformers model") as options:
        kwargs = {"dtype": getattr(torch, dtype), "use_safetensors": True}
        model = SentenceTransformer(str(folder), device=device, model_kwargs=kwargs, **options)
    transformer: Any = model[0]
    most = getattr(transformer.auto_model.config, "max_position_embeddings", max_tokens)
    if max_tokens > most:
        raise ArmError(f"embedding.max_tokens: got {max_tokens}, but {folder.name} has positions for {most}")
    return Encoder(model.eval(), max_tokens, batch_tokens)


@contextmanager
def loading(folder: Path, setting: str, kind: str) -> Iterator[dict[str, Any]]:
    """Give the options that keep loading local, and name setting and folder in what it raises.

    Transformers' progress bars are hidden where stderr is not a terminal.
    """
    from transformers.utils import logging

    if not sys.stderr.isatty():
        logging.disable_progress_bar()
    try:
        yield {"local_files_only": True, "trust_remote_code": False}
    except Exception as error:  # whatever comes of half a file, or of one that is something else
        raise ArmError(f"{setting}.path: {folder} cannot be loaded as a {kind}: {reason(error)}") from error
