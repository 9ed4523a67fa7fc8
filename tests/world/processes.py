"""Handoff as it really runs: a web process, a worker and a Valkey, each of which can be killed as by a power cut.

Only the process itself is killed. What it had started is left to itself, as it is when the kernel runs out of memory.
"""

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from app.cli.processes import command
from app.config.settings import PREFIX
from app.embedded.child import Child
from app.embedded.valkey import EmbeddedValkey

START_SECONDS = 60.0
GRACE_SECONDS = 30.0
LOG_LINES = 60
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "HANDOFF_CAGE")

Ready = Callable[[], Awaitable[bool]]


class Process:
    """A program that is started, killed and started again. Its log goes on in one file."""

    def __init__(
        self,
        name: str,
        line: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        *,
        prepare: Callable[[], Awaitable[None]] | None = None,
        ready: Ready | None = None,
    ) -> None:
        self.name = name
        self._line = line
        self._environment = environment
        self._log = log
        self._prepare = prepare
        self._ready = ready
        self._child: Child | None = None

    @property
    def runs(self) -> bool:
        return self._child is not None

    @property
    def pid(self) -> int:
        assert self._child is not None, f"{self.name} does not run"
        return self._child.pid

    async def start(self) -> None:
        """Start it, and return when it is ready (a worker is when it begins to work: nobody waits for it)."""
        if self._prepare is not None:
            await self._prepare()
        with self._log.open("a") as log:
            log.write(f"--- {self.name} starts\n")
        self._child = await Child.start(self._line, self._environment, self._hear)
        async with asyncio.timeout(START_SECONDS):
            while self._ready is not None and not await self._ready():  # noqa: ASYNC110 - no event tells of it
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        assert self._child is not None
        assert await self._child.wait() == -signal.SIGKILL, (
            f"{self.name} ended by itself:\n{self.last_words()}"
        )
        self._child = None

    def freeze(self) -> None:
        """Let it stand still, as on a machine that is put to sleep."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def stop(self) -> None:
        if self._child is not None:
            await self._child.stop(GRACE_SECONDS)
            self._child = None

    def last_words(self) -> str:
        return "\n".join(self._log.read_text().splitlines()[-LOG_LINES:])

    def _hear(self, line: str) -> None:
        with self._log.open("a") as log:
            log.write(f"{line}\n")


class Installation:
    """The processes of one installation, with whatever is needed to start each of them once more."""

    def __init__(self, folder: Path, settings: Mapping[str, Any], webhook_secret: str) -> None:
        self._port = _Port()
        self.data = folder / "data"
        self._queue = EmbeddedValkey(self.data / "valkey")
        common = {
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            "HANDOFF_DATA": str(self.data),
            "REDIS_URL": self._queue.url,
        }
        webs = {"HANDOFF_WEBHOOK_SECRET": webhook_secret, "HANDOFF_PORT": str(self._port.number)}
        self._workers = common | {f"{PREFIX}{name.upper()}": str(value) for name, value in settings.items()}
        self._folder = folder
        self.valkey = Process(
            "valkey", self._queue.command, {}, folder / "valkey.log",
            prepare=self._queue.prepare, ready=self._queue.answers,
        )  # fmt: skip
        self.web = Process(
            "web", command("serve"), common | webs, folder / "web.log", ready=_answers(f"{self.url}/readyz")
        )
        self.worker = self.another_worker("worker")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port.number}"

    @property
    def redis_url(self) -> str:
        return self._queue.url

    @property
    def everything(self) -> tuple[Process, Process, Process]:
        return self.web, self.worker, self.valkey

    def another_worker(self, name: str) -> Process:
        return Process(name, command("worker"), self._workers, self._folder / f"{name}.log")

    async def stop(self) -> None:
        for each in self.everything:
            await each.stop()
        await self._queue.stop()
        self._port.release()

    def last_words(self) -> str:
        return "\n".join(f"=== {each.name}\n{each.last_words()}" for each in self.everything)


async def start(*processes: Process) -> None:
    """Start them all at once: none may depend on another being there first."""
    await asyncio.gather(*(each.start() for each in processes))


async def kill(*processes: Process) -> None:
    await asyncio.gather(*(each.kill() for each in processes))


class _Port:
    """A port that stays ours while the web process is dead: bound and never listened on, so that nobody is given it."""

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        self.number = int(self._socket.getsockname()[1])

    def release(self) -> None:
        self._socket.close()


def _answers(url: str) -> Ready:
    async def ask() -> bool:
        async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
            try:
                return (await client.get(url)).is_success
            except httpx.HTTPError:
                return False

    return ask
