"""Wake a worker. The only importer of arq on this side of the house.

A wake is a nudge that carries an id and nothing else: the ledger is the truth, and Redis may lose every wake
at any moment. So nothing here is deferred, retried, counted or answered, and a Redis that is away is no error.
"""

import json
import logging
from typing import Any, Final, Self

from arq.connections import ArqRedis
from redis.asyncio import BlockingConnectionPool
from redis.exceptions import RedisError

from app.domain.errors import BadConfiguration

QUEUE_NAME = "handoff:wakes"
WAKES_LIMIT: Final = 20_000
"""How many wakes may wait, at about 300 bytes each; far more than can be due and far less than fills Redis."""
ROOM_ASKED_EVERY: Final = 200
FUNCTION_NAME = "wake"
"""The one arq function, for ever: a worker drops a job whose function it does not know, so an older
worker would lose the wakes of a newer web process."""

# arq itself sets no read timeout: a Redis host that vanishes without a word would be listened to for ever.
SOCKET_TIMEOUT_SECONDS = 5.0
CONNECT_TIMEOUT_SECONDS = 2.0
CONNECTIONS_LIMIT = 32

logger = logging.getLogger(__name__)


def to_json(job: dict[str, Any]) -> bytes:
    """Serialize an arq job. Not pickle, arq's default: whoever may write to Redis could run code here."""
    return json.dumps(job, default=str).encode()


def from_json(raw: bytes) -> dict[str, Any]:
    """Read what `to_json` wrote; whatever else is raised, arq drops the job."""
    job = json.loads(raw)
    if not isinstance(job, dict):
        raise TypeError("an arq job is a JSON object")
    return job


def open_redis(url: str) -> ArqRedis:
    """Return a client for `redis://`, `rediss://` or `unix:///path?db=0`. It connects at its first command.

    redis-py reads the address, because arq's own reader neither unquotes passwords nor knows TLS options.

    Raises:
        BadConfiguration: the address cannot be read. It is not repeated: it may hold a password.
    """
    options: dict[str, Any] = {
        "max_connections": CONNECTIONS_LIMIT,
        "timeout": SOCKET_TIMEOUT_SECONDS,
        "socket_timeout": SOCKET_TIMEOUT_SECONDS,
        "socket_connect_timeout": CONNECT_TIMEOUT_SECONDS,
    }
    if url.startswith("rediss://"):
        options["ssl_check_hostname"] = True  # redis-py 5 checks the certificate, but not whose it is
    try:
        pool = BlockingConnectionPool.from_url(url, **options)
    except ValueError:
        raise BadConfiguration(
            "REDIS_URL is not an address of a Redis server: write redis://host:6379/0, rediss://host:6379/0 "
            "or unix:///path/to/socket?db=0, or leave it out to use the embedded one."
        ) from None
    return ArqRedis(pool, job_serializer=to_json, job_deserializer=from_json, default_queue_name=QUEUE_NAME)


class Queue:
    """The sending end of the wake-up queue."""

    def __init__(self, redis: ArqRedis) -> None:
        self._redis = redis
        self._away = False
        self._room = 0

    @classmethod
    async def connect(cls, url: str) -> Self:
        """Return a queue at `url`. Redis need not be there yet.

        Raises:
            BadConfiguration: `url` is not an address of a Redis server.
        """
        return cls(open_redis(url))

    async def wake(self, subject: str) -> bool:
        """Enqueue a wake for `subject`, an id like `run:01H…` or `lane:123:45`; say whether Redis took it.

        A queue that nobody empties is not filled without end: past `WAKES_LIMIT` none is taken, and the work
        waits in the ledger. Each call is a new arq job: arq silently drops an id that it already knows, and with it the wake
        that arrives while its subject is being handled.
        """
        try:
            if not await self._has_room():
                return False
            job = await self._redis.enqueue_job(FUNCTION_NAME, subject)
        except (OSError, RedisError) as trouble:
            self._note_outage(trouble)
            return False
        self._note_answer()
        return job is not None

    async def close(self) -> None:
        """Close all connections."""
        await self._redis.aclose(close_connection_pool=True)

    async def _has_room(self) -> bool:
        """Whether the queue takes another wake; asked of Redis once in a while only."""
        if self._room <= 0:
            self._room = min(WAKES_LIMIT - int(await self._redis.zcard(QUEUE_NAME)), ROOM_ASKED_EVERY)
        self._room -= 1
        return self._room >= 0

    def _note_outage(self, trouble: Exception) -> None:
        if not self._away:
            logger.warning("Redis takes no wakes (%s); work waits in the ledger until it does.", trouble)
        self._away = True

    def _note_answer(self) -> None:
        if self._away:
            logger.info("Redis takes wakes again.")
        self._away = False
