"""A running hub with a small real repository, an installed App and the people of the stories."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from localhub.client import HubControl
from localhub.loopback import loopback_client
from localhub.serve import running_hub

PERMISSIONS = {
    "contents": "write",
    "issues": "write",
    "pull_requests": "write",
    "checks": "write",
    "metadata": "read",
    "statuses": "read",
}
EVENTS = [
    "issues", "issue_comment", "pull_request", "pull_request_review", "pull_request_review_comment",
    "pull_request_review_thread", "check_run", "push", "create", "delete",
]  # fmt: skip
CODE = "".join(f"line {number}\n" for number in range(1, 41))


class Listener:
    """An App's webhook endpoint on a real socket: keeps what comes, answers with `status`."""

    def __init__(self) -> None:
        self.deliveries: list[tuple[dict[str, str], bytes]] = []
        self.status = 202
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")[1:-2]
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
                }
                body = await reader.readexactly(int(headers["content-length"]))
                self.deliveries.append((headers, body))
                writer.write(f"HTTP/1.1 {self.status} Told\r\nContent-Length: 0\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def names(self) -> list[str]:
        """What came, as `event.action`."""
        told = []
        for headers, body in self.deliveries:
            action = json.loads(body).get("action")
            told.append(f"{headers['x-github-event']}.{action}" if action else headers["x-github-event"])
        return told

    def payload(self, name: str) -> Any:
        """The payload of the last delivery of that name."""
        return json.loads(self.deliveries[len(self.names()) - 1 - self.names()[::-1].index(name)][1])


class World:
    """The stage of a story: control, App credentials, REST clients."""

    repository = "acme/clock"

    def __init__(self, url: str, control: HubControl, app: dict[str, Any], client: httpx.AsyncClient) -> None:
        self.url = url
        self.control = control
        self.app = app
        self.client = client
        self.token = ""

    def jwt(self, **changed: Any) -> str:
        now = int(time.time())
        claims = {"iat": now - 60, "exp": now + 500, "iss": self.app["client_id"], **changed}
        return jwt.encode(claims, self.app["pem"], algorithm="RS256")

    async def as_app(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {more.pop('jwt', None) or self.jwt()}"}
        return await self.client.request(method, path, json=body, headers=headers, **more)

    async def mint(self, **asked: Any) -> dict[str, Any]:
        found = await self.as_app("GET", f"/repos/{self.repository}/installation")
        answer = await self.as_app("POST", f"/app/installations/{found.json()['id']}/access_tokens", asked)
        assert answer.status_code == 201, answer.text
        minted: dict[str, Any] = answer.json()
        return minted

    async def rest(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """A call with the installation token; `path` is below the repository unless it begins with `//`."""
        token = more.pop("token", None) or self.token
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        target = path[1:] if path.startswith("//") else f"/repos/{self.repository}{path}"
        return await self.client.request(method, target, json=body, headers=headers, **more)

    async def git(self, *arguments: str, cwd: Path, token: str | None = None) -> tuple[int, str]:
        """Real git with a token as askpass would give it; exit code and all output."""
        process = await self.start_git(*arguments, cwd=cwd, token=token)
        output, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, output.decode()

    async def start_git(
        self, *arguments: str, cwd: Path, token: str | None = None
    ) -> asyncio.subprocess.Process:
        """The same, still running, in a process group of its own."""
        name = "x-access-token"
        askpass = cwd / "askpass.sh"
        askpass.write_text(f'#!/bin/sh\ncase "$1" in User*) echo {name};; *) echo "$HUB_TOKEN";; esac\n')
        askpass.chmod(0o700)
        who = {f"GIT_{role}_{what}": "ada" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(cwd), "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": str(askpass),
            "GIT_CONFIG_NOSYSTEM": "1", "HUB_TOKEN": self.token if token is None else token, **who,
        }  # fmt: skip
        return await asyncio.create_subprocess_exec(
            "git", *arguments, cwd=cwd, env=environment, start_new_session=True,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip

    async def open_pull(
        self, files: dict[str, str | None], *, branch: str = "fix", by_app: bool = True
    ) -> int:
        """A branch with one commit, and a pull request by the App (or by ada)."""
        await self.control.act("ada", "push", self.repository, branch=branch, files=files)
        if not by_app:
            made = await self.control.act("ada", "open_pull", self.repository, branch=branch, title="Ada's")
            return int(made["number"])
        body = {"title": "Fix", "head": branch, "base": "main", "body": "why"}
        answer = await self.rest("POST", "/pulls", body)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["number"])


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    heard = Listener()
    server = await asyncio.start_server(heard.serve, "127.0.0.1", 0)
    heard.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/webhooks/github"
    try:
        yield heard
    finally:
        server.close()


@pytest.fixture
async def world(tmp_path: Path, listener: Listener) -> AsyncIterator[World]:
    """The story's stage; every request and answer of the story must have kept to GitHub's OpenAPI."""
    async with (
        running_hub(tmp_path / "hub") as running,
        HubControl(running.url) as control,
        loopback_client(30, running.url) as client,
    ):
        app = await control.add_app(
            "handoff",
            permissions=PERMISSIONS,
            events=EVENTS,
            webhook_url=listener.url,
            webhook_secret="s3cret",
        )
        for login in ("ada", "bert", "mallory"):
            await control.add_user(login)
        stage = World(running.url, control, app, client)
        await control.add_repository(
            stage.repository, collaborators={"ada": "write", "bert": "triage"}, install_app="handoff"
        )
        await control.act(
            "ada", "push", stage.repository, files={"clock.py": CODE, "README.md": "Clock\n"}, message="Begin"
        )
        stage.token = (await stage.mint())["token"]
        yield stage
        problems = [(e["method"], e["path"], e["problems"]) for e in await control.log(problems=True)]
        assert problems == [], "\n".join(str(p) for p in problems)
