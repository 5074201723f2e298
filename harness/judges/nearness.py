"""How near each word of a claim comes to some word of its evidence, both read in context by a small encoder.

What BERTScore does (Zhang et al. 2020) but for the last step: it takes the mean over the words, which one strange
word among thirty hardly moves; here the furthest word speaks, because one is enough to make a claim false.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np

from harness.checkpoint import checkpoint_folder, checkpoint_key
from harness.errors import ArmError, JudgeError

Floats = np.ndarray[Any, np.dtype[np.float32]]
Places = Sequence[tuple[int, int]]
"""(start, end) of each word in its text, rising"""

LONE: Final = re.compile("[\ud800-\udfff]")
"""halves of characters, which no tokenizer takes"""


@dataclass(frozen=True)
class Nearness:
    """An encoder whose vectors of words are compared. It reads one text at a time: no answer depends on another.

    Args:
        path: a folder, "package:NAME/SUBFOLDER" or a hub id of a BERT-like encoder with safetensors weights.
        revision: branch, tag or commit of a hub id; unused for folders.
        language: code of the language that it understands; claims and evidence in another are not read.
        layers: of the encoder that are run; the last ones turn from words to the whole sentence and cost time.
        max_tokens: longer texts lose their end; words there are not compared.
    """

    path: str = field(compare=False)
    revision: str = field(compare=False)
    language: str
    layers: int
    max_tokens: int

    VERSION: ClassVar[int] = 1

    def problems(self) -> Sequence[str]:
        found = [] if self.path else ["path: empty; give a folder, package:NAME/SUBFOLDER or a hub id"]
        if self.layers < 1:
            found.append(f"layers: {self.layers}, but it must be 1 or more")
        if self.max_tokens < 8:
            found.append(f"max_tokens: {self.max_tokens}, but it must be 8 or more (the encoder's own limit is usual)")
        return found

    def content_key(self) -> str:
        """What identifies the weights."""
        try:
            return checkpoint_key(self.path, self.revision)
        except ArmError as error:
            raise JudgeError(f"judge.nearness.path: {error}") from error

    def furthest(self, claim: str, claim_words: Places, evidence: str, evidence_words: Places) -> float | None:
        """Return the cosine, -1 to 1, of the claim's word that is furthest from every word of the evidence.

        None where there is nothing to compare.

        Raises:
            JudgeError: the checkpoint cannot be had or loaded.
        """
        here, there = self._vectors(claim, tuple(claim_words)), self._vectors(evidence, tuple(evidence_words))
        if not len(here) or not len(there):
            return None
        return round(float((here @ there.T).max(axis=1).min()), 4)

    def _vectors(self, text: str, words: tuple[tuple[int, int], ...]) -> Floats:
        try:
            folder = checkpoint_folder(self.path, self.revision)
        except ArmError as error:
            raise JudgeError(f"judge.nearness.path: {error}") from error
        return _word_vectors(folder, self.layers, self.max_tokens, text, words)


class _Encoder(NamedTuple):
    tokenizer: Any
    model: Any


@lru_cache(maxsize=1024)
def _word_vectors(folder: Path, layers: int, max_tokens: int, text: str, words: tuple[tuple[int, int], ...]) -> Floats:
    """Return unit vectors, shape (words that were read, dimensions): each the mean of the word's tokens."""
    spans, states = _read(folder, layers, max_tokens, text)
    rows = []
    for start, end in words:
        tokens = [at for at, (first, last) in enumerate(spans) if first < end and last > start]
        if tokens:
            rows.append(states[tokens].mean(axis=0))
    if not rows:
        return np.empty((0, states.shape[1]), dtype=np.float32)
    found = np.stack(rows)
    unit: Floats = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), np.float32(1e-9))
    return unit


def _read(folder: Path, layers: int, max_tokens: int, text: str) -> tuple[list[tuple[int, int]], Floats]:
    """Return (start, end) of each token and its state after the last layer run, shape (tokens, dimensions)."""
    import torch

    encoder = _load(folder, layers)
    read = encoder.tokenizer(
        LONE.sub("?", text), truncation=True, max_length=max_tokens, return_offsets_mapping=True, return_tensors="pt"
    )
    spans = [(int(start), int(end)) for start, end in read.pop("offset_mapping")[0]]
    with torch.inference_mode():
        states = encoder.model(**read).last_hidden_state[0]
    return spans, states.numpy()


@lru_cache(maxsize=1)
def _load(folder: Path, layers: int) -> _Encoder:
    """Load a checkpoint in single precision: halves would make verdicts depend on the processor.

    Raises:
        JudgeError: it cannot be loaded.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        model = AutoModel.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype=torch.float32
        )
    except (OSError, ValueError, KeyError) as error:
        raise JudgeError(f"judge.nearness.path: {folder} cannot be loaded as an encoder: {error}") from error
    if not tokenizer.is_fast:
        raise JudgeError(f"judge.nearness.path: {folder} has no tokenizer.json, which tells where words stand")
    held = getattr(getattr(model, "encoder", None), "layer", None)
    if held is None or len(held) < layers:
        has = "no layers like BERT's" if held is None else f"{len(held)} layers"
        raise JudgeError(f"judge.nearness.layers: {layers}, but {folder} has {has}")
    model.encoder.layer = held[:layers]
    return _Encoder(tokenizer, model.eval())
