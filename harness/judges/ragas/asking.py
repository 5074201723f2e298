"""Requests to a language model for JSON objects: earlier replies are kept, an unusable reply is asked for once more.

ragas' own cache is not used: its key names neither model nor server, and it pickles.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from harness.judges.ragas.matching import Check, check_for
from harness.judges.ragas.reply import Conversation, Message, Reply, UnusableReplyError, parsed
from harness.store.files import write_text

if TYPE_CHECKING:
    from pydantic import BaseModel

AGAIN: Final = "That is of no use: {reason}. Answer with the JSON object alone."


@dataclass
class Asking:
    """One model and its cache on disk.

    Args:
        conversation: the connection to the model.
        cache: folder of this judge's earlier replies; None keeps nothing.
        attempts: number of requests for one object, in all.
    """

    conversation: Conversation
    cache: Path | None
    attempts: int
    strict: bool = True
    """False accepts any object of the right shape, as an estimate needs"""
    requests: int = field(default=0, init=False)
    cached: int = field(default=0, init=False)
    tokens_in: int = field(default=0, init=False)
    tokens_out: int = field(default=0, init=False)

    async def ask(self, prompt: str, shape: "type[BaseModel]", check: Check) -> Any:
        """Return an object of this shape that passes the check.

        Raises:
            UnusableReplyError: the model gave none.
            JudgeError: the model cannot be reached at all.
        """
        path = None if self.cache is None else self.cache / f"{_key(prompt, shape)}.json"
        known = _known(path, shape, check)
        if known is not None:
            self.cached += 1
            return known
        text, reply = await self._answer(prompt, shape, check)
        if path is not None:
            write_text(path, json.dumps({"text": text}, ensure_ascii=True))
        return reply

    async def _answer(self, prompt: str, shape: "type[BaseModel]", check: Check) -> tuple[str, Any]:
        messages: list[Message] = [{"role": "user", "content": prompt}]
        for left in reversed(range(self.attempts)):
            reply = await self._count(self.conversation, messages, shape)
            try:
                parsed_reply = parsed(reply.text, shape)
                if self.strict:
                    check(parsed_reply)
                return reply.text, parsed_reply
            except UnusableReplyError as error:
                if not left:
                    raise
                messages += _objection(reply.text, str(error))
        raise UnusableReplyError("no attempt was made")

    async def _count(self, conversation: Conversation, messages: Sequence[Message], shape: "type[BaseModel]") -> Reply:
        self.requests += 1
        reply = await conversation.ask(list(messages), shape)
        self.tokens_in += reply.tokens_in
        self.tokens_out += reply.tokens_out
        return reply


def _objection(reply: str, reason: str) -> list[Message]:
    return [
        {"role": "assistant", "content": reply or "(nothing)"},
        {"role": "user", "content": AGAIN.format(reason=reason)},
    ]


def _key(prompt: str, shape: "type[BaseModel]") -> str:
    schema = json.dumps(shape.model_json_schema(), sort_keys=True)
    return hashlib.sha256(f"{schema}\n{prompt}".encode("utf-8", errors="surrogatepass")).hexdigest()


def _known(path: Path | None, shape: "type[BaseModel]", check: Check) -> Any:
    if path is None or not path.is_file():
        return None
    try:
        reply = parsed(json.loads(path.read_text(encoding="utf-8"))["text"], shape)
        check(reply)
        return reply
    except (OSError, ValueError, KeyError, UnusableReplyError):  # damaged: ask again
        return None


def ragas_llm(asking: Asking) -> Any:
    """Return an `InstructorBaseRagasLLM` that asks through `asking` and keeps all objects in `.replies`.

    An object about other statements than the given ones is unusable, like one of another shape. The class is defined
    here because importing its base from ragas takes a second, which only those who need it should pay.
    """
    from ragas.llms.base import InstructorBaseRagasLLM

    class AskingLLM(InstructorBaseRagasLLM):
        def __init__(self) -> None:
            self.replies: list[Any] = []

        def generate(self, prompt: str, response_model: "type[BaseModel]") -> Any:
            raise RuntimeError("the judge is asked inside one event loop; use agenerate")

        async def agenerate(self, prompt: str, response_model: "type[BaseModel]") -> Any:
            self.replies.append(await asking.ask(prompt, response_model, check_for(response_model, self.replies)))
            return self.replies[-1]

    return AskingLLM()
