"""Whether the queue answers, asked at most every few seconds however many pages want to know."""

import asyncio
from collections.abc import Awaitable, Callable

REMEMBERED_SECONDS = 3.0
PATIENCE_SECONDS = 1.0


class QueueProbe:
    """Asks, and remembers the answer for a while."""

    def __init__(self, ping: Callable[[], Awaitable[object]]) -> None:
        self._ping = ping
        self._asking = asyncio.Lock()
        self._asked_at = float("-inf")
        self._answers = True

    async def __call__(self) -> bool:
        """Say whether the queue answers."""
        now = asyncio.get_running_loop().time
        async with self._asking:
            if now() - self._asked_at > REMEMBERED_SECONDS:
                self._answers, self._asked_at = await self._ask(), now()
            return self._answers

    async def _ask(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._ping()
        except Exception:  # noqa: BLE001 - whatever is the matter, the answer is no
            return False
        return True
