"""What a judging model was asked and who answered, said once for a cell, which is judged in many blocks."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from harness.machine.connection import other_models

log = logging.getLogger(__name__)


@dataclass
class ModelAsked:
    """Counts of one judging model."""

    requests: int = 0
    cached: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    answered: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(model that was asked, model that the reply names) -> replies"""

    def say(self, model: str) -> None:
        """Log them, and a warning where another model answered."""
        if self.requests or self.cached:
            log.info(
                "judge %s: %d requests (%d more from the cache), %d tokens in, %d out",
                model, self.requests, self.cached, self.tokens_in, self.tokens_out,
            )  # fmt: skip
        if flag := other_models(self.answered):
            log.warning("judge %s: %s", model, flag)


_ASKED: Final[ContextVar[dict[str, ModelAsked] | None]] = ContextVar("asked", default=None)


@contextmanager
def said_together() -> Iterator[None]:
    """Say at the end, once for each model, what was asked within; one inside another leaves it to that."""
    if _ASKED.get() is not None:
        yield
        return
    asked: dict[str, ModelAsked] = {}
    token = _ASKED.set(asked)
    try:
        yield
    finally:
        _ASKED.reset(token)
        for model, counts in asked.items():
            counts.say(model)


def asked_of(model: str) -> ModelAsked:
    """Return the counts of a model, to be added to, within `said_together`."""
    asked = _ASKED.get()
    return ModelAsked() if asked is None else asked.setdefault(model, ModelAsked())
