"""A loaded model that gives the probability that one text follows from another, whatever it and its outputs are called.

Two kinds are read: classifiers of a pair of texts (NLI models, HHEM-1.0, MiniCheck on RoBERTa and DeBERTa), and
sequence-to-sequence models of which the first word of the answer is read (MiniCheck on T5). No code of a checkpoint is
run, and no pickled weights are read.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness.errors import JudgeError, reason
from harness.judges.nli import known_answers
from harness.judges.nli.presets import InputFormat

Floats = np.ndarray[Any, np.dtype[np.float64]]

FOLLOWS: Final = re.compile(
    r"entail(?:ment|s|ed)?|support(?:ed|s)?|(?:factually[ _-])?consistent|factual|faithful|grounded|attributable",
    re.IGNORECASE,
)
"""names of the output that means: it follows"""
UNNAMED: Final = re.compile(r"LABEL_\d+")


@dataclass(frozen=True)
class Entailment:
    """A loaded model.

    Args:
        model: of transformers.
        tokenizer: of transformers, fast.
        format: how evidence and claim become its input.
        output: the output that means "it follows"; None for a model with one output, whose sigmoid is used.
        max_tokens: evidence and claim together; of what is longer the end of the evidence is cut.
    """

    model: Any
    tokenizer: Any
    format: InputFormat
    output: int | None
    max_tokens: int

    def probabilities(self, pairs: Sequence[tuple[str, str]], batch_size: int) -> Floats:
        """Return, for each (evidence, claim), the probability that the claim follows; equal pairs are computed once."""
        unique = list(dict.fromkeys(pairs))
        longest_first = sorted(unique, key=lambda pair: -len(pair[0]) - len(pair[1]))
        values: dict[tuple[str, str], float] = {}
        for begin in range(0, len(unique), batch_size):
            batch = longest_first[begin : begin + batch_size]
            values.update(zip(batch, self._read(self._logits(batch)), strict=True))
        return np.array([values[pair] for pair in pairs])

    def fits(self, evidence: str, claim: str) -> bool:
        """Return whether nothing of the evidence is cut."""
        quick = len(evidence.encode()) + len(claim.encode()) + len(self.format.template) + 8
        return quick <= self.max_tokens or len(self._tokens(evidence)) <= self._room(self._plain(claim))

    def _logits(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        import torch

        texts = [self._cut(self._plain(evidence), self._plain(claim)) for evidence, claim in pairs]
        given = self._encoded(texts).to(self.model.device)
        with torch.inference_mode():
            if not self.format.words:
                return np.asarray(self.model(**given).logits.float().cpu(), dtype=np.float64)
            start = torch.full((len(pairs), 1), self.model.config.decoder_start_token_id, device=self.model.device)
            read = {name: given[name] for name in ("input_ids", "attention_mask")}
            first = self.model(**read, decoder_input_ids=start).logits[:, 0, self._answers()]
        return np.asarray(first.float().cpu(), dtype=np.float64)

    def _encoded(self, texts: Sequence[tuple[str, str]]) -> Any:
        options = {"padding": True, "truncation": True, "max_length": self.max_tokens, "return_tensors": "pt"}
        if not self.format.template:
            return self.tokenizer([text for text, _ in texts], [claim for _, claim in texts], **options)
        return self.tokenizer([self._filled(*pair) for pair in texts], **options)

    def _filled(self, evidence: str, claim: str) -> str:
        return self.format.template.format(evidence=evidence, claim=claim, eos=self.tokenizer.eos_token)

    def _plain(self, text: str) -> str:
        """Return a text without words that the tokenizer would take for its own marks."""
        for mark in self.tokenizer.all_special_tokens:
            text = text.replace(mark, " ")
        return text

    def _cut(self, evidence: str, claim: str) -> tuple[str, str]:
        """Return evidence and claim, the claim cut to half of what can be read and the evidence to the rest."""
        claim = self._first(claim, self.max_tokens // 2)
        return self._first(evidence, self._room(claim)), claim

    def _room(self, claim: str) -> int:
        """Return how many tokens of evidence can be read together with a claim."""
        pair = [(".", self._first(claim, self.max_tokens // 2))]
        return max(1, self.max_tokens - int(self._encoded(pair)["input_ids"].shape[1]) + 1)

    def _first(self, text: str, count: int) -> str:
        """Return the beginning of a text, of at most so many tokens."""
        if len(text.encode()) < count:
            return text
        places = self._tokens(text)
        return text if len(places) <= count else text[: places[count - 1][1]]

    def _tokens(self, text: str) -> list[tuple[int, int]]:
        given = self.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        return list(given["offset_mapping"])

    def _answers(self) -> list[int]:
        """Return the first token of each word that may be the answer."""
        return [self.tokenizer(word, add_special_tokens=False)["input_ids"][0] for word in self.format.words]

    def _read(self, logits: Floats) -> Iterator[float]:
        if self.output is None:
            yield from 1 / (1 + np.exp(-logits.reshape(-1)))
            return
        likely = np.exp(logits - logits.max(axis=1, keepdims=True))
        yield from likely[:, self.output] / likely.sum(axis=1)


@lru_cache(maxsize=1)
def load(folder: Path, device: str, max_tokens: int, form: InputFormat, output: int | None) -> Entailment:
    """Load a checkpoint and have it answer what is known; the last one stays loaded.

    Args:
        folder: safetensors weights with their tokenizer.
        device: auto takes a GPU where there is one.
        max_tokens: evidence and claim together.
        form: how evidence and claim become its input.
        output: which output means "follows"; None reads the names of the outputs.

    Raises:
        JudgeError: it needs code of its own, cannot be loaded, has outputs that do not identify one, lacks weights, or
            gets known answers wrong.
    """
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoModelForSequenceClassification, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    _refuse_own_code(folder)
    kind = AutoModelForSeq2SeqLM if form.words else AutoModelForSequenceClassification
    safe: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), **safe)
        model, notes = kind.from_pretrained(
            str(folder), use_safetensors=True, dtype=torch.float32, output_loading_info=True, **safe
        )
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise JudgeError(f"judge.path: {folder} cannot be loaded as a judge: {reason(error)}") from error
    if missing := sorted(notes["missing_keys"]):
        raise JudgeError(f"judge.path: {folder} lacks the weights {', '.join(missing[:3])}, so it is no trained judge")
    place = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
    which = _output(form, model.config.id2label, output)
    loaded = Entailment(model.to(place).eval(), tokenizer, form, which, max_tokens)
    if wrong := known_answers.faults(loaded, form.languages):
        raise JudgeError(f"judge.path: {folder} must not judge: obvious cases are wrong. {known_answers.told(wrong)}")
    return loaded


def _refuse_own_code(folder: Path) -> None:
    """Raise JudgeError for a checkpoint whose model or tokenizer is code in its own folder."""
    for name in ("config.json", "tokenizer_config.json"):
        file = folder / name
        if file.is_file() and "auto_map" in json.loads(file.read_text(encoding="utf-8")):
            raise JudgeError(
                f"judge.path: {folder} needs code of its own ({name} has auto_map), and code of a checkpoint is never "
                "run here; choose another model, e.g. judge.path=deberta-v3-base-anli"
            )


def _output(form: InputFormat, labels: Mapping[int, str], wanted: int | None) -> int | None:
    if form.words:
        return 1 if wanted is None else wanted
    names = tuple(labels[number] for number in sorted(labels))
    if form.labels and names != form.labels:
        raise JudgeError(
            f"judge.path: the outputs are {', '.join(names)}, but those of the published model are "
            f"{', '.join(form.labels)}; the folder or revision holds another model"
        )
    return following(labels, wanted)


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
