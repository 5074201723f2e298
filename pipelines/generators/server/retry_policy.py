"""How often, how long and with what pauses one request is tried."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

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
        """Return what `attempt` returns, trying again while waiting can mend it.

        The client library's own time-out is per read, so a server that trickles would never meet it;
        this one is for the whole attempt.

        Raises:
            NoAnswerError: the last failure.
        """
        for failures in range(self.retries + 1):
            try:
                async with asyncio.timeout(self.timeout_seconds):
                    return await attempt()
            except Exception as error:
                failure = no_answer(error, self.timeout_seconds)
                if failure.mended_by != "waiting" or failures == self.retries:
                    try:
                        raise failure from error
                    finally:
                        del failure  # its traceback holds this frame: a cycle would keep the connection open
                pause_seconds = self.pause_seconds(failures, failure)
                del failure
            await asyncio.sleep(pause_seconds)
        raise AssertionError("the loop above returns or raises")

    def pause_seconds(self, failures: int, failure: NoAnswerError) -> float:
        """Return the pause after the given number of earlier failures; the server's wish counts when it is longer."""
        own = self.backoff_seconds * 2.0**failures
        return min(max(own, failure.wait_seconds or 0.0), self.timeout_seconds)
