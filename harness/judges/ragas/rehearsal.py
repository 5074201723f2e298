"""A placeholder for a language model that only counts: estimates what a judge will cost, before it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

from harness.judges.ragas.reply import Message, Reply

if TYPE_CHECKING:
    from pydantic import BaseModel

CHARACTERS_PER_TOKEN: Final = 4
ITEMS: Final = 3
"""in every list of a reply: statements that an answer is split into"""
TEXT: Final = "A statement or a reason of about this length, as models tend to write them."


@dataclass
class Rehearsal:
    """Replaces the model in an estimate; its replies have the right shape and a likely length."""

    KEY: ClassVar[str] = "harness.judges.ragas.rehearsal.Rehearsal"

    requests: int = field(default=0, compare=False)
    tokens_in: int = field(default=0, compare=False)
    tokens_out: int = field(default=0, compare=False)

    VERSION: ClassVar[int] = 1
    model: ClassVar[str] = "(none: an estimate)"

    def open(self, most_at_once: int) -> "Rehearsal":
        del most_at_once
        return self

    async def __aenter__(self) -> "Rehearsal":
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def ask(self, messages: list[Message], shape: "type[BaseModel]") -> Reply:
        schema = shape.model_json_schema()
        text = shape.model_validate(_filled(schema, schema.get("$defs", {}))).model_dump_json()
        read = sum(len(message["content"]) for message in messages)
        reply = Reply(text, read // CHARACTERS_PER_TOKEN, len(text) // CHARACTERS_PER_TOKEN)
        self.requests += 1
        self.tokens_in += reply.tokens_in
        self.tokens_out += reply.tokens_out
        return reply


def _filled(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Any:
    """Return an instance of a JSON schema as pydantic writes them."""
    if "$ref" in schema:
        return _filled(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    kind = schema.get("type")
    if kind == "object":
        return {name: _filled(property_schema, definitions) for name, property_schema in schema["properties"].items()}
    if kind == "array":
        return [_filled(schema["items"], definitions) for _ in range(ITEMS)]
    return {"string": TEXT, "integer": 1, "number": 1.0, "boolean": True}.get(str(kind))
