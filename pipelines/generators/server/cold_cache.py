"""Timed prompts behind a server: a repeat must not be found among those that the server has read.

vLLM keeps what it has read apart by the request's `cache_salt`. Each attempt of a timed request has one of its own, so
that its prompt is read anew: by every repeat, and by a retry, whose failed attempt may have been read. What all prompts
of an arm begin with is read with that salt just before, in nobody's time: each request finds it, and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import uuid4

from harness.machine.conditions import PROMPT_CACHE
from harness.types import Turn
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


@dataclass
class ColdCache:
    """The salts of a connection.

    Args:
        salted: whether the server knows them, and the user has none of their own.
    """

    salted: bool
    _begun: Mapping[str, str] = field(default_factory=dict)

    def fields(self) -> Mapping[str, str]:
        """Return what an attempt of a timed request gets in addition: a random salt, which says nothing of the arm.

        It is the one of `read` for the first attempt after it.
        """
        salt, self._begun = self._begun or {FIELD: uuid4().hex}, {}
        return salt if self.salted else {}

    async def read(self, ask: Ask, model: str, beginning: Sequence[Turn]) -> None:
        """Have the beginning of the next timed request read, with its salt.

        Raises:
            NoAnswerError: the server does not answer.
        """
        salt = {FIELD: uuid4().hex}
        await ask(model, beginning, 1, salt)
        self._begun = salt

    def forget(self) -> None:
        """Let the next timed request read its beginning as well."""
        self._begun = {}

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


def common_turns(prompts: Sequence[Sequence[Turn]]) -> tuple[Turn, ...]:
    """Return the turns that all prompts begin with, and as much of the next as is alike; () for one prompt."""
    same: list[Turn] = []
    for turns in zip(*prompts, strict=False) if len(prompts) > 1 else ():
        if len({turn.role for turn in turns}) > 1:
            break
        same.append(replace(turns[0], content=_beginning([turn.content for turn in turns])))
        if len(set(turns)) > 1:
            break
    return tuple(same) if any(turn.content for turn in same) else ()


def _beginning(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)  # what these two have in common, all between them have
    differ = (at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return first[: next(differ, len(first))]
