"""Whether a served adapter answers differently from the base: the only proof a client can get."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from harness.types import Turn
from pipelines.generators.server.answer import ServerAnswer
from pipelines.generators.server.failure import NoAnswerError

QUESTION: Final = (Turn("user", "Tell me in a few sentences what you know and how you would put it."),)
PROBE_TOKENS: Final = 24
LOG_PROBABILITIES: Final[Mapping[str, Any]] = {"logprobs": True}
UNKNOWN_PARAMETER: Final = (400, 422)
"""statuses by which servers refuse a parameter they do not have"""


class Ask(Protocol):
    """Asks one model one question."""

    async def __call__(
        self, model: str, turns: Sequence[Turn], max_new_tokens: int, extra: Mapping[str, Any] | None = None
    ) -> ServerAnswer: ...


@dataclass(frozen=True, slots=True)
class AdapterProbe:
    """The answers of base and adapter to the same question."""

    base: ServerAnswer
    adapted: ServerAnswer

    @property
    def with_log_probabilities(self) -> bool:
        """Whether the server gave them for both."""
        return bool(self.base.log_probabilities and self.adapted.log_probabilities)

    @property
    def differs(self) -> bool:
        """Whether anything compared is different."""
        return (self.base.text, self.base.log_probabilities) != (self.adapted.text, self.adapted.log_probabilities)

    @property
    def proves_no_effect(self) -> bool:
        """Equal texts alone prove nothing: a small adapter can leave a short answer as it is."""
        return self.with_log_probabilities and not self.differs

    def facts(self) -> dict[str, Any]:
        """Return what goes into the record."""
        compared = "answers and log-probabilities" if self.with_log_probabilities else "answers"
        return {"adapter_probe_differs": self.differs, "adapter_probe_compared": compared}


async def probe_adapter(ask: Ask, base: str, adapter: str) -> AdapterProbe:
    """Ask both models the same question.

    Raises:
        NoAnswerError: one of them does not answer.
    """
    try:
        return await _probe(ask, base, adapter, LOG_PROBABILITIES)
    except NoAnswerError as failure:
        if failure.status not in UNKNOWN_PARAMETER:
            raise
    return await _probe(ask, base, adapter, {})


async def _probe(ask: Ask, base: str, adapter: str, extra: Mapping[str, Any]) -> AdapterProbe:
    return AdapterProbe(
        base=await ask(base, QUESTION, PROBE_TOKENS, extra),
        adapted=await ask(adapter, QUESTION, PROBE_TOKENS, extra),
    )
