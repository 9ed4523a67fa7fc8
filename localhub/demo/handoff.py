"""Handoff as the demo sees it: a command that is started, asked how things stand, and stopped."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from typing import Any

import httpx

from localhub.demo.stage import LABEL, SECRET, SLUG, Stage
from localhub.demo.wishes import Wishes

COMMAND = (sys.executable, "-m", "app.cli")
LOG_LINES = 40


class HandoffError(Exception):
    """Handoff did not come up, or ended too soon; the text holds its last words."""


def free_port() -> int:
    """Return a port of the loopback that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(stage: Stage, wishes: Wishes, folder: Path, port: int) -> dict[str, str]:
    """Return the whole environment of Handoff's processes."""
    key = folder / "app.pem"
    key.write_text(stage.app["pem"], encoding="utf-8")
    key.chmod(0o600)
    chosen = {
        "HANDOFF_DATA": str(folder / "data"),
        "HANDOFF_GITHUB_URL": stage.url,
        "HANDOFF_GITHUB_GIT_URL": stage.url,
        "HANDOFF_APP_ID": str(stage.app["id"]),
        "HANDOFF_APP_SLUG": SLUG,
        "HANDOFF_PRIVATE_KEY_FILE": str(key),
        "HANDOFF_WEBHOOK_SECRET": SECRET,
        "HANDOFF_LABEL": LABEL,
        "HANDOFF_AGENT": wishes.agent,
        "HANDOFF_PORT": str(port),
        "HANDOFF_PULL": "off",  # this GitHub reaches us
        # localhub has no rate limits unless it is told to, and nobody wants to wait for a demo.
        "HANDOFF_WRITES_PER_MINUTE": "500",
    }
    if wishes.model_url is not None:
        chosen["HANDOFF_MODEL_URL"] = wishes.model_url
    passed_on = (
        "PATH",
        "HOME",
        "LANG",
        "TMPDIR",
        "HANDOFF_CAGE",
        "HANDOFF_RUNS",
        "DATABASE_URL",
        "REDIS_URL",
    )
    return {name: os.environ[name] for name in passed_on if name in os.environ} | chosen


class Handoff:
    """`handoff up` as a child process, its log in a file."""

    def __init__(self, environment: dict[str, str], log: Path, port: int) -> None:
        """Prepare; nothing is started yet."""
        self._environment = environment
        self._log = log
        self._url = f"http://127.0.0.1:{port}"
        self._process: Process | None = None

    async def start(self) -> None:
        """Start it and return when it takes deliveries.

        Raises:
            HandoffError: it ended, or did not come up within a minute.
        """
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *COMMAND,
                "up",
                env=self._environment,
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            for _ in range(240):
                self.check()
                if await _answers(client, f"{self._url}/readyz"):
                    return
                await asyncio.sleep(0.25)
        raise HandoffError(f"Handoff did not come up within a minute. It said:\n{self.last_words()}")

    def check(self) -> None:
        """Raise HandoffError if the process has ended."""
        assert self._process is not None, "started before it is checked"
        if self._process.returncode is not None:
            raise HandoffError(
                f"Handoff ended with exit code {self._process.returncode}. It said:\n{self.last_words()}"
            )

    def last_words(self) -> str:
        """The end of its log."""
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:])

    async def jobs(self) -> list[dict[str, Any]]:
        """Return every job, as `handoff status --json` tells it."""
        found: list[dict[str, Any]] = (await self._told("status"))["jobs"]
        return found

    async def undone(self) -> int:
        """Return how much is decided and not yet on GitHub."""
        return int((await self._told("status"))["waiting"]["effects"])

    async def job(self, job: str) -> dict[str, Any]:
        """Return one job with its runs, as `handoff status JOB --json` tells it."""
        return await self._told("status", job)

    async def login_link(self) -> str:
        """Return a link that lets a browser in to Handoff's own pages, once and within ten minutes."""
        process = await asyncio.create_subprocess_exec(
            *COMMAND, "login", env=self._environment, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL
        )
        told, _ = await process.communicate()
        return told.decode().partition("\n")[0]

    async def _told(self, *words: str) -> dict[str, Any]:
        process = await asyncio.create_subprocess_exec(
            *COMMAND, *words, "--json", env=self._environment, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL
        )
        told, _ = await process.communicate()
        found: dict[str, Any] = json.loads(told)
        return found

    async def stop(self) -> None:
        """End it as Ctrl-C would, and for certain after half a minute."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(self._process.wait(), 30)
        except TimeoutError:
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
