"""A real web process, in this one or as a child, on a real port with a real SQLite ledger; and a sender to sign for it."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import re
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from app.config import WebSettings
from app.domain.credentials import link
from app.ledger.store import Ledger
from app.web.application import create_app
from app.web.listen import bind, server_config
from app.web.main import Server

SECRET = "the secret of this webhook"
PREVIOUS = "the secret that was before it"
PATH = "/webhooks/github"


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def headers_for(body: bytes, **changed: str | bytes | None) -> list[tuple[bytes, bytes]]:
    """The headers GitHub sends; an underscore stands for a dash, and None leaves one out."""
    said: dict[str, str | bytes | None] = {
        "content_type": "application/json",
        "user_agent": "GitHub-Hookshot/1a2b3c4",
        "x_github_delivery": str(uuid.uuid4()),
        "x_github_event": "issues",
        "x_hub_signature_256": sign(body),
    }
    kept = {name: value for name, value in {**said, **changed}.items() if value is not None}
    return [
        (name.replace("_", "-").encode(), value.encode() if isinstance(value, str) else value)
        for name, value in kept.items()
    ]


@dataclass(frozen=True, kw_only=True)
class Web:
    """A running web process, and the file its ledger is in."""

    url: str
    database: Path
    client: httpx.AsyncClient
    app: FastAPI | None = None
    process: subprocess.Popen[bytes] | None = None
    log: Path | None = None
    ledger: Ledger | None = None

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    async def deliver(self, body: bytes | dict[str, Any], **changed: str | bytes | None) -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.client.post(PATH, content=raw, headers=headers_for(raw, **changed))

    async def log_in(self, user: str = "ada") -> httpx.AsyncClient:
        """Come in by a fresh link, as a browser does; return the browser. Close it."""
        assert self.ledger is not None
        browser = httpx.AsyncClient(base_url=self.url, timeout=30, trust_env=False)
        answer = await browser.post("/login", data={"link": await self.ledger.grant(link(user))})
        assert answer.status_code == 303, answer.text
        return browser

    def stored(self) -> list[sqlite3.Row]:
        """What is on disk, read past the ledger."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute("SELECT * FROM deliveries ORDER BY received_at").fetchall()


def settings(folder: Path, **changed: Any) -> WebSettings:
    given = {"data": folder, "webhook_secret": SECRET, "webhook_secret_previous": PREVIOUS, "port": 0}
    return WebSettings(**{**given, **changed})


@contextlib.asynccontextmanager
async def served(chosen: WebSettings) -> AsyncIterator[Web]:
    """Serve in this process."""
    ledger = await Ledger.open(chosen.database)
    app = create_app(chosen, ledger)
    with bind("127.0.0.1", 0) as listener:
        server = Server(server_config(app), app.state.end_streams)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
            while not server.started:
                assert not running.done()
                await asyncio.sleep(0.01)
            yield Web(url=url, database=chosen.data / "handoff.db", client=client, app=app, ledger=ledger)
        server.should_exit = True
        await running


def environment(folder: Path, **changed: str) -> dict[str, str]:
    """The environment of a child: ours without anything of Handoff's, and the needful."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("HANDOFF_")}
    said = {"HANDOFF_DATA": str(folder), "HANDOFF_WEBHOOK_SECRET": SECRET, "HANDOFF_PORT": "0"}
    return {**ours, **said, **changed}


StartWeb = Callable[..., Web]


def start_web(folder: Path, ends: contextlib.AsyncExitStack, **changed: str) -> Web:
    """Start the web process as a child; it is killed when `ends` is left, if it still lives."""
    log = folder / "web.log"
    with log.open("ab") as output:
        said_before = output.tell()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "app.web"], env=environment(folder, **changed), stderr=output
        )
    ends.callback(_end, process)
    url = _address(process, log, said_before)
    client = httpx.AsyncClient(base_url=url, timeout=30, trust_env=False)
    ends.push_async_callback(client.aclose)
    return Web(url=url, database=folder / "handoff.db", client=client, process=process, log=log)


def _address(process: subprocess.Popen[bytes], log: Path, offset: int) -> str:
    for _ in range(3000):
        said = log.read_bytes()[offset:].decode()
        if found := re.search(r"Listening on (http://\S+:\d+)", said):
            return found[1]
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.01)
            break
    raise AssertionError(f"the web process did not start: {said}")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
