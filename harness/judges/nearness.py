"""How similar is the least similar word of a claim to the words of its evidence? Words in context, by a small encoder.

As in BERTScore (Zhang et al. 2020), but with the minimum over the claim's words instead of the mean: one unsupported
word among thirty hardly changes a mean, and is enough to make a claim false.
"""

import re
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np

from harness.errors import ArmError, JudgeError, reason
from harness.machine.memory import give_back
from harness.store.checkpoints import checkpoint_folder, checkpoint_key
from harness.text.plain_bert import PlainBert, plain_bert

Floats = np.ndarray[Any, np.dtype[np.float32]]
Places = tuple[tuple[int, int], ...]
"""(start, end) of each word in its text, rising"""

LONE: Final = re.compile("[\ud800-\udfff]")
"""halves of surrogate pairs, which tokenizers refuse"""
BATCH_TOKENS: Final = 2048
"""of one pass of the encoder, padding included: larger batches are not faster"""
KEPT_TEXTS: Final = 1024
"""texts whose vectors are kept: arms share their evidence, and an answer is checked against two kinds of it"""


class Text(NamedTuple):
    """A text, and the words of it that are compared."""

    text: str
    words: Places


class ClaimAndEvidence(NamedTuple):
    """A claim and the evidence that it is compared with."""

    claim: Text
    evidence: Text


@dataclass(frozen=True)
class Nearness:
    """An encoder whose vectors of words are compared.

    Texts are encoded in batches. The other texts of a batch can change the last bits of a vector, by its length and by
    how many they are. Results are rounded, so that seldom a third decimal differs and, where it lies on a threshold, a
    verdict: by which texts were read before, and in a cell of more than a block of answers
    (`harness.metrics.blocks_of_cell.BLOCK`) by where its blocks begin. Batches of equal lengths would still differ in
    how many texts they are; one text at a time would be free of it, and take several times as long.

    Args:
        path: a folder, "package:NAME/SUBFOLDER" or a hub id of a BERT-like encoder with safetensors weights.
        revision: branch, tag or commit of a hub id; unused for folders.
        language: code of the language of its training; claims and evidence in another are not compared.
        layers: of the encoder that are run; the last ones represent the sentence more than the word, and cost time.
        max_tokens: longer texts lose their end; words there are not compared.
    """

    KEY: ClassVar[str] = "harness.judges.nearness.Nearness"

    path: str = field(compare=False)
    revision: str = field(compare=False)
    language: str
    layers: int
    max_tokens: int

    VERSION: ClassVar[int] = 2

    def problems(self) -> Sequence[str]:
        problems = [] if self.path else ["path: empty; give a folder, package:NAME/SUBFOLDER or a hub id"]
        if self.layers < 1:
            problems.append(f"layers: {self.layers}, but it must be 1 or more")
        if self.max_tokens < 8:
            problems.append(
                f"max_tokens: {self.max_tokens}, but it must be 8 or more (the encoder's own limit is usual)"
            )
        return problems

    def content_key(self) -> str:
        """Return what identifies the weights."""
        try:
            return checkpoint_key(self.path, self.revision)
        except ArmError as error:
            raise JudgeError(f"judge.nearness.path: {error}") from error

    def least_similar(self, pairs: Sequence[ClaimAndEvidence]) -> list[float | None]:
        """Return, per pair, the smallest of the claim's words' largest cosines with the words of the evidence.

        -1 to 1, to three decimals; None where there is nothing to compare.

        Raises:
            JudgeError: the checkpoint cannot be found or loaded.
        """
        if not pairs:
            return []
        try:
            folder = checkpoint_folder(self.path, self.revision)
        except ArmError as error:
            raise JudgeError(f"judge.nearness.path: {error}") from error
        reader = _Reader(folder, self.layers, self.max_tokens)
        vectors = reader.read([text for pair in pairs for text in pair])
        return [_least_similar(claim, evidence) for claim, evidence in zip(vectors[::2], vectors[1::2], strict=True)]


def _least_similar(claim: Floats, evidence: Floats) -> float | None:
    if not len(claim) or not len(evidence):
        return None
    return round(float((claim @ evidence.T).max(axis=1).min()), 3)


class _Encoder(NamedTuple):
    """An encoder of transformers."""

    tokenizer: Any
    model: Any

    def read(self, texts: Sequence[str], most: int) -> tuple[Sequence[Sequence[int]], Sequence[Places]]:
        """Return the token ids of each text and their offsets, `most` at most."""
        read = self.tokenizer(list(texts), truncation=True, max_length=most, return_offsets_mapping=True)
        return read["input_ids"], read["offset_mapping"]

    def states(self, ids: Sequence[Sequence[int]]) -> Floats:
        """Return what the last layer gives, shape (texts, longest, dimensions)."""
        import torch

        padded = self.tokenizer.pad({"input_ids": list(ids)}, return_tensors="pt")
        with torch.inference_mode():
            found: Floats = self.model(**padded).last_hidden_state.numpy()
        return found


class _PlainEncoder(NamedTuple):
    """The same of an encoder that needs no transformers."""

    bert: PlainBert
    layers: int

    def read(self, texts: Sequence[str], most: int) -> tuple[Sequence[Sequence[int]], Sequence[Places]]:
        read = self.bert.read(texts, most)
        return [one.ids for one in read], [one.offsets for one in read]

    def states(self, ids: Sequence[Sequence[int]]) -> Floats:
        found: Floats = self.bert.last_states(ids, self.layers).numpy()
        return found


class _Reader(NamedTuple):
    """Texts to unit vectors of their words."""

    folder: Path
    layers: int
    max_tokens: int

    def read(self, texts: Sequence[Text]) -> list[Floats]:
        """Return, per text, vectors of shape (words that were read, dimensions); each is the mean of its tokens."""
        vectors = {text: _KEPT[self, text] for text in texts if (self, text) in _KEPT}
        missing = [text for text in dict.fromkeys(texts) if text not in vectors]
        vectors.update(self._encoded(missing) if missing else ())
        for text in vectors:
            _KEPT[self, text] = vectors[text]
            _KEPT.move_to_end((self, text))
        while len(_KEPT) > KEPT_TEXTS:
            _KEPT.popitem(last=False)
        return [vectors[text] for text in texts]

    def _encoded(self, texts: Sequence[Text]) -> Iterator[tuple[Text, Floats]]:
        encoder = _load(self.folder, self.layers)
        tokens, offsets = encoder.read([LONE.sub("?", text.text) for text in texts], self.max_tokens)
        give_back()  # what was read of the claims before is freed by now, and the encoder asks for much at once
        for batch in _batches([len(own) for own in tokens]):
            states = encoder.states([tokens[at] for at in batch])
            for at, state in zip(batch, states, strict=True):
                yield texts[at], _of_words(texts[at].words, offsets[at], state)


_KEPT: OrderedDict[tuple[_Reader, Text], Floats] = OrderedDict()


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield numbers of texts of similar length, as many as BATCH_TOKENS allows."""
    batch: list[int] = []
    for at in sorted(range(len(lengths)), key=lambda number: lengths[number]):
        if batch and (len(batch) + 1) * lengths[at] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(at)
    yield batch


def _of_words(words: Places, tokens: Sequence[tuple[int, int]], states: Floats) -> Floats:
    """Return the unit vector of each word that has a token: the mean of its tokens' states.

    Args:
        words: (start, end) in characters.
        tokens: the same of the tokens; empty ones mark start and end.
        states: shape (at least as many as tokens, dimensions).
    """
    real = [at for at, (start, end) in enumerate(tokens) if end > start]
    starts, ends = np.array([tokens[at] for at in real]).reshape(-1, 2).T
    first = np.searchsorted(ends, [start for start, _ in words], side="right")
    last = np.searchsorted(starts, [end for _, end in words], side="left")
    rows = [states[real[begin:end]].mean(axis=0) for begin, end in zip(first, last, strict=True) if end > begin]
    if not rows:
        return np.empty((0, states.shape[1]), dtype=np.float32)
    means = np.stack(rows)
    unit: Floats = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), np.float32(1e-9))
    return unit


@lru_cache(maxsize=1)
def _load(folder: Path, layers: int) -> _Encoder | _PlainEncoder:
    """Load a checkpoint in single precision: with half precision verdicts would depend on the processor.

    Raises:
        JudgeError: it cannot be loaded.
    """
    plain = plain_bert(folder)
    if plain.fits() and plain.layers >= layers:
        return _PlainEncoder(plain, layers)
    return _by_transformers(folder, layers)


def _by_transformers(folder: Path, layers: int) -> _Encoder:
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModel, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        model = AutoModel.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype=torch.float32
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        raise JudgeError(f"judge.nearness.path: {folder} cannot be loaded as an encoder: {reason(error)}") from error
    if not tokenizer.is_fast:
        raise JudgeError(f"judge.nearness.path: {folder} has no tokenizer.json, which gives the offsets of words")
    stack = getattr(getattr(model, "encoder", None), "layer", None)
    if stack is None or len(stack) < layers:
        has = "no layers like BERT's" if stack is None else f"{len(stack)} layers"
        raise JudgeError(f"judge.nearness.layers: {layers}, but {folder} has {has}")
    model.encoder.layer = stack[:layers]
    return _Encoder(tokenizer, model.eval())
