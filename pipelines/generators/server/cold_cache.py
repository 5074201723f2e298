"""Timed prompts behind a server: a repeat must not be found among those that the server has read.

vLLM keeps what it has read apart by the request's `cache_salt`. Each attempt of a timed request has one of its own, so
that its whole prompt is read anew: by every repeat, and by a retry, whose failed attempt may have been read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from harness.machine.conditions import PROMPT_CACHE
from pipelines.generators.server.failure import NoAnswerError
from pipelines.generators.server.probing import QUESTION, Ask

FIELD: Final = "cache_salt"
"""of a request to vLLM, since 0.9"""
SALTED: Final = "vllm"
"""`owned_by` of the servers that may know the field; others refuse what they do not know"""
REFUSED: Final = 400
"""the status by which vLLM refuses an empty salt"""
COLD: Final = ""
WARM: Final = (
    "a repeated question may have been found in the server's prompt cache, which cannot be emptied from here: times to "
    "the first token may be too good"
)


@dataclass(frozen=True)
class ColdCache:
    """The salts of a connection.

    Args:
        salted: whether the server knows them, and the user has none of their own.
    """

    salted: bool

    def fields(self) -> Mapping[str, str]:
        """Return what an attempt of a timed request gets in addition: a random salt, which says nothing of the arm."""
        return {FIELD: uuid4().hex} if self.salted else {}

    def facts(self) -> Mapping[str, Any]:
        """Return what the record keeps of it: "" where each timed question is read anew, else why not."""
        return {PROMPT_CACHE: COLD if self.salted else WARM}


async def knows_salts(ask: Ask, model: str) -> bool:
    """Return whether a server that says it is vLLM knows the field: it then refuses an empty salt, by its name.

    An old vLLM, or what stands before one, ignores fields that it does not know, and answers.
    """
    try:
        await ask(model, QUESTION, 1, {FIELD: ""})
    except NoAnswerError as failure:
        return failure.status == REFUSED and FIELD in failure.reason
    return False
