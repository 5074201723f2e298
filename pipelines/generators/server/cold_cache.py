"""Timed prompts behind a server: a repeat must not be found among those that the server has read.

vLLM keeps what it has read apart by the request's `cache_salt`. The n-th time that an arm asks a prompt, it is asked
with the arm's n-th salt: the question is read anew, and what all prompts of the arm begin with was read for another.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass
class ColdCache:
    """The salts of a connection.

    Args:
        salted: whether the server knows them.
    """

    salted: bool
    _connection: str = field(default_factory=lambda: uuid4().hex)
    _arm: str = ""
    _asked: Counter[tuple[str, str]] = field(default_factory=Counter)

    def begin(self, arm: str) -> None:
        """Time the requests that follow, as this arm's; "" ends it."""
        self._arm = arm

    def fields(self, prompt: str, extra_body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a request gets in addition; {} where none is timed, or the user has a salt of their own.

        Args:
            prompt: its digest.
            extra_body: fields that the user has set.
        """
        if not (self.salted and self._arm) or FIELD in extra_body:
            return {}
        self._asked[self._arm, prompt] += 1
        return {FIELD: f"{self._connection}-{self._arm}-{self._asked[self._arm, prompt]}"}

    def facts(self, extra_body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what the record keeps of it: "" where each timed question is read anew, else why not."""
        return {PROMPT_CACHE: COLD if self.salted and FIELD not in extra_body else WARM}
