"""Several processes that train one model: each works on a share of every batch, gradients are added up.

Two processes of one thread each read nearly twice the tokens per second of one process with two threads: the
matrices of so small a model are too small to be split.
"""

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pocket.rows import Row

if TYPE_CHECKING:
    import torch


def abandoned() -> bool:
    """Return whether the process that started this one has ended, however it was killed."""
    parent = multiprocessing.parent_process()
    return parent is not None and not parent.is_alive()


@dataclass(frozen=True, slots=True)
class Team:
    """This process among those that train together. Each makes the same updates, so the models stay alike."""

    rank: int = 0
    """of this process; 0 writes"""
    size: int = 1
    """how many there are"""

    def join(self, meeting: Path) -> None:
        """Meet the others at a file that is not there yet."""
        import torch.distributed

        if self.size > 1:
            torch.distributed.init_process_group(
                "gloo", init_method=f"file://{meeting.absolute()}", rank=self.rank, world_size=self.size
            )

    def share(self, rows: Sequence[Row]) -> list[Row]:
        """Return this process's share of a batch; shares are alike in tokens, since the slowest is waited for."""
        shares: list[list[Row]] = [[] for _ in range(self.size)]
        tokens = [0] * self.size
        for entry in sorted(rows, key=lambda entry: -len(entry.tokens)):
            least = tokens.index(min(tokens))
            shares[least].append(entry)
            tokens[least] += len(entry.tokens)
        return shares[self.rank]

    def sum(self, tensor: "torch.Tensor") -> None:
        """Put the sum of everybody's tensors into the tensor."""
        import torch.distributed

        if self.size > 1:
            torch.distributed.all_reduce(tensor)

    def add_up(self, models: Sequence[Any], loss: float) -> float:
        """Put the sum of everybody's gradients into the models and return the sum of the losses."""
        import torch

        if self.size == 1:
            return loss
        weights = [weight for model in models for weight in model.parameters() if weight.grad is not None]
        together = torch.cat([*(weight.grad.flatten() for weight in weights), torch.tensor([loss])])
        self.sum(together)
        start = 0
        for weight in weights:
            weight.grad.copy_(together[start : start + weight.numel()].view_as(weight))
            start += weight.numel()
        return float(together[-1])
