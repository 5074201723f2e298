"""An answer that repeats itself ends: a cycle of tokens that came again and again is no answer any more.

Under greedy decoding a model that has written the same few tokens several times over writes them until its limit. The
rule depends on the answer's tokens alone, so that it is the same for every model and arm, and an audit can check it.
It ends an answer that had failed: what is ended by it counts as cut off, like one that ran into the limit, so that no
score depends on it. Requests that are timed are not ended: latency and price stay those of plain decoding.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

LONGEST: Final = 64
"""tokens of the longest cycle that is looked for"""
REPEATS: Final = 4
"""times that a cycle stands there one after the other, at least"""
TOKENS: Final = 48
"""of all these together, at least: a line of dashes or a row of zeros is no loop"""
FACTS: Final = {"cycle_tokens": LONGEST, "repeats": REPEATS, "tokens": TOKENS}
"""as the record keeps them"""


def _wanted(cycle: int) -> int:
    """Return how many tokens in a row must equal the token one cycle before them."""
    return max(REPEATS * cycle, TOKENS) - cycle


def loop_end(ids: Sequence[int]) -> int | None:
    """Return the number of tokens after which the answer is stuck in a cycle; None if it never is."""
    tokens = np.asarray(ids)
    ends = [end for cycle in range(1, LONGEST + 1) if (end := _first_end(tokens, cycle)) is not None]
    return min(ends, default=None)


def _first_end(tokens: np.ndarray, cycle: int) -> int | None:
    wanted = _wanted(cycle)
    if len(tokens) < cycle + wanted:
        return None
    same = np.concatenate([[0], np.cumsum(tokens[cycle:] == tokens[:-cycle])])
    full = np.flatnonzero(same[wanted:] - same[:-wanted] == wanted)
    return int(full[0]) + wanted + cycle if len(full) else None


class LoopStop:
    """A stopping criterion of `generate` that ends each answer at its `loop_end`.

    Args:
        prompt_tokens: columns of the batch before the first token of the answers.
    """

    def __init__(self, prompt_tokens: int) -> None:
        self._start = prompt_tokens
        self._runs: Any = None  # (rows, LONGEST): tokens in a row that equal the one so many before them

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        """Return which rows are stuck: (rows,) bool."""
        import torch

        written = input_ids[:, self._start :]
        if self._runs is None:
            self._runs = torch.zeros(len(input_ids), LONGEST, dtype=torch.long, device=input_ids.device)
            cycles = torch.arange(1, LONGEST + 1)
            self._needed = torch.tensor([_wanted(int(cycle)) for cycle in cycles], device=input_ids.device)
        compared = min(LONGEST, written.shape[1] - 1)
        same = written[:, -1 - compared : -1].flip(1) == written[:, -1:]
        self._runs[:, :compared] = (self._runs[:, :compared] + 1) * same
        return (self._runs >= self._needed).any(1)
