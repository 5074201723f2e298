"""Connections to servers whose owner was dropped: they are closed outside any loop."""

import asyncio
import atexit
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openai import AsyncOpenAI

ABANDONED: "deque[tuple[asyncio.Runner, AsyncOpenAI]]" = deque()
"""Connections whose owner was dropped. The garbage collector may run anywhere, even while a thread starts and holds
locks that every other start waits for: it only leaves them here."""


def close_abandoned() -> None:
    """Close the connections of dropped servers; to be called outside any loop."""
    while ABANDONED:
        runner, client = ABANDONED.popleft()
        runner.run(_close(client))
        runner.close()


atexit.register(close_abandoned)


async def _close(client: "AsyncOpenAI") -> None:
    await client.close()
    await settle()


async def settle() -> None:
    """Let the generators of streams that were read finish before the loop stops."""
    await asyncio.sleep(0)  # those endings are queued, not yet tasks
    endings = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*endings, return_exceptions=True)
