"""Goes the rounds: runs whose worker fell silent, timers that are due, and the sign that this worker is alive.

Each round may fail; the next one comes. It performs nothing itself: it makes things due, and the relay does the rest.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from app.domain.errors import HandoffError
from workers.tools import Tools

logger = logging.getLogger(__name__)

SLEEP_SECONDS = 30.0
"""How much later than due a round may come without the machine having slept."""


async def go_rounds(tools: Tools, *, every_seconds: float, stopping: asyncio.Event) -> None:
    """Go a round now, and another whenever the time has come, until `stopping`."""
    pulse = min(every_seconds, tools.lease_seconds / 2)
    before = tools.now()
    while not stopping.is_set():
        before, asleep = tools.now(), slept(before, tools.now(), pulse)
        for step in (_say_alive, _ring) if asleep else (_say_alive, _end_lost_runs, _ring):
            await _carefully(step, tools)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pulse)


def slept(before: datetime, now: datetime, pulse_seconds: float) -> bool:
    """Tell whether this machine was asleep between two rounds: then leases ran out that nobody could extend."""
    return (now - before).total_seconds() > pulse_seconds + SLEEP_SECONDS


async def _carefully(step: Callable[[Tools], Awaitable[None]], tools: Tools) -> None:
    try:
        await step(tools)
    except HandoffError as error:
        logger.warning("a round was not finished: %s", error, extra={"action": "reconcile"})
    except Exception:
        logger.exception("a round failed", extra={"action": "reconcile"})


async def _say_alive(tools: Tools) -> None:
    await tools.ledger.beat_worker(tools.worker)


async def _end_lost_runs(tools: Tools) -> None:
    for run in await tools.ledger.expire_leases(tools.adoption_seconds):
        logger.warning("run lost: its worker fell silent", extra={"action": "reconcile", "run": run})
        tools.nudge()


async def _ring(tools: Tools) -> None:
    if await tools.ledger.ring(tools.now()):
        tools.nudge()
