"""How often, how long and with what pauses one request is tried."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential

from pipelines.generators.server.failure import NoAnswerError, no_answer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Bounds of trying."""

    retries: int
    """further attempts after the first"""
    timeout_seconds: float
    """longest time of one attempt, and longest pause that a server can ask for"""
    backoff_seconds: float
    """pause after the first failure; doubled after each further one"""

    async def ask(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Return what `attempt` returns; failures that waiting can cure are tried again.

        Raises:
            NoAnswerError: the last failure.
        """
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self.retries + 1),
            wait=self._pause_seconds,
            retry=retry_if_exception(lambda error: isinstance(error, NoAnswerError) and error.cured_by == "waiting"),
            reraise=True,
        )
        try:
            return await retrying(self._once, attempt)
        except NoAnswerError as failure:
            # tenacity's frames hold the failure, whose traceback holds them: a cycle would keep the connection open
            raise failure.with_traceback(None) from failure.__cause__

    async def _once(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """The client library's own time-out is per read, so a slow stream never meets it; this one is per attempt."""
        try:
            async with asyncio.timeout(self.timeout_seconds):
                return await attempt()
        except NoAnswerError:
            raise
        except Exception as error:
            raise no_answer(error, self.timeout_seconds) from error

    def _pause_seconds(self, state: RetryCallState) -> float:
        """Return the longer of our own pause and the one the server asks for, within `timeout_seconds`."""
        failure = state.outcome.exception() if state.outcome is not None else None
        wanted = failure.wait_seconds if isinstance(failure, NoAnswerError) else None
        return min(max(wait_exponential(self.backoff_seconds)(state), wanted or 0.0), self.timeout_seconds)
