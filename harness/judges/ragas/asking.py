"""Asking a language model for objects: what was said before is kept, what is unusable is asked for once more.

ragas' own cache is not used: its key names neither model nor server, and it pickles.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from harness.judges.ragas.matching import Check
from harness.judges.ragas.reply import Conversation, Message, Reply, UnusableError, parsed
from harness.store.files import write_text

if TYPE_CHECKING:
    from pydantic import BaseModel

AGAIN: Final = "That is of no use: {reason}. Answer with the JSON object alone."


@dataclass
class Asking:
    """One model, one memory on disk.

    Args:
        conversation: talks to the model.
        memory: folder of what this very judge has said before; None keeps nothing.
        attempts: how often an unusable answer is asked for, in all.
    """

    conversation: Conversation
    memory: Path | None
    attempts: int
    strict: bool = True
    """False takes any object of the right shape: an estimate has no more to give"""
    requests: int = field(default=0, init=False)
    remembered: int = field(default=0, init=False)
    tokens_in: int = field(default=0, init=False)
    tokens_out: int = field(default=0, init=False)

    async def ask(self, prompt: str, shape: "type[BaseModel]", check: Check) -> Any:
        """Return an object of this shape that passes the check.

        Raises:
            UnusableError: the model gave none.
            JudgeError: it cannot be reached at all.
        """
        place = None if self.memory is None else self.memory / f"{_key(prompt, shape)}.json"
        known = _known(place, shape, check)
        if known is not None:
            self.remembered += 1
            return known
        text, found = await self._answer(prompt, shape, check)
        if place is not None:
            write_text(place, json.dumps({"text": text}, ensure_ascii=True))
        return found

    async def _answer(self, prompt: str, shape: "type[BaseModel]", check: Check) -> tuple[str, Any]:
        messages: list[Message] = [{"role": "user", "content": prompt}]
        for left in reversed(range(self.attempts)):
            reply = await self._count(self.conversation, messages, shape)
            try:
                found = parsed(reply.text, shape)
                if self.strict:
                    check(found)
                return reply.text, found
            except UnusableError as error:
                if not left:
                    raise
                messages += _objection(reply.text, str(error))
        raise UnusableError("never asked")

    async def _count(self, conversation: Conversation, messages: Sequence[Message], shape: "type[BaseModel]") -> Reply:
        self.requests += 1
        reply = await conversation.ask(list(messages), shape)
        self.tokens_in += reply.tokens_in
        self.tokens_out += reply.tokens_out
        return reply


def _objection(said: str, reason: str) -> list[Message]:
    return [
        {"role": "assistant", "content": said or "(nothing)"},
        {"role": "user", "content": AGAIN.format(reason=reason)},
    ]


def _key(prompt: str, shape: "type[BaseModel]") -> str:
    schema = json.dumps(shape.model_json_schema(), sort_keys=True)
    return hashlib.sha256(f"{schema}\n{prompt}".encode("utf-8", errors="surrogatepass")).hexdigest()


def _known(place: Path | None, shape: "type[BaseModel]", check: Check) -> Any:
    if place is None or not place.is_file():
        return None
    try:
        found = parsed(json.loads(place.read_text(encoding="utf-8"))["text"], shape)
        check(found)
        return found
    except (OSError, ValueError, KeyError, UnusableError):  # damaged: ask again
        return None
