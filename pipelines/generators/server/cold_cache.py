"""Timed prompts behind a server: a repeat must not be found among those that the server has read.

vLLM keeps what it has read apart by the request's `cache_salt`. Each attempt of a timed request has one of its own, so
that its whole prompt is read anew: by every repeat, and by a retry, whose failed attempt may have been read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from harness.machine.conditions import PROMPT_CACHE

FIELD: Final = "cache_salt"
"""of a request to vLLM, since 0.9"""
SALTED: Final = "vllm"
"""`owned_by` of the servers that know the field; others refuse what they do not know"""
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
