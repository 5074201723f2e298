"""The judge that reads meaning with a cross-encoder: does the claim follow from any stretch of the evidence?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar, NamedTuple

import numpy as np

from harness.errors import ArmError, JudgeError
from harness.judges.claims import Piece, Span, claims, sentences
from harness.judges.entailment import Entailment, load
from harness.judges.judge import Claim, Judgement, Question, Reads
from harness.store.checkpoints import checkpoint_folder, checkpoint_key
from harness.text.terms import terms
from harness.types import Verdict


class Window(NamedTuple):
    """A stretch of one evidence text."""

    text: int
    """number of the evidence text"""
    span: Span


@dataclass(frozen=True)
class NliJudge:
    """Support of a claim = the greatest probability of entailment over windows of the evidence.

    For two- and three-way NLI models, and for fact checkers with one output (HHEM, MiniCheck); as good as they are.

    Args:
        path: a folder, "package:NAME/SUBFOLDER" or a hub id, with safetensors weights.
        revision: branch, tag or commit of a hub id; unused for folders.
        entailment: number of the output that means "follows"; None finds it by its name.
        window_words: longest stretch of evidence that is read at once.
        max_tokens: evidence and claim together; what goes beyond is cut.
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
        found = [f"{name}: {value}, but it must be 1 or more" for name, value in counts.items() if value < 1]
        if not self.path:
            found.append("path: empty; give a folder or a hub id")
        if not 0 < self.threshold < 1:
            found.append(f"threshold: {self.threshold}, but it must lie between 0 and 1")
        return found

    def content_key(self) -> str:
        """What identifies the weights."""
        try:
            return checkpoint_key(self.path, self.revision)
        except ArmError as error:
            raise JudgeError(f"judge.path: {error}") from error

    def judge(self, questions: Sequence[Question]) -> list[Judgement]:
        """Judge all claims of all questions in the same batches."""
        pieces = [claims(question.answer) for question in questions]
        held = [self._windows(question) if found else [] for question, found in zip(questions, pieces, strict=True)]
        asked = [
            (question.evidence[window.text][slice(*window.span)], question.answer[slice(*piece.span)])
            for question, found, against in zip(questions, pieces, held, strict=True)
            for piece in found
            for window in against
        ]
        chances = iter(self._loaded().probabilities(asked, self.batch_size) if asked else ())
        return [
            Judgement(tuple(self._claim(question, piece, against, [next(chances) for _ in against]) for piece in found))
            for question, found, against in zip(questions, pieces, held, strict=True)
        ]

    def _loaded(self) -> Entailment:
        try:
            folder = checkpoint_folder(self.path, self.revision)
        except ArmError as error:
            raise JudgeError(f"judge.path: {error}") from error
        return load(folder, None if self.device == "auto" else self.device, self.max_tokens, self.entailment)

    def _windows(self, question: Question) -> list[Window]:
        return [
            Window(number, span)
            for number, text in enumerate(question.evidence)
            for span in windows(text, self.window_words)
        ]

    def _claim(self, question: Question, piece: Piece, against: Sequence[Window], chances: Sequence[float]) -> Claim:
        best = int(np.argmax(chances)) if against else None
        support = 0.0 if best is None else float(chances[best])
        window = None if best is None else against[best]
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


def windows(text: str, size: int) -> list[Span]:
    """Return stretches of whole sentences of at most `size` words; each shares about half with the one before.

    A sentence of more words is cut. Text without a letter or digit has no window.
    """
    pieces = [(part, len(terms(text, *part))) for sentence in sentences(text) for part in _parts(text, sentence, size)]
    found: list[Span] = []
    first = 0
    while first < len(pieces):
        last, held = first, pieces[first][1]
        while last + 1 < len(pieces) and held + pieces[last + 1][1] <= size:
            last += 1
            held += pieces[last][1]
        found.append(Span(pieces[first][0].start, pieces[last][0].end))
        if last + 1 == len(pieces):
            break
        first = max(first + 1, (first + last + 2) // 2)
    return found


def _parts(text: str, sentence: Span, size: int) -> Iterator[Span]:
    starts = terms(text, *sentence).starts
    for start, end in pairwise([sentence.start, *starts[size::size], sentence.end]):
        yield Span(start, end)
