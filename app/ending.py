"""Ends a task for certain. One cancellation is not always enough: a library may swallow it.

redis-py did so under load, when the cancellation met a time limit of its own; the task then went on for ever, and who
waited for it did too.
"""

import asyncio
from typing import Any

AGAIN_SECONDS = 1.0


async def end(task: asyncio.Task[Any]) -> None:
    """Cancel a task until it has ended; what it raised is dropped."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=AGAIN_SECONDS)
    if not task.cancelled():
        task.exception()
