"""A cross-encoder that gives the probability that one text follows from another, whatever its outputs are called."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness.errors import JudgeError, reason

Floats = np.ndarray[Any, np.dtype[np.float64]]

FOLLOWS: Final = re.compile(
    r"entail(?:ment|s|ed)?|support(?:ed|s)?|(?:factually[ _-])?consistent|factual|faithful|grounded|attributable",
    re.IGNORECASE,
)
"""names of the output that means: it follows"""
UNNAMED: Final = re.compile(r"LABEL_\d+")


@dataclass(frozen=True)
class Entailment:
    """A loaded model."""

    encoder: Any
    """sentence_transformers.CrossEncoder"""
    output: int | None
    """the output that means: it follows; None for a model with one output, whose sigmoid is used"""

    def probabilities(self, pairs: Sequence[tuple[str, str]], batch_size: int) -> Floats:
        """Return, for each (evidence, claim), the probability that the claim follows; equal pairs are computed once."""
        unique = list(dict.fromkeys(pairs))
        if not unique:
            return np.zeros(0)
        logits = self.encoder.predict(unique, batch_size=batch_size, show_progress_bar=False)
        values = dict(zip(unique, self._read(np.asarray(logits, dtype=np.float64)), strict=True))
        return np.array([values[pair] for pair in pairs])

    def _read(self, logits: Floats) -> Floats:
        if self.output is None:
            return 1 / (1 + np.exp(-logits.reshape(-1)))
        likely = np.exp(logits - logits.max(axis=1, keepdims=True))
        share: Floats = likely[:, self.output] / likely.sum(axis=1)
        return share


@lru_cache(maxsize=1)
def load(folder: Path, device: str | None, max_tokens: int, output: int | None) -> Entailment:
    """Load a checkpoint; the last one stays loaded.

    Args:
        folder: safetensors weights with their tokenizer.
        device: None takes the best there is.
        max_tokens: evidence and claim together; the rest is cut.
        output: which output means "follows"; None reads the names of the outputs.

    Raises:
        JudgeError: it cannot be loaded, or the names of its outputs do not identify one.
    """
    from sentence_transformers import CrossEncoder
    from torch import nn

    try:
        encoder = CrossEncoder(
            str(folder),
            device=device,
            max_length=max_tokens,
            activation_fn=nn.Identity(),
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError, KeyError) as error:
        raise JudgeError(f"judge.path: {folder} cannot be loaded as a cross-encoder: {reason(error)}") from error
    return Entailment(encoder, following(encoder.config.id2label, output))


def following(labels: Mapping[int, str], wanted: int | None) -> int | None:
    """Return the output that means "it follows"; None for a single output.

    Raises:
        JudgeError: there is no such output, or the names do not identify one.
    """
    if wanted is not None and wanted not in labels:
        raise JudgeError(f"judge.entailment is {wanted}; the model has the outputs {dict(labels)}")
    if len(labels) == 1 or wanted is not None:
        return None if len(labels) == 1 else wanted
    named = [number for number, name in labels.items() if FOLLOWS.fullmatch(name)]
    if not named and len(labels) == 2 and all(map(UNNAMED.fullmatch, labels.values())):
        return 1  # as in published fact checkers (MiniCheck)
    if len(named) != 1:
        raise JudgeError(
            f"judge.path: the outputs {dict(labels)} do not show which one means that the claim follows from the "
            "evidence; set judge.entailment to its number"
        )
    return named[0]
