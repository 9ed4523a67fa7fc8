"""`handoff up`: everything that one machine needs, under one supervisor. It composes; the supervisor does."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from importlib.metadata import version

import httpx

from app.cli.credentials import make_link
from app.cli.processes import command
from app.cli.set_up import set_up
from app.cli.supervise import Log, Program, supervise
from app.config import (
    PROCESSES,
    WebSettings,
    WorkerSettings,
    environment_for,
    load,
    load_all,
    unknown_variables,
    unread_file_hint,
)
from app.config.keyboard import user
from app.config.set_up import SetUpSettings, is_nobody, load_set_up
from app.domain.errors import BadConfiguration
from app.embedded.valkey import EmbeddedValkey

PROBE_SECONDS = 1.0
WORKER_GRACE_SECONDS = 45.0
"""A little more than a worker gives the runs it hands back."""
EVERY_INTERFACE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, never bound


def up(log: Log) -> int:
    """Run web, worker and, without REDIS_URL, a Valkey until a signal; return the exit code.

    Where nothing says who we are on GitHub, a person is asked to register the App first.

    Raises:
        BadConfiguration: with one line for each setting that is missing or wrong.
    """
    port = 0
    if is_nobody():
        port, code = connect(log)
        if code or is_nobody():
            return code
    load_all(PROCESSES)
    web, worker = load(WebSettings), load(WorkerSettings)
    _make_folder(web)
    valkey = None if web.redis_url else EmbeddedValkey(web.queue_folder)
    port = port or web.port or free_port(web.host)
    link = asyncio.run(make_link(web, port, user()))
    for line in banner(web, worker, port, link):
        log(line)
    return asyncio.run(_run(programs(web, port, valkey), valkey, log))


def connect(log: Log) -> tuple[int, int]:
    """Let a person register the App; return the port that this was done on, and an exit code."""
    settings = load_set_up()
    port = settings.port or free_port(settings.host)
    for hint in filter(None, [unread_file_hint()]):
        log(f"{hint}\n")
    own = {"HANDOFF_DATA": str(settings.data), "HANDOFF_PORT": str(port)}
    return port, asyncio.run(set_up({**environment_for(SetUpSettings, PROCESSES), **own}, log))


async def _run(listed: list[Program], valkey: EmbeddedValkey | None, log: Log) -> int:
    try:
        return await supervise(listed, log=log)
    finally:
        if valkey is not None:
            await valkey.stop()


def programs(web: WebSettings, port: int, valkey: EmbeddedValkey | None) -> list[Program]:
    """Return what is to run, in the order in which it starts; each gets the settings that are its own."""
    common = {"HANDOFF_DATA": str(web.data), "REDIS_URL": valkey.url if valkey else web.redis}
    serve = Program(
        name="web",
        command=command("serve"),
        environment={**environment_for(WebSettings, PROCESSES), **common, "HANDOFF_PORT": str(port)},
        ready=_answers(f"{address(web.host, port)}/healthz"),
    )
    work = Program(
        name="worker",
        command=command("worker"),
        environment={**environment_for(WorkerSettings, PROCESSES), **common},
        grace_seconds=WORKER_GRACE_SECONDS,
    )
    if valkey is None:
        return [serve, work]
    queue = Program(
        name="valkey",
        command=valkey.command,
        environment={},
        prepare=valkey.prepare,
        ready=valkey.answers,
    )
    return [queue, serve, work]


def banner(web: WebSettings, worker: WorkerSettings, port: int, link: str) -> list[str]:
    """Return what is said before anything starts: where it can be reached, and what it may do."""
    capacity = worker.capacity
    rows = {
        "deliveries": f"{address(web.host, port)}/webhooks/github",
        "open it": f"{link}  (works once, within ten minutes; then `handoff login`)",
        "health": f"{address(web.host, port)}/readyz",
        "data": str(web.data),
        "ledger": "PostgreSQL" if web.database_url and "postgres" in web.database else "SQLite",
        "queue": "yours (REDIS_URL)" if web.redis_url else "embedded Valkey",
        "agent": worker.agent,
        "cage": "NONE" if worker.cage == "none" else f"{worker.cage}; the worker says which one it took",
        "runs": f"{capacity.runs} at once ({capacity.because})",
    }
    return [
        f"Handoff {version('handoff')}. Ctrl-C stops it.",
        *(f"  {name:<11} {value}" for name, value in rows.items()),
        *(f"  WARNING: {said}" for said in worker.warnings),
        *(f"  WARNING: {said}" for said in unknown_variables(os.environ, PROCESSES)),
    ]


def address(host: str, port: int) -> str:
    """Return where a browser on this machine finds what listens there."""
    reachable = EVERY_INTERFACE.get(host, host)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def free_port(host: str) -> int:
    """Return a port that nobody has right now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        return int(listener.getsockname()[1])


def _make_folder(settings: WebSettings) -> None:
    """Make the data folder, for our eyes only: there are other people's sources in it."""
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadConfiguration(
            f"HANDOFF_DATA is wrong: {settings.data} cannot be made ({error.strerror}). Name a folder that can."
        ) from None


def _answers(url: str) -> Callable[[], Awaitable[bool]]:
    async def ask() -> bool:
        async with httpx.AsyncClient(timeout=PROBE_SECONDS, trust_env=False) as client:
            return (await client.get(url)).is_success

    return ask
