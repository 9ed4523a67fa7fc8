"""How long a wake takes to be handled, and how many are carried a second, on a real Valkey.

Two ways to wake: one at a time on a quiet queue, which is what a person waits for, and many at once, which is
what a flood is. The baseline is plain arq with its own settings, on the same server: what our settings, our
listener and our roster are worth, or cost.
"""

import asyncio
import contextlib
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from arq.connections import ArqRedis
from arq.worker import Worker, func

from app.embedded.valkey import EmbeddedValkey
from app.queue import Queue
from bench.effort import Effort
from bench.figures import Outcome, Spread, percentile, ratios, table
from workers.listen import listen

WAKES_ALONE = 10
WAKES_TOGETHER = 300
CONCURRENT = 20
CAPACITY = 100
ROUND_SECONDS = 120.0


@dataclass(slots=True)
class _Road:
    """A way from a wake to its handling, which does nothing but note that it happened; and what it measured."""

    send: Callable[[str], Awaitable[object]]
    poll_seconds: float
    handled: dict[str, asyncio.Future[float]] = field(default_factory=dict)
    alone_ms: list[float] = field(default_factory=list)
    alone_p50_ms: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)

    async def handle(self, subject: str) -> None:
        """Note that a subject is handled; what is handled twice is noted once."""
        handled = self.handled.get(subject)
        if handled is not None and not handled.done():
            handled.set_result(perf_counter())

    async def wake(self, subject: str) -> float:
        """Wake, wait until it is handled, and return how long that took, in ms."""
        handled: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.handled[subject] = handled
        began = perf_counter()
        await self.send(subject)
        handled_at = await handled
        del self.handled[subject]
        return (handled_at - began) * 1000


async def measure(effort: Effort) -> Outcome:
    """Wake on both roads in turns."""
    valkey = EmbeddedValkey(effort.folder / "valkey")
    await valkey.start()
    try:
        async with _ours(valkey.url) as ours, _plain_arq(valkey.url) as plain:
            for _ in range(effort.rounds):
                for road in (ours, plain):
                    async with asyncio.timeout(ROUND_SECONDS):
                        await _round(road, effort)
    finally:
        await valkey.stop()
    return _outcome(ours, plain)


async def _round(road: _Road, effort: Effort) -> None:
    alone_ms = []
    for _ in range(effort.count(WAKES_ALONE)):
        # At any moment between two polls: right after one, every wake would wait for the whole of the next.
        await asyncio.sleep(random.uniform(0, road.poll_seconds))  # noqa: S311 - no secret is made of it
        alone_ms.append(await road.wake(_subject()))
    road.alone_ms += alone_ms
    road.alone_p50_ms.append(percentile(alone_ms, 50))
    road.per_second.append(await _flood(road, effort.count(WAKES_TOGETHER)))


async def _flood(road: _Road, count: int) -> float:
    """Wake many at once and return how many a second were sent and handled."""
    places = asyncio.Semaphore(CONCURRENT)
    send = road.send

    async def send_in_place(subject: str) -> None:
        async with places:
            await send(subject)

    flood = _Road(send_in_place, road.poll_seconds, road.handled)
    began = perf_counter()
    await asyncio.gather(*(flood.wake(_subject()) for _ in range(count)))
    return count / (perf_counter() - began)


def _subject() -> str:
    return f"lane:{uuid.uuid4()}"


@contextlib.asynccontextmanager
async def _ours(url: str) -> AsyncIterator[_Road]:
    queue, stopping = await Queue.connect(url), asyncio.Event()
    road = _Road(queue.wake, poll_seconds=0.1)
    listening = asyncio.create_task(listen(url, road.handle, capacity=CAPACITY, stopping=stopping))
    try:
        yield road
    finally:
        stopping.set()
        await listening
        await queue.close()


@contextlib.asynccontextmanager
async def _plain_arq(url: str) -> AsyncIterator[_Road]:
    redis = ArqRedis.from_url(url)
    road = _Road(lambda subject: redis.enqueue_job("handle", subject), poll_seconds=0.5)

    async def handle(ctx: dict[Any, Any], *arguments: Any, **options: Any) -> None:  # noqa: ARG001 - arq's shape
        await road.handle(*arguments)

    worker = Worker(functions=[func(handle, name="handle")], redis_pool=redis, handle_signals=False)
    polling = asyncio.create_task(worker.async_run())
    try:
        yield road
    finally:
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        # It complains of the jobs that were cancelled with it.
        await asyncio.gather(worker.close(), return_exceptions=True)
        await redis.aclose(close_connection_pool=True)


def _outcome(ours: _Road, plain: _Road) -> Outcome:
    latency, throughput = (
        ratios(ours.alone_p50_ms, plain.alone_p50_ms),
        ratios(ours.per_second, plain.per_second),
    )
    rows = (("ours", _cells(ours, latency, throughput)), ("arq as it comes", _cells(plain, 1, 1)))
    columns = ("one: p50 ms", "p99 ms of all", "ratio", "many: wakes/s", "ratio")
    return Outcome(
        table("queue, from wake to handling", columns, rows),
        {
            "wake_p50_ms": Spread.of(ours.alone_p50_ms).middle,
            "wake_p99_ms": percentile(ours.alone_ms, 99),
            "wake_p50_ratio_to_plain_arq": latency.middle,
            "wakes_per_second": Spread.of(ours.per_second).middle,
            "wakes_per_second_ratio_to_plain_arq": throughput.middle,
        },
    )


def _cells(road: _Road, latency: object, throughput: object) -> tuple[object, ...]:
    p99_ms = round(percentile(road.alone_ms, 99))
    return Spread.of(road.alone_p50_ms), p99_ms, latency, Spread.of(road.per_second), throughput
