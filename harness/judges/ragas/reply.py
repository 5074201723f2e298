"""The reply of a language model that was asked for JSON, and why it cannot be used when it is something else."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from harness.errors import redacted

if TYPE_CHECKING:
    from pydantic import BaseModel

THOUGHT: Final = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
"""one that does not end is matched as well, or looking for its end would cost quadratic time"""
LONGEST_REASON: Final = 300
"""characters kept of an error message of a server or parser"""

Message = dict[str, str]
"""role and content"""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the model."""

    text: str
    """as it came"""
    tokens_in: int
    """by the model's own count; 0 when it gives none"""
    tokens_out: int
    """the same"""


class UnusableReplyError(Exception):
    """One request gave no usable reply; the next one may."""


class Conversation(Protocol):
    """An open connection to a model, within one event loop."""

    async def __aenter__(self) -> "Conversation": ...
    async def __aexit__(self, *_: object) -> None: ...
    async def ask(self, messages: list[Message], shape: "type[BaseModel]") -> Reply:
        """Return the model's reply, which should be JSON of this shape.

        Raises:
            UnusableReplyError: there is no reply, after all retries.
            JudgeError: every request would fail: wrong address, key or model.
        """
        ...


class LanguageModel(Protocol):
    """The configuration of a language model."""

    @property
    def model(self) -> str: ...
    def open(self, most_at_once: int) -> Conversation:
        """Return the conversation; nothing is sent or loaded before it is entered."""
        ...


def parsed(text: str, shape: "type[BaseModel]") -> Any:
    """Return the object; prose around it, code fences and reasoning are skipped.

    Raises:
        UnusableReplyError: it holds no JSON, or JSON of another shape.
    """
    from pydantic import ValidationError

    plain = THOUGHT.sub(lambda thought: "" if thought[0].endswith("</think>") else thought[0], text)
    if not plain.strip():
        raise UnusableReplyError("empty answer")
    try:
        return shape.model_validate_json(plain[plain.find("{") : plain.rfind("}") + 1])
    except ValidationError as error:
        raise UnusableReplyError(f"not the JSON asked for: {short(error)}") from error


def short(error: object) -> str:
    """Return an error's text in one line, without secrets."""
    text = " ".join(redacted(str(error)).split())
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}…"
