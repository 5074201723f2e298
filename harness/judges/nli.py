"""The judge that asks a cross-encoder: does the claim follow from any window of the evidence?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar, NamedTuple

import numpy as np

from harness.errors import ArmError, JudgeError
from harness.judges.claims import Piece, TextSpan, claims, sentences
from harness.judges.entailment import Entailment, load
from harness.judges.judge import Claim, Judge, Judgement, Question, Reads
from harness.store.checkpoints import checkpoint_folder, checkpoint_key
from harness.text.terms import terms
from harness.types import Verdict


class EvidenceWindow(NamedTuple):
    """A part of one evidence text."""

    text: int
    """number of the evidence text"""
    span: TextSpan


@dataclass(frozen=True)
class NliJudge(Judge):
    """Support of a claim = the greatest probability of entailment over windows of the evidence.

    For two- and three-way NLI models, and for fact checkers with one output (HHEM, MiniCheck).

    Args:
        path: a folder, "package:NAME/SUBFOLDER" or a hub id, with safetensors weights.
        revision: branch, tag or commit of a hub id; unused for folders.
        entailment: number of the output that means "follows"; None finds it by its name.
        window_words: longest part of the evidence that is read at once.
        max_tokens: evidence and claim together; the rest is cut.
        threshold: least probability of a supported claim.
        batch_size: pairs read at once.
        device: auto, cpu, cuda ...
    """

    KEY: ClassVar[str] = "harness.judges.nli.NliJudge"

    path: str = field(compare=False)
    revision: str = field(compare=False)
    entailment: int | None
    window_words: int
    max_tokens: int
    threshold: float
    batch_size: int = field(compare=False)
    device: str = field(compare=False)

    VERSION: ClassVar[int] = 2
    name: ClassVar[str] = "nli"
    reads: ClassVar[Reads] = "meaning"

    @property
    def model(self) -> str:
        return self.path

    def problems(self) -> Sequence[str]:
        counts = {"window_words": self.window_words, "max_tokens": self.max_tokens, "batch_size": self.batch_size}
        problems = [f"{name}: {value}, but it must be 1 or more" for name, value in counts.items() if value < 1]
        if not self.path:
            problems.append("path: empty; give a folder or a hub id")
        if not 0 < self.threshold < 1:
            problems.append(f"threshold: {self.threshold}, but it must be between 0 and 1")
        return problems

    def content_key(self) -> str:
        """Return what identifies the weights."""
        try:
            return checkpoint_key(self.path, self.revision)
        except ArmError as error:
            raise JudgeError(f"judge.path: {error}") from error

    def judge(self, questions: Sequence[Question]) -> list[Judgement]:
        """Judge all claims of all questions in the same batches."""
        pieces = [claims(question.answer) for question in questions]
        windows = [self._windows(question) if own else [] for question, own in zip(questions, pieces, strict=True)]
        pairs = [
            (question.evidence[window.text][slice(*window.span)], question.answer[slice(*piece.span)])
            for question, own, evidence in zip(questions, pieces, windows, strict=True)
            for piece in own
            for window in evidence
        ]
        chances = iter(self._loaded().probabilities(pairs, self.batch_size) if pairs else ())
        return [
            Judgement(tuple(self._claim(question, piece, evidence, [next(chances) for _ in evidence]) for piece in own))
            for question, own, evidence in zip(questions, pieces, windows, strict=True)
        ]

    def _loaded(self) -> Entailment:
        try:
            folder = checkpoint_folder(self.path, self.revision)
        except ArmError as error:
            raise JudgeError(f"judge.path: {error}") from error
        return load(folder, None if self.device == "auto" else self.device, self.max_tokens, self.entailment)

    def _windows(self, question: Question) -> list[EvidenceWindow]:
        return [
            EvidenceWindow(number, span)
            for number, text in enumerate(question.evidence)
            for span in windows_of(text, self.window_words)
        ]

    def _claim(
        self, question: Question, piece: Piece, windows: Sequence[EvidenceWindow], chances: Sequence[float]
    ) -> Claim:
        best = int(np.argmax(chances)) if windows else None
        support = 0.0 if best is None else float(chances[best])
        window = None if best is None else windows[best]
        return Claim(
            text=question.answer[piece.span.start : piece.span.end],
            start=piece.span.start,
            end=piece.span.end,
            sentence=piece.sentence,
            weight=float(len(piece.terms)),
            support=support,
            verdict=self._verdict(piece, support),
            evidence=None if window is None else window.text,
            evidence_start=0 if window is None else window.span.start,
            evidence_end=0 if window is None else window.span.end,
        )

    def _verdict(self, piece: Piece, support: float) -> Verdict:
        if piece.asks:
            return "question"
        return "supported" if support >= self.threshold else "unsupported"


def windows_of(text: str, size: int) -> list[TextSpan]:
    """Return runs of whole sentences of at most `size` words; each shares about half with the one before.

    A sentence of more words is cut. Text without a letter or digit has no window.
    """
    pieces = [(part, len(terms(text, *part))) for sentence in sentences(text) for part in _parts(text, sentence, size)]
    spans: list[TextSpan] = []
    first = 0
    while first < len(pieces):
        last, length = first, pieces[first][1]
        while last + 1 < len(pieces) and length + pieces[last + 1][1] <= size:
            last += 1
            length += pieces[last][1]
        spans.append(TextSpan(pieces[first][0].start, pieces[last][0].end))
        if last + 1 == len(pieces):
            break
        first = max(first + 1, (first + last + 2) // 2)
    return spans


def _parts(text: str, sentence: TextSpan, size: int) -> Iterator[TextSpan]:
    starts = terms(text, *sentence).starts
    for start, end in pairwise([sentence.start, *starts[size::size], sentence.end]):
        yield TextSpan(start, end)
