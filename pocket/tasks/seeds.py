"""Seeds of the shipped and held-out worlds: none of them is ever used in pre-training."""

from random import Random
from typing import Final

SHIPPED: Final = {"summarization": 41, "qa": 42, "support": 43, "probes": 44}
HELD_OUT: Final = tuple(range(900, 932))
"""worlds of `python -m pocket.check`"""


def shipped(task: str) -> Random:
    """Return the generator of a shipped task's world."""
    return Random(f"world:{SHIPPED[task]}")


def held_out(number: int) -> Random:
    """Return the generator of a held-out world."""
    return Random(f"world:{HELD_OUT[number]}")
