"""The worker's ear: takes wakes from arq and hands each subject to a task of our own.

arq only carries. Its function returns at once, so no arq job outlives a poll: an outage of Redis never waits
for an agent, and arq's expiry, retries and cancellations have nothing to lose. What arq cannot read is thrown
away with the whole queue, because the relay fills it again from the ledger.
"""

import asyncio
import contextlib
import functools
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from arq.worker import Worker, func
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from app.domain.errors import TryAgain
from app.queue import FUNCTION_NAME, QUEUE_NAME, SOCKET_TIMEOUT_SECONDS, from_json, open_redis, to_json
from workers.roster import Roster

Handle = Callable[[str], Awaitable[None]]

RECONNECT_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
SUBJECT_LENGTH_LIMIT = 500
CANCEL_SECONDS = 5.0

logger = logging.getLogger(__name__)


class _Hands:
    """The tasks that do the work, started and ended as the roster says."""

    def __init__(self, handle: Handle, capacity: int, stopping: asyncio.Event) -> None:
        self._handle, self._roster, self._stopping = handle, Roster(capacity), stopping
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    async def wake(self, ctx: dict[Any, Any], *arguments: Any, **options: Any) -> None:  # noqa: ARG002 - arq's shape
        """Be the arq function: note the subject and return."""
        if (subject := _subject(arguments)) is None:
            logger.warning("A wake without a readable subject was dropped.")
        elif self._roster.arrive(subject):
            self._start()
        else:
            logger.warning("Too many subjects wait here; the wake for %s was dropped.", subject)

    def _start(self) -> None:
        if self._closing or self._stopping.is_set():
            return
        for subject in self._roster.start():
            task = asyncio.create_task(self._run(subject), name=subject)
            self._tasks.add(task)
            task.add_done_callback(functools.partial(self._ended, subject))

    async def _run(self, subject: str) -> None:
        try:
            await self._handle(subject)
        except TryAgain as later:
            logger.info("%s is tried again later: %s", subject, later)
        except Exception:
            logger.exception("Handling %s failed.", subject)

    def _ended(self, subject: str, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._roster.leave(subject)
        self._start()

    async def close(self, grace_seconds: float) -> None:
        """Start nothing more, wait for what runs, and cancel what still runs after the grace."""
        self._closing = True
        await _settle(self._tasks, grace_seconds)


def _subject(arguments: tuple[Any, ...]) -> str | None:
    """Read the one argument of a wake; what comes from Redis may have been put there by anybody."""
    match arguments:
        case (str(subject),) if len(subject) <= SUBJECT_LENGTH_LIMIT:
            return subject
        case _:
            return None


async def _settle(tasks: Iterable[asyncio.Task[Any]], grace_seconds: float) -> None:
    """Wait for tasks, cancel those that outlast the grace, and leave those that ignore even that."""
    pending = set(tasks)
    for seconds in (grace_seconds, CANCEL_SECONDS):
        if pending:
            done, pending = await asyncio.wait(pending, timeout=seconds)
            # Looked at, so that asyncio does not complain of exceptions that nobody wanted to know.
            await asyncio.gather(*done, return_exceptions=True)
        for task in pending:
            task.cancel()


class _Line:
    """What is known about the connection: so that each trouble is told once, and how long to wait after it."""

    def __init__(self) -> None:
        self.pause_seconds = RECONNECT_SECONDS
        self._down = False
        self._opened_at = 0.0

    async def opened(self, ctx: dict[Any, Any]) -> None:  # noqa: ARG002 - arq's shape
        """Be arq's start-up hook."""
        self._opened_at = asyncio.get_running_loop().time()
        if self._down:
            logger.info("Redis is back; listening again.")
        self._down = False

    def broke(self, trouble: BaseException) -> None:
        """Note an outage. Calling again costs little, and work waits for it."""
        if not self._down:
            logger.warning("Redis does not answer (%s); what runs goes on, and I keep calling.", trouble)
        self._down = True
        self.pause_seconds = RECONNECT_SECONDS

    def confused(self, trouble: BaseException) -> None:
        """Note that arq stumbled. What it stumbles over may be there again at once, so take more and more time."""
        logger.error(
            "The wake-up queue is unreadable and is emptied; the relay refills it.", exc_info=trouble
        )
        settled = asyncio.get_running_loop().time() - self._opened_at > LONGEST_PAUSE_SECONDS
        self.pause_seconds = RECONNECT_SECONDS if settled else self.pause_seconds * 2
        self.pause_seconds = min(self.pause_seconds, LONGEST_PAUSE_SECONDS)


async def listen(
    url: str,
    handle: Handle,
    *,
    capacity: int,
    stopping: asyncio.Event,
    grace_seconds: float = 30.0,
) -> None:
    """Call `handle(subject)` for each subject woken at `url`, until `stopping`.

    Of one kind of subject at most `capacity` are handled at once. A subject woken while it is being handled is
    handled once more afterwards, however often it was woken. `handle` may raise anything: it is logged, and the
    ledger decides what is due again. On `stopping` nothing new starts; what runs has `grace_seconds` to end
    and is cancelled then. Wakes not yet begun are forgotten: they are still due in the ledger.

    Raises:
        BadConfiguration: `url` is not an address of a Redis server.
    """
    # arq tells of every job twice, at INFO; with one function that returns at once that says nothing.
    logging.getLogger("arq").setLevel(logging.WARNING)
    hands, line = _Hands(handle, capacity, stopping), _Line()
    try:
        while not stopping.is_set():
            await _take_wakes(url, hands, line, stopping)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), line.pause_seconds)
    finally:
        await hands.close(grace_seconds if stopping.is_set() else 0)


async def _take_wakes(url: str, hands: _Hands, line: _Line, stopping: asyncio.Event) -> None:
    """Run one arq worker until `stopping`, or until it breaks: a broken one polls no more, so none is reused."""
    redis = open_redis(url)
    worker = Worker(
        functions=[func(hands.wake, name=FUNCTION_NAME)],
        queue_name=QUEUE_NAME,
        redis_pool=redis,
        on_startup=line.opened,
        handle_signals=False,
        max_jobs=100,
        max_tries=10**6,  # arq counts a restart as a try
        keep_result=0,
        queue_read_limit=10_000,  # jobs in progress stay in the queue: a short look would see only those
        poll_delay=0.1,
        job_timeout=10,  # the function returns at once; a killed worker's job is free again 10 s after this
        allow_abort_jobs=False,
        job_serializer=to_json,
        job_deserializer=from_json,
    )
    polling = asyncio.create_task(worker.async_run())
    stop = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({polling, stop}, return_when=asyncio.FIRST_COMPLETED)
        if polling.done() and (trouble := polling.exception()) is not None:
            await _cure(trouble, worker, line)
    finally:
        await _settle({polling, stop}, 0)
        await _settle(worker.tasks.values(), SOCKET_TIMEOUT_SECONDS + 1)
        await redis.aclose(close_connection_pool=True)


async def _cure(trouble: BaseException, worker: Worker, line: _Line) -> None:
    """Call an outage an outage; take anything else for a poisoned queue and empty it."""
    if isinstance(trouble, OSError | RedisConnectionError | RedisTimeoutError):
        line.broke(trouble)
        return
    line.confused(trouble)
    with contextlib.suppress(OSError, RedisError):
        await worker.pool.delete(QUEUE_NAME)
