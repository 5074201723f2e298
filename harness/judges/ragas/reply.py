"""What a language model said when it was asked for JSON, and why it is of no use when it is not."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from pydantic import BaseModel

THOUGHT: Final = re.compile(r"<think>.*?</think>", re.DOTALL)
LONGEST_REASON: Final = 300
"""characters kept of what a server or parser says"""

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


class UnusableError(Exception):
    """One request came to nothing that can be used; the next one may."""


class Conversation(Protocol):
    """A model that can be talked to, within one event loop."""

    async def __aenter__(self) -> "Conversation": ...
    async def __aexit__(self, *_: object) -> None: ...
    async def ask(self, messages: list[Message], shape: "type[BaseModel]") -> Reply:
        """Return the model's answer, which should be JSON of this shape.

        Raises:
            UnusableError: there is none, after all retries.
            JudgeError: no request will work: wrong address, key or model.
        """
        ...


class LanguageModel(Protocol):
    """A component that configures one."""

    @property
    def model(self) -> str: ...
    def open(self, most_at_once: int) -> Conversation:
        """Return the conversation; nothing is sent or loaded before it is entered."""
        ...


def parsed(text: str, shape: "type[BaseModel]") -> Any:
    """Return the object; prose around it, code fences and thinking aloud are passed over.

    Raises:
        UnusableError: there is no JSON, or another one than asked for.
    """
    from pydantic import ValidationError

    plain = THOUGHT.sub("", text)
    if not plain.strip():
        raise UnusableError("empty answer")
    try:
        return shape.model_validate_json(plain[plain.find("{") : plain.rfind("}") + 1])
    except ValidationError as error:
        raise UnusableError(f"not the JSON asked for: {short(error)}") from error


def short(error: object) -> str:
    """Return an error's text in one line."""
    text = " ".join(str(error).split())
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}…"
