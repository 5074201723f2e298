"""The recipe of an adapter: LoRA settings and hyperparameters. training.py trains it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal, Self

from harness.store.spec import ADDED
from pipelines.qlora.brought import BroughtAdapter

Optimiser = Literal[
    "auto", "adamw_torch", "adamw_torch_fused", "adamw_8bit", "paged_adamw_8bit", "paged_adamw_32bit", "sgd"
]

HIGHEST_RANK: Final = 4096
"""8 to 64 is usual; matrices of a higher one are larger than the layers they change"""


@dataclass(frozen=True)
class QLoRA:
    """LoRA on the run's base model: QLoRA when that is in NF4, plain LoRA when it is not quantised.

    Args:
        rank: of the update matrices.
        alpha: scale; the update is multiplied by alpha / rank.
        dropout: on the adapter's input, 0 to 1.
        target_modules: "all-linear", or names of linear layers.
        learning_rate: at its peak.
        schedule: of the learning rate after warm-up.
        warmup_share: of all steps.
        batch_size: rows per optimiser step.
        micro_batch_size: rows per forward pass; must divide batch_size, or be larger and so be cut to it.
        epochs: passes over the training rows.
        max_grad_norm: gradient clipping.
        weight_decay: of AdamW.
        optimiser: transformers' name; auto is paged_adamw_8bit on CUDA, adamw_torch elsewhere.
        checkpoints: evaluations on the validation split; the one of least loss is kept.
        validation_rows: at most this many validation rows are evaluated.
        activation_checkpointing: recompute activations in the backward pass.
        refusal: the answer taught for unanswerable examples that name no reference.
        path: folder or hub id of an adapter in PEFT's format that is taken instead of training one; None trains.
        revision: of a hub id: branch, tag or commit.
    """

    KEY: ClassVar[str] = "pipelines.qlora.adapter.QLoRA"
    VERSION: ClassVar[int] = 3
    """raised with every change to formatting or training that changes the adapter"""

    rank: int
    alpha: int
    dropout: float
    target_modules: str | tuple[str, ...]
    learning_rate: float
    schedule: Literal["cosine", "linear", "constant"]
    warmup_share: float
    batch_size: int
    micro_batch_size: int = field(compare=False)
    epochs: float
    max_grad_norm: float
    weight_decay: float
    optimiser: Optimiser
    checkpoints: int
    validation_rows: int
    activation_checkpointing: bool = field(compare=False)
    refusal: str
    path: str | None = field(default=None, metadata=ADDED)
    revision: str | None = field(default=None, metadata=ADDED)

    @property
    def brought(self) -> BroughtAdapter | None:
        """The adapter that is taken instead of training one."""
        return BroughtAdapter(self.path, self.revision, self.refusal) if self.path else None

    def resolved(self) -> Self | BroughtAdapter:
        """Return what identifies the adapter: of one that was brought, no hyperparameter of training."""
        return self.brought or self

    def optimiser_on(self, device: str) -> str:
        """Return the optimiser's name on this device: paged where there is a GPU to page from."""
        if self.optimiser != "auto":
            return self.optimiser
        return "paged_adamw_8bit" if device.startswith("cuda") else "adamw_torch"

    def problems(self) -> Sequence[str]:
        positive = {
            "rank": self.rank,
            "alpha": self.alpha,
            "learning_rate": self.learning_rate,
            "batch_size": self.batch_size,
            "micro_batch_size": self.micro_batch_size,
            "epochs": self.epochs,
            "checkpoints": self.checkpoints,
            "max_grad_norm": self.max_grad_norm,
        }
        problems = [f"{key} is {value}; it must be more than 0" for key, value in positive.items() if value <= 0]
        if self.rank > HIGHEST_RANK:
            problems.append(f"rank is {self.rank}; it must be at most {HIGHEST_RANK:,}, the width of whole layers")
        shares = {"dropout": self.dropout, "warmup_share": self.warmup_share}
        problems += [
            f"{key} is {value}; it must be at least 0 and below 1"
            for key, value in shares.items()
            if not 0 <= value < 1
        ]
        if self.validation_rows < 0:
            problems.append(f"validation_rows is {self.validation_rows}; it must be 0 or more")
        if not problems and self.batch_size % min(self.micro_batch_size, self.batch_size):
            problems.append(
                f"micro_batch_size is {self.micro_batch_size}; it must divide batch_size ({self.batch_size})"
            )
        return problems
