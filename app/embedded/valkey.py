"""The Valkey of a one-machine installation: an own child on a unix socket that only we can reach.

It keeps nothing that matters, the ledger is the truth. So whatever stands in the way of a start (a stale
socket, an unreadable append-only file, a server that outlived its supervisor) is cleared away.
"""

import asyncio
import contextlib
import shutil
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.domain.errors import Conflict, Unreachable
from app.embedded.child import Child, OnLine
from app.embedded.folder import Claim, make_ours, private, socket_path
from app.embedded.server import Server, find_server

MEMORY_LIMIT = "256mb"
READY_SECONDS = 15.0
POLL_SECONDS = 0.02
ANSWER_SECONDS = 2.0
GRACE_SECONDS = 5.0


class EmbeddedValkey:
    """A server with its folder.

    Run it yourself with `start` and `stop`, or let a supervisor run `command`, with `prepare` before every
    start and `answers` as the sign that it is ready.
    """

    def __init__(self, folder: Path, server: Server | None = None) -> None:
        """Choose the server and make the folder, for our eyes only.

        Raises:
            BadConfiguration: there is no server to embed, or the folder cannot be made.
        """
        self._server = server or find_server()
        self._folder = private(folder.absolute())
        self._socket = socket_path(self._folder)
        self._claim = Claim(self._folder)
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """What REDIS_URL is for the processes that use it."""
        return f"unix://{quote(str(self._socket))}?db=0"

    @property
    def command(self) -> list[str]:
        """The command line of the server."""
        options: Mapping[str, str] = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory": MEMORY_LIMIT,
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "loglevel": "warning",
        }
        return [
            str(self._server.path),
            *(word for name, value in options.items() for word in (f"--{name}", value)),
        ]

    async def prepare(self) -> None:
        """Clear the way for a start; to be called before each one.

        Raises:
            Conflict: another living Handoff uses the folder, or somebody else took its socket's place.
        """
        self._claim.take()
        if not make_ours(self._socket.parent) and self._socket.parent != self._folder:
            raise Conflict(f"{self._socket.parent} is not mine alone any more. Remove it, or set REDIS_URL.")
        if await self.answers():
            await self._end_orphan()
        if self._unproven.exists():  # the last start never got as far as answering
            shutil.rmtree(self._folder / "appendonlydir", ignore_errors=True)
            for leftover in self._folder.glob("*.aof"):
                leftover.unlink()
        self._unproven.touch()
        self._socket.unlink(missing_ok=True)

    async def answers(self) -> bool:
        """Say whether the server answers a PING."""
        if not self._socket.exists():
            return False
        try:
            async with Redis.from_url(self.url, socket_timeout=ANSWER_SECONDS) as redis:
                await redis.ping()
        except (OSError, RedisError):
            return False
        self._unproven.unlink(missing_ok=True)
        return True

    async def start(self, on_line: OnLine = lambda _: None) -> None:
        """Start the server as our child and return once it answers. `on_line` hears what it prints.

        It is tried twice: the second time without the files that the first may have stumbled over.

        Raises:
            Conflict: another living Handoff uses the folder.
            Unreachable: it did not come up.
        """
        last_words: deque[str] = deque(["It said nothing."], maxlen=4)

        def hear(line: str) -> None:
            last_words.append(line)
            on_line(line)

        for _ in range(2):
            await self.prepare()
            # It is given none of our environment: it needs nothing of it, and there are secrets in it.
            self._child = await Child.start(self.command, {}, hear)
            if await self._comes_up(self._child):
                return
            await self._child.stop(0)
        await self.stop()
        raise Unreachable(f"{self._server.path} did not start. Its last words: {' '.join(last_words)}")

    async def stop(self, grace_seconds: float = GRACE_SECONDS) -> None:
        """Stop the child if there is one, and give the folder free."""
        if self._child is not None:
            await self._child.stop(grace_seconds)
            self._child = None
        self._socket.unlink(missing_ok=True)
        if self._socket.parent != self._folder:
            with contextlib.suppress(OSError):
                self._socket.parent.rmdir()
        self._claim.release()

    @property
    def pid(self) -> int | None:
        """The process id of the child, if `start` started one."""
        return self._child.pid if self._child else None

    @property
    def _unproven(self) -> Path:
        """A mark that lies here from the start of the server to its first answer."""
        return self._folder / "unproven"

    async def _comes_up(self, child: Child) -> bool:
        ended = asyncio.create_task(child.wait())
        try:
            async with asyncio.timeout(READY_SECONDS):
                while not ended.done():
                    if await self.answers():
                        return True
                    await asyncio.wait({ended}, timeout=POLL_SECONDS)
        except TimeoutError:
            return False
        finally:
            ended.cancel()
            await asyncio.gather(ended, return_exceptions=True)
        return False

    async def _end_orphan(self) -> None:
        """End a server that answers though nobody holds the lock: whoever started it is gone."""
        with contextlib.suppress(OSError, RedisError):
            async with Redis.from_url(self.url, socket_timeout=ANSWER_SECONDS) as redis:
                await redis.shutdown(nosave=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                while await self.answers():  # noqa: ASYNC110 - no event tells of another process's end
                    await asyncio.sleep(POLL_SECONDS)
