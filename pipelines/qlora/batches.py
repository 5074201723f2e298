"""How rows become batches, and which of their positions are scored."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


class RightPadded:
    """Collates rows of tokens, padded on the right, without an attention mask.

    In a causal model no token attends to its right, so padding there changes nothing. Without a mask
    the attention kernels skip the upper half of their work; with one that masks nothing but padding they do not.
    Positions are in every batch because TRL counts tokens by them, and because a model without mask and positions
    might count from a padding token.

    Args:
        pad_token_id: appended to short rows; any token would do.
    """

    def __init__(self, pad_token_id: int) -> None:
        self.pad_token_id = pad_token_id

    def __call__(self, rows: Sequence[dict[str, list[int]]]) -> "dict[str, Tensor]":
        """Return `input_ids`, `labels` (-100 where nothing is learnt) and `position_ids`, each (rows, longest row)."""
        import torch

        longest = max(len(row["input_ids"]) for row in rows)

        def padded(column: str, filler: int) -> "Tensor":
            return torch.tensor([[*row[column], *[filler] * (longest - len(row[column]))] for row in rows])

        return {
            "input_ids": padded("input_ids", self.pad_token_id),
            "labels": padded("labels", -100),
            "position_ids": torch.arange(longest).repeat(len(rows), 1),
        }


@contextmanager
def scores_answers_only() -> Iterator[None]:
    """Make TRL's loss read only the positions that have a label, on processors as on GPUs.

    TRL 1.16 leaves the others out where Triton runs. Elsewhere it computes a row of logits for every token of
    every prompt and throws it away, for devices that compile anew at each new shape; a processor does not.
    The loss is the same. A TRL without this switch is left as it is.
    """
    import trl.trainer.utils as inside

    switch: Any = getattr(inside, "_use_triton", None)
    if switch is None:
        yield
        return
    inside._use_triton = lambda device: device.type == "cpu" or switch(device)
    try:
        yield
    finally:
        inside._use_triton = switch
