"""What decides the weights of the models of this repository."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

HEAD: Final = 64
"""width of an attention head"""


@dataclass(frozen=True)
class Plan:
    """Everything that decides the weights."""

    edition: int = 6
    """of the conversations: raised when others are drawn, so that no training goes on in them"""
    seed: int = 3
    """of weights and data"""
    layers: int = 4
    """blocks"""
    width: int = 256
    """of the residual stream; a multiple of 64 (NF4 on CPU)"""
    inner: int = 704
    """of the feed-forward part; a multiple of 64"""
    heads: int = 4
    """attention heads of 64"""
    wired: bool = True
    """whether the starting weights can copy; see pocket/wiring.py"""
    tokens: int = 34_000_000
    """read in all"""
    early_batch_tokens: int = 2048
    """per update at first: what is not yet learnt needs updates, not tokens"""
    batch_tokens: int = 4096
    """per update later"""
    early: float = 0.25
    """share of the tokens that are read in early batches"""
    group_tokens: int = 4096
    """per forward pass, at most, unless one conversation is longer"""
    matrix_rate: float = 0.006
    """learning rate of Muon, for the matrices of the blocks"""
    matrix_decay: float = 0.2
    """weight decay of Muon: without it attention grows so sharp that it stops learning"""
    other_rate: float = 0.003
    """learning rate of AdamW, for embeddings and norms"""
    warmup: float = 0.01
    """share of the tokens"""
    cooldown: float = 0.6
    """share of the tokens over which the rates fall to zero at the end"""
    mean_decay: float = 0.99
    """of the running mean of the weights, per update"""
    tokenizer_conversations: int = 6000
    """read to learn the merges"""


SIZES: Final[Mapping[str, Plan]] = {
    "pocket": Plan(),
    "pocket_small": Plan(width=128, inner=384, tokens=17_000_000),
}
"""the models of this repository by their names"""


def batch(plan: Plan, share: float) -> int:
    """Return the tokens of an update when `share` of all tokens is read."""
    return plan.early_batch_tokens if share < plan.early else plan.batch_tokens


def rate(plan: Plan, share: float) -> float:
    """Return the factor on the learning rates when `share` of all tokens is read: up, level, down to zero."""
    return max(0.0, min(1.0, share / plan.warmup, (1.0 - share) / plan.cooldown))
