"""The judge that asks a model of entailment: does the claim follow from any window of the evidence?"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from harness.errors import ArmError, ConfigError, JudgeError
from harness.judges.claims import Piece, claims, judged
from harness.judges.judge import Claim, Judge, Judgement, Question, Reads
from harness.judges.nli.entailment import Entailment, load
from harness.judges.nli.presets import InputFormat, Preset, preset_of
from harness.judges.nli.windows import EvidenceWindow, fitting_windows
from harness.store.checkpoints import checkpoint_folder, checkpoint_key
from harness.store.spec import ADDED

Row = tuple[Question, list[Piece], list[EvidenceWindow]]
"""a question with the claims of its answer and the windows of its evidence"""


@dataclass(frozen=True)
class NliJudge(Judge):
    """Support of a claim = the greatest probability of entailment over windows of the evidence.

    For NLI models with two or three outputs, and for fact checkers (HHEM-1.0, MiniCheck). What is None is taken from
    the preset of the model, or from its own names.

    Args:
        path: a preset's name, a folder, "package:NAME/SUBFOLDER" or a hub id, with safetensors weights.
        revision: branch, tag or commit of a hub id; None takes the preset's (main for other models).
        entailment: number of the output that means "follows".
        window_words: longest part of the evidence that is read at once.
        max_tokens: evidence and claim together; a window that is longer is cut into shorter ones.
        threshold: least probability of a supported claim.
        batch_size: pairs read at once.
        device: auto, cpu, cuda ...
        preset: name or hub id of the published model that the folder holds a copy of.
    """

    KEY: ClassVar[str] = "harness.judges.nli.NliJudge"

    path: str = field(compare=False)
    revision: str | None = field(compare=False)
    entailment: int | None
    window_words: int | None
    max_tokens: int | None
    threshold: float
    batch_size: int = field(compare=False)
    device: str = field(compare=False)
    preset: str | None = field(default=None, metadata=ADDED)

    VERSION: ClassVar[int] = 4
    name: ClassVar[str] = "nli"
    reads: ClassVar[Reads] = "meaning"

    @property
    def model(self) -> str:
        return self._source[0]

    @property
    def _known(self) -> Preset:
        return preset_of(self.path, self.revision, self.preset)

    @property
    def _source(self) -> tuple[str, str]:
        """Where the weights are: a folder or hub id, and its revision."""
        known = self._known
        path = known.id if known.name and self.path.casefold() == known.name else self.path
        return path, self.revision if self.revision is not None else known.revision

    @property
    def _format(self) -> InputFormat:
        return self._known.format

    def resolved(self) -> "NliJudge":
        """Return this judge with what the preset of its model decides; its name stays where that is its input, too."""
        known = self._known
        own = (self.entailment, self.window_words, self.max_tokens)
        usual = (known.format.entailed, known.window_words, known.max_tokens)
        entailed, words, tokens = (one if one is not None else other for one, other in zip(own, usual, strict=True))
        path, revision = self._source
        return replace(
            self, path=path, revision=revision, entailment=entailed, window_words=words, max_tokens=tokens,
            preset=known.name if known.format.template else None,
        )  # fmt: skip

    def problems(self) -> Sequence[str]:
        counts = {"window_words": self.window_words, "max_tokens": self.max_tokens, "batch_size": self.batch_size}
        problems = [
            f"{name}: {value}, but it must be 1 or more"
            for name, value in counts.items()
            if value is not None and value < 1
        ]
        if not self.path:
            problems.append("path: empty; give the name of a preset, a folder or a hub id")
        if not 0 < self.threshold < 1:
            problems.append(f"threshold: {self.threshold}, but it must be between 0 and 1")
        return [*problems, *self._refusal()]

    def _refusal(self) -> Sequence[str]:
        try:
            known = self._known
        except ConfigError as error:
            return [f"preset: {error}"]
        return [f"path: {self.path} is not used: {known.refused}"] if known.refused else []

    def content_key(self) -> str:
        """Return what identifies the weights: their digest, or hub id and commit."""
        try:
            return checkpoint_key(*self._source)
        except ArmError as error:
            raise JudgeError(f"judge.path: {error}") from error

    def judge(self, questions: Sequence[Question]) -> list[Judgement]:
        """Judge all claims of all questions in the same batches."""
        rows, pairs = self._pairs(questions)
        chances = iter(self._loaded().probabilities(pairs, self.batch_size) if pairs else ())
        return [
            Judgement(tuple(self._claim(question, piece, evidence, [next(chances) for _ in evidence]) for piece in own))
            for question, own, evidence in rows
        ]

    def _pairs(self, questions: Sequence[Question]) -> tuple[list[Row], list[tuple[str, str]]]:
        """Return the claims and windows of each question, and all pairs of the two as texts."""
        pieces = [claims(question.answer, question.asked) for question in questions]
        rows = [(question, own, self._windows(question, own)) for question, own in zip(questions, pieces, strict=True)]
        pairs = [
            (question.evidence[window.text][slice(*window.span)], question.answer[slice(*piece.span)])
            for question, own, evidence in rows
            for piece in own
            for window in evidence
        ]
        return rows, pairs

    def _loaded(self) -> Entailment:
        settled = self.resolved()
        assert settled.max_tokens is not None
        try:
            folder = checkpoint_folder(*self._source)
        except ArmError as error:
            raise JudgeError(f"judge.path: {error}") from error
        return load(folder, self.device, settled.max_tokens, self._format, settled.entailment)

    def _windows(self, question: Question, own: Sequence[Piece]) -> list[EvidenceWindow]:
        if not own or not question.evidence:
            return []
        model, size = self._loaded(), self.resolved().window_words
        assert size is not None
        longest = max((question.answer[slice(*piece.span)] for piece in own), key=len)
        return [
            EvidenceWindow(number, span)
            for number, text in enumerate(question.evidence)
            for span in fitting_windows(text, size, lambda part: model.fits(part, longest))
        ]

    def _claim(
        self, question: Question, piece: Piece, windows: Sequence[EvidenceWindow], chances: Sequence[float]
    ) -> Claim:
        if not windows:
            return judged(question.answer, piece, 0.0, self.threshold, (None, 0, 0))
        best = int(np.argmax(chances))
        place = (windows[best].text, *windows[best].span)
        return judged(question.answer, piece, float(chances[best]), self.threshold, place)
