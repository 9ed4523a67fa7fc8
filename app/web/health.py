"""Whether this process lives, and whether it can do its work. For probes: no login, and nothing worth knowing.

The ledger decides: without it nothing can be accepted. Redis is mentioned only, because work waits in the
ledger while it is away.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

REMEMBERED_SECONDS = 1.0
"""Anybody may ask, and an answer costs a write to disk: more often than this, the last one is repeated."""
PATIENCE_SECONDS = 5.0

Probe = Callable[[], Awaitable[object]]

logger = logging.getLogger(__name__)


class Readiness:
    """Asks the ledger and Redis, at most once a second however many ask."""

    def __init__(self, ledger: Probe, redis: Probe) -> None:
        self._ledger, self._redis = ledger, redis
        self._asking = asyncio.Lock()
        self._asked_at = float("-inf")
        self._answer = (False, False)

    async def ask(self) -> tuple[bool, bool]:
        """Return whether the ledger can be written and read, and whether Redis answers."""
        now = asyncio.get_running_loop().time
        async with self._asking:
            if now() - self._asked_at > REMEMBERED_SECONDS:
                ledger, redis = await asyncio.gather(
                    _works("ledger", self._ledger), _works("redis", self._redis)
                )
                self._answer, self._asked_at = (ledger, redis), now()
            return self._answer


async def _works(name: str, probe: Probe) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await probe()
    except Exception as trouble:  # noqa: BLE001 - whatever is the matter, the answer is no
        logger.warning(
            "The probe of %s failed: %s", name, trouble or type(trouble).__name__, extra={"action": "readyz"}
        )
        return False
    return True


def health_routes(readiness: Readiness) -> list[Route]:
    """Return the two routes that need no login."""

    async def alive(_request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def ready(_request: Request) -> Response:
        ledger, redis = await readiness.ask()
        said = {
            "status": "ready" if ledger else "not ready",
            "ledger": "ok" if ledger else "failing",
            "redis": "ok" if redis else "away; deliveries are accepted all the same and wait in the ledger",
        }
        return JSONResponse(said, status_code=200 if ledger else 503)

    return [Route("/healthz", alive), Route("/readyz", ready)]
