"""A whole installation to be measured: a pretend GitHub and `handoff up`, each a process of its own, ended whatever happens.

It treats Handoff as a stranger would: it starts the command, gives it settings by environment, and looks.
"""

import asyncio
import contextlib
import json
import os
import re
import secrets
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from app.cli.processes import command
from app.cli.up import free_port
from app.embedded.child import Child
from app.embedded.folder import socket_path
from app.ledger.store import Ledger
from bench.census import Process, command_of, processes
from localhub.client import HubControl
from localhub.loopback import loopback_client
from localhub.sample.build import make_sample

REPOSITORY = "acme/timekeeper"
PERSON = "ada"
START_SECONDS = 60.0
GRACE_SECONDS = 60.0
MANIFEST = Path(__file__).parents[1] / "app.yml"
_WARNING = re.compile(r"^(?:web|worker) +\| \S+ (?:warning|error|critical) ", re.MULTILINE)
_PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "HANDOFF_CAGE")


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """An installation that runs. `up` is its supervisor; its log is `log`."""

    hub: HubControl
    ledger: Ledger
    data: Path
    up: Child
    log: Path

    @property
    def redis_url(self) -> str:
        """The address of the Valkey that it brought along."""
        return f"unix://{socket_path(self.data / 'valkey')}"

    def warnings(self) -> int:
        """Return how often its processes have warned, or told of an error: a heartbeat that was missed, for instance."""
        return len(_WARNING.findall(self.log.read_text(encoding="utf-8")))

    def process(self, name: str) -> Process:
        """Return the process that is started by this name of `app.cli.processes`, as it is now."""
        words = "\0".join(command(name)).encode() + b"\0"
        return next(each for each in processes().values() if self._is_ours(each, words))

    def _is_ours(self, process: Process, words: bytes) -> bool:
        return process.parent == self.up.pid and command_of(process.pid) == words


@contextlib.asynccontextmanager
async def running_house(folder: Path, agent: str, settings: Mapping[str, str]) -> AsyncIterator[House]:
    """Run one on the sample repository; `settings` are further variables.

    Raises:
        TimeoutError: something did not come up within `START_SECONDS`.
    """
    async with contextlib.AsyncExitStack() as ends:
        hub = await ends.enter_async_context(_running_hub(folder))
        port = free_port("127.0.0.1")
        environment = await _register(hub, folder, port) | {"HANDOFF_AGENT": agent, **settings}
        log = folder / "handoff.log"
        up = await _start(ends, [sys.executable, "-P", "-m", "app.cli", "up"], environment, _Heard(log))
        async with asyncio.timeout(START_SECONDS):
            await _answers(f"http://127.0.0.1:{port}/readyz")
            ledger = await Ledger.open(f"sqlite:///{folder / 'data' / 'handoff.db'}")
            ends.push_async_callback(ledger.close)
            while not await ledger.workers():  # noqa: ASYNC110 - no event tells of it
                await asyncio.sleep(0.1)
        yield House(hub=hub, ledger=ledger, data=folder / "data", up=up, log=log)


@contextlib.asynccontextmanager
async def _running_hub(folder: Path) -> AsyncIterator[HubControl]:
    async with contextlib.AsyncExitStack() as ends:
        told = _Heard(folder / "hub.log")
        line = [*command("localhub"), "--data", str(folder / "hub")]
        await _start(ends, line, {"PATH": os.environ.get("PATH", os.defpath)}, told)
        async with asyncio.timeout(START_SECONDS):
            said = await told.first
        yield await ends.enter_async_context(HubControl(json.loads(said)["url"]))


async def _start(
    ends: contextlib.AsyncExitStack, line: list[str], environment: Mapping[str, str], told: "_Heard"
) -> Child:
    child = await Child.start(line, environment, told.hear)
    ends.push_async_callback(child.stop, GRACE_SECONDS)
    return child


class _Heard:
    """What a program says: all of it goes to a file, and `first` is the first line."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self.first: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def hear(self, line: str) -> None:
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{line}\n")
        if not self.first.done():
            self.first.set_result(line)


async def _answers(url: str) -> None:
    async with loopback_client(5) as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(url)).is_success:
                    return
            await asyncio.sleep(0.1)


async def _register(hub: HubControl, folder: Path, port: int) -> dict[str, str]:
    """Make the App, the person and the repository, and return the environment of an installation for them."""
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    secret = secrets.token_hex(16)
    app: dict[str, Any] = await hub.add_app(
        "handoff",
        name="Handoff",
        permissions=manifest["default_permissions"],
        events=manifest["default_events"],
        webhook_url=f"http://127.0.0.1:{port}/webhooks/github",
        webhook_secret=secret,
    )
    await hub.add_user(PERSON)
    make_sample(folder / "sample")
    await hub.add_repository(
        REPOSITORY, from_path=folder / "sample", collaborators={PERSON: "admin"}, install_app="handoff"
    )
    key = folder / "app.pem"
    key.write_text(app["pem"], encoding="utf-8")
    key.chmod(0o600)
    return {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        "HANDOFF_DATA": str(folder / "data"),
        "HANDOFF_GITHUB_URL": hub.url,
        "HANDOFF_GITHUB_GIT_URL": hub.url,
        "HANDOFF_APP_ID": str(app["id"]),
        "HANDOFF_APP_SLUG": "handoff",
        "HANDOFF_PRIVATE_KEY_FILE": str(key),
        "HANDOFF_WEBHOOK_SECRET": secret,
        "HANDOFF_PORT": str(port),
        "HANDOFF_PULL": "off",  # this GitHub reaches us
        "HANDOFF_ONBOARDING": "off",
        "HANDOFF_WRITES_PER_MINUTE": "500",  # what a GitHub Enterprise Server without limits would take
    }
