"""A small cross-encoder that reads a claim beside the part of the evidence that it restates.

Trained by `validation.reader.train` on sentences that were changed in one thing, so that it sees what words in common
hide: a value of another thing, exchanged roles, another verb. It knows English, and little of the world; a free
paraphrase looks unsupported to it. models/reader/README.md says how it was made and how well it reads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple

import numpy as np

from harness.errors import ArmError, JudgeError, reason
from harness.judges.claims import TextSpan
from harness.judges.nearness import LONE
from harness.store.checkpoints import checkpoint_folder, checkpoint_key

EMBEDDINGS: Final = "bert.embeddings.word_embeddings.weight"
"""is not stored: training leaves it as the base has it"""
BATCH_TOKENS: Final = 2048
"""of one pass, padding included"""
DECIMALS: Final = 2
"""of the log-odds: the other texts of a batch can change the bits behind"""


WINDOW: Final = 60
"""words of evidence that are read at once, in whole sentences"""


class Pair(NamedTuple):
    """What is read together."""

    asked: str
    """the question that the claim answers; "" for none"""
    claim: str
    evidence: str
    """a few sentences"""


@dataclass(frozen=True)
class Reader:
    """A cross-encoder with one output: the log-odds that the evidence supports the claim.

    Args:
        path: folder of the weights, without word embeddings, and their config.json.
        base: folder, "package:NAME/SUBFOLDER" or hub id of the encoder that it was trained from: tokenizer and word
            embeddings.
        language: code of the language that it reads.
        max_tokens: claim and evidence together; the longer one is cut.
    """

    KEY: ClassVar[str] = "harness.judges.reader.Reader"

    path: str = field(compare=False)
    base: str = field(compare=False)
    language: str
    max_tokens: int

    VERSION: ClassVar[int] = 1

    def problems(self) -> Sequence[str]:
        problems = [f"{name}: empty; give a folder" for name in ("path", "base") if not getattr(self, name)]
        if self.max_tokens < 8:
            problems.append(f"max_tokens: {self.max_tokens}, but it must be 8 or more (192 in training)")
        return problems

    def content_key(self) -> str:
        """Return what identifies weights and base."""
        try:
            return f"{checkpoint_key(self.path, '')} {checkpoint_key(self.base, '')}"
        except ArmError as error:
            raise JudgeError(f"judge.reader: {error}") from error

    def log_odds(self, pairs: Sequence[Pair]) -> list[float]:
        """Return, per pair, the log-odds that the evidence supports the claim.

        Raises:
            JudgeError: the weights cannot be found or loaded.
        """
        if not pairs:
            return []
        unique = list(dict.fromkeys(pairs))
        known = dict(self._read(unique))
        return [known[pair] for pair in pairs]

    def _read(self, pairs: Sequence[Pair]) -> Iterator[tuple[Pair, float]]:
        import torch

        loaded = _load(*self._folders())
        tokens = encoded(loaded.tokenizer, pairs, self.max_tokens)
        for batch in _batches([len(own) for own in tokens["input_ids"]]):
            padded = loaded.tokenizer.pad(
                {name: [own[at] for at in batch] for name, own in tokens.items()}, return_tensors="pt"
            )
            with torch.inference_mode():
                found = loaded.model(**padded).logits[:, 0].double().numpy()
            for at, value in zip(batch, np.round(found, DECIMALS), strict=True):
                yield pairs[at], float(value)

    def _folders(self) -> tuple[Path, Path]:
        try:
            return checkpoint_folder(self.path, ""), checkpoint_folder(self.base, "")
        except ArmError as error:
            raise JudgeError(f"judge.reader: {error}") from error


def encoded(tokenizer: Any, pairs: Sequence[Pair], max_tokens: int) -> Any:
    """Return the tokens of claims, after their questions, and evidence."""
    claims = [LONE.sub("?", f"{pair.asked} {pair.claim}".strip()) for pair in pairs]
    return tokenizer(
        claims, [LONE.sub("?", pair.evidence) for pair in pairs], truncation="longest_first", max_length=max_tokens
    )


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield numbers of pairs of similar length, as many as BATCH_TOKENS allows."""
    batch: list[int] = []
    for at in sorted(range(len(lengths)), key=lambda number: lengths[number]):
        if batch and (len(batch) + 1) * lengths[at] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(at)
    yield batch


def window(text: str, sentences: Sequence[TextSpan], start: int, end: int) -> str:
    """Return the sentences that hold text[start:end] and as many around them as WINDOW allows, in turn on either side.

    Args:
        text: the evidence.
        sentences: its sentences, in order; at least one.
        start: of the stretch that fits the claim best.
        end: of it.
    """
    inside = [at for at, own in enumerate(sentences) if own.end > start and own.start < end] or [0]
    first, last = inside[0], inside[-1]
    grown = True
    while grown:
        grown = False
        if first > 0 and _words(text, sentences, first - 1, last) <= WINDOW:
            first, grown = first - 1, True
        if last + 1 < len(sentences) and _words(text, sentences, first, last + 1) <= WINDOW:
            last, grown = last + 1, True
    return text[sentences[first].start : sentences[last].end]


def _words(text: str, sentences: Sequence[TextSpan], first: int, last: int) -> int:
    return len(text[sentences[first].start : sentences[last].end].split())


class _Loaded(NamedTuple):
    tokenizer: Any
    model: Any


@lru_cache(maxsize=1)
def _load(folder: Path, base: Path) -> _Loaded:
    """Load the weights in single precision: with half precision verdicts would depend on the processor.

    Raises:
        JudgeError: they cannot be loaded, or are not all there.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file
    from transformers import AutoConfig, AutoModel, AutoTokenizer, BertForSequenceClassification

    try:
        tokenizer = AutoTokenizer.from_pretrained(str(base), local_files_only=True)
        own = AutoModel.from_pretrained(str(base), local_files_only=True, use_safetensors=True, dtype=torch.float32)
        config = AutoConfig.from_pretrained(str(folder), local_files_only=True)
        model = BertForSequenceClassification(config)
        weights = {name: value.float() for name, value in load_file(folder / "model.safetensors").items()}
        weights[EMBEDDINGS] = own.get_input_embeddings().weight.detach()
        model.load_state_dict(weights)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise JudgeError(f"judge.reader.path: {folder} cannot be loaded as a reader: {reason(error)}") from error
    return _Loaded(tokenizer, model.eval())
