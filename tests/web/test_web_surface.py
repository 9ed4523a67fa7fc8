"""What the web process shows of itself: three routes, the same headers everywhere, and how it starts and ends."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.web.answer import SECURITY_HEADERS
from app.web.health import Readiness
from tests.web.serving import PATH, StartWeb, Web, environment, served, settings


@pytest.mark.parametrize("path", ["/healthz", "/readyz", PATH, "/nowhere"])
async def test_every_answer_has_the_headers_that_protect_people(web: Web, path: str):
    answer = await web.client.get(path)
    assert {name: answer.headers[name] for name in SECURITY_HEADERS} == dict(SECURITY_HEADERS)
    assert "server" not in answer.headers


async def test_it_says_that_it_lives(web: Web):
    answer = await web.client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


async def test_it_is_ready_without_redis_and_says_so(web: Web):
    answer = await web.client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "status": "ready",
            "ledger": "ok",
            "redis": "away; deliveries are accepted all the same and wait in the ledger",
        },
    )


def run_web(folder: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "app.web"],
        env=environment(folder, **changed),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_a_secret_it_refuses_to_start(tmp_path: Path):
    ended = run_web(tmp_path, HANDOFF_WEBHOOK_SECRET="")
    assert ended.returncode == os.EX_CONFIG
    assert ended.stderr.startswith("HANDOFF_WEBHOOK_SECRET is not set. It is the secret of the App's webhook")
    assert len(ended.stderr.splitlines()) == 1


def test_an_address_that_is_taken_is_said_in_one_line(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run_web(tmp_path, HANDOFF_PORT=str(port))
    assert ended.returncode == os.EX_CONFIG
    assert ended.stderr == (
        f"HANDOFF_HOST, HANDOFF_PORT: 127.0.0.1:{port} cannot be listened on (Address already in use). "
        "Stop the program that has it, or choose another address.\n"
    )


def test_a_database_that_is_away_is_said_without_a_traceback(tmp_path: Path):
    nobody = "postgresql://ada:very-secret-word@127.0.0.1:1/handoff"
    ended = run_web(tmp_path, DATABASE_URL=nobody)
    assert ended.returncode == 1
    assert "The web process cannot go on" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "very-secret-word" not in ended.stderr


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_cleanly(start_web: StartWeb, how: signal.Signals):
    web = start_web()
    assert web.process is not None
    await web.deliver({})
    web.process.send_signal(how)
    assert web.process.wait(20) == 0
    assert web.log is not None
    assert "Traceback" not in web.log.read_text()


async def test_many_probes_at_once_cost_one_look():
    looks: list[str] = []

    async def look() -> None:
        looks.append("at the ledger")

    async def away() -> None:
        raise ConnectionError("nobody is there")

    readiness = Readiness(look, away)
    assert await asyncio.gather(*(readiness.ask() for _ in range(20))) == [(True, False)] * 20
    assert looks == ["at the ledger"]


def test_the_web_process_has_no_means_to_call_github():
    code = "import app.web.main, sys; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ended.stdout.split())
    assert "app.github.signature" in loaded
    # PyJWT is there, because redis-py imports it where it finds it; httpx, for people who log in with GitHub.
    assert not loaded & {"githubkit", "app.github.client", "app.github.auth", "workers"}


async def test_where_there_is_nothing_people_get_a_page_and_programs_a_document(tmp_path):
    async with served(settings(tmp_path)) as web:
        browser = await web.log_in()
        page = await browser.get("/nowhere", headers={"Accept": "text/html"})
        document = await browser.get("/nowhere")
        api = await browser.get("/api/v1/nowhere", headers={"Accept": "text/html"})
        await browser.aclose()
    assert (page.status_code, document.status_code, api.status_code) == (404, 404, 404)
    assert "<h1>There is nothing here</h1>" in page.text
    assert document.json()["message"] == api.json()["message"]
