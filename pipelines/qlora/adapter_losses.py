"""Losses of single rows at the end of a training, and whether the adapter has them in answering.

At the end of training the trainer itself measures a few validation rows. When the adapter is attached for answering,
the same examples are rendered by the answering code and read by the model that answers. The losses must agree: other
templates, bases, quantisations, weights, scales or labels in one of the two make them differ.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from harness.audits import AuditResult, spread
from harness.types import Document, Example, Passage
from pipelines.generators.teacher_forcing import TeacherForcing, hash_of
from pipelines.prompts import Render
from pipelines.qlora.formatting import TrainingRow, target_answer
from pipelines.rag.structure import head_of

ROWS: Final = 16
FACT: Final = "row_losses"
"""Among the facts of an adapter."""
TOLERANCES: Final = {"float32": 0.002, "float16": 0.01, "bfloat16": 0.03}
"""By how much of itself (of 1 nat, if it is less) the loss of a row may differ. Measured on one processor: 1e-7 in NF4
with bfloat16; the rest is for an adapter that was trained on another device."""


@dataclass(frozen=True, slots=True)
class RowLoss:
    """One row as the trainer measured it at the end."""

    example_id: str
    """of the validation split; of train where there is none"""
    prompt_sha256: str
    """of the prompt's token ids"""
    loss: float
    """mean cross-entropy of the answer's tokens, in nats"""
    passages: tuple[tuple[str, int, int], ...] = ()
    """document, start and end of those shown"""
    input_cut: bool = False
    """the input was shortened"""
    base_loss: float | None = None
    """the same without the adapter; None for one of an earlier version"""


def row_losses(trainer: Any, rows: Sequence[TrainingRow]) -> list[dict[str, Any]]:
    """Return the losses of a sample of rows, by the trainer with the weights that it kept, as plain facts."""
    sample = spread([row for row in rows if row.example is not None], ROWS)
    trainer.model.eval()
    with trainer.model.disable_adapter():
        base = [_loss(trainer, row) for row in sample]
    return [{**_fact(row, _loss(trainer, row)), "base_loss": own} for row, own in zip(sample, base, strict=True)]


def _loss(trainer: Any, row: TrainingRow) -> float:
    import torch

    batch = trainer.data_collator([{"input_ids": row.input_ids, "labels": row.labels}])
    with torch.no_grad(), trainer.compute_loss_context_manager():
        return float(trainer.compute_loss(trainer.model, trainer._prepare_inputs(batch)))


def _fact(row: TrainingRow, loss: float) -> dict[str, Any]:
    assert row.example is not None
    prompt = [token for token, label in zip(row.input_ids, row.labels, strict=True) if label == -100]
    return {
        "example_id": row.example.id,
        "prompt_sha256": hash_of(prompt),
        "loss": loss,
        "passages": [[passage.document_id, passage.start, passage.end] for passage in row.passages],
        "input_cut": row.input_cut,
    }


def worse_than_base(rows: Sequence[RowLoss]) -> str:
    """Return what to say of an adapter that reads its validation rows no better than the bare base does, or ""."""
    base = [row.base_loss for row in rows if row.base_loss is not None]
    own = fmean(row.loss for row in rows)
    if len(base) < len(rows) or own < fmean(base):
        return ""
    return (
        f"training has not helped: the loss of its {len(rows)} validation rows is {own:.3g} with the adapter and "
        f"{fmean(base):.3g} without, so that its rows show a training that failed and not what training can do; "
        "look at the loss by step, and lower adapter.learning_rate or raise adapter.epochs"
    )


def unknown(key: str) -> AuditResult:
    """Return what is said of an adapter that an earlier version trained."""
    flag = (
        f"adapter {key[:8]} was trained by a version that recorded no losses to compare with: whether it does what it "
        f"learnt was not checked; remove the folder adapter/{key} in the store to train it again"
    )
    return AuditResult("adapter", 0, "validation rows", flag)


@dataclass(frozen=True, slots=True)
class LossCheck:
    """Examples as the answering path reads them with the adapter attached.

    Args:
        examples: those of train and validation by id.
        documents: by id.
        render: the prompt of answering.
        refusal: the answer taught where there is no reference.
        forcing: the model that answers, with the adapter.
    """

    examples: Mapping[str, Example]
    documents: Callable[[], Mapping[str, Document]]
    render: Render
    refusal: str
    forcing: TeacherForcing

    def difference(self, rows: Sequence[RowLoss]) -> tuple[str, AuditResult]:
        """Return how the first row differs from what training recorded, "" if none does, and the figures."""
        tolerance = TOLERANCES[self.forcing.dtype]
        losses: list[float] = []
        for row in rows:
            loss, problem = self._read(row, tolerance)
            if problem:
                return problem, AuditResult("adapter", len(losses), "validation rows")
            losses.append(loss)
        figures = {**_figures(rows, losses), "tolerance": tolerance}
        return "", AuditResult("adapter", len(rows), "validation rows", worse_than_base(rows), details=figures)

    def _read(self, row: RowLoss, tolerance: float) -> tuple[float, str]:
        example = self.examples.get(row.example_id)
        passages = self._passages(row)
        if example is None or passages is None:
            missing = "that example" if example is None else "a document that was shown for it"
            return 0.0, f"was trained with example {row.example_id}, and this task has not {missing}"
        answer_ids = self.forcing.chat.answer_ids(target_answer(example, self.refusal))
        forced = self.forcing.read(self.render(example, passages, row.input_cut), answer_ids)
        if forced.prompt_sha256 != row.prompt_sha256:
            return 0.0, f"was trained with another prompt of example {row.example_id} than answering writes"
        if not abs(forced.loss - row.loss) <= tolerance * max(1.0, row.loss):
            return 0.0, (
                f"does not do what it learnt: its loss on example {row.example_id} was {row.loss:.4g} at the end of "
                f"training and is {forced.loss:.4g} in answering (rounding explains {tolerance:.3g}); weights, scale, "
                "base, quantisation or labels are not those of its training"
            )
        return forced.loss, ""

    def _passages(self, row: RowLoss) -> tuple[Passage, ...] | None:
        if not row.passages:
            return ()
        documents, shown = self.documents(), list[Passage]()
        for name, start, end in row.passages:
            if name not in documents:
                return None
            document = documents[name]
            head = head_of(document, start)
            text, title, metadata = document.text[start:end], document.title, document.metadata
            shown.append(Passage(name, text, start, end, 0.0, title, metadata=metadata, head=head))
        return tuple(shown)


def _figures(rows: Sequence[RowLoss], losses: Sequence[float]) -> dict[str, float]:
    return {
        "recorded_loss": fmean(row.loss for row in rows),
        "loss": fmean(losses),
        "largest_difference": max(abs(row.loss - loss) for row, loss in zip(rows, losses, strict=True)),
    }
