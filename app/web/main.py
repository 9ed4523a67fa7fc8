"""The composition root of the web process: settings in, a running server out. It decides nothing else."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import uvicorn
import uvloop
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.routing import Route

from app.config import WebSettings, load
from app.domain.errors import BadConfiguration, HandoffError
from app.domain.redaction import Redactor
from app.ledger.store import Ledger
from app.logs import configure
from app.queue import Queue, open_redis
from app.relay import relay
from app.web.ahead import Ahead
from app.web.answer import SecurityHeaders
from app.web.health import Readiness, health_routes
from app.web.webhook import Webhook

CONNECTIONS_MAX = 1000
GRACE_SECONDS = 5

logger = logging.getLogger(__name__)


def create_app(settings: WebSettings, ledger: Ledger) -> FastAPI:
    """Build the application on an open ledger, which it closes when it is shut down.

    Raises:
        BadConfiguration: REDIS_URL cannot be read.
    """
    redis = open_redis(settings.redis)
    queue, nudged = Queue(redis), asyncio.Event()

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as doors:
            doors.push_async_callback(ledger.close)
            doors.push_async_callback(queue.close)
            await doors.enter_async_context(_relaying(ledger, queue, nudged))
            yield

    webhook = Webhook(
        ledger.accept,
        nudged.set,
        secrets=settings.webhook_secrets,
        body_bytes_max=settings.webhook_body_bytes,
    )
    receiver = Route("/webhooks/github", webhook)
    # No page describes the routes: every route but these three needs a login, and so would that page.
    app = FastAPI(
        openapi_url=None,
        lifespan=lifespan,
        middleware=[Middleware(SecurityHeaders), Middleware(Ahead, route=receiver)],
        redirect_slashes=False,
    )
    app.router.routes.extend([receiver, *health_routes(Readiness(ledger.ready, redis.ping))])
    app.state.answered = webhook.answered
    return app


@contextlib.asynccontextmanager
async def _relaying(ledger: Ledger, queue: Queue, nudged: asyncio.Event) -> AsyncIterator[None]:
    """Wake workers for what is due, in the background."""
    stopping = asyncio.Event()
    task = asyncio.create_task(
        relay(lambda: ledger.due(datetime.now(UTC)), queue.wake, nudged=nudged, stopping=stopping)
    )
    try:
        yield
    finally:
        stopping.set()
        await asyncio.wait({task}, timeout=GRACE_SECONDS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def bind(host: str, port: int) -> socket.socket:
    """Take the address, before anything else is begun: who connects meanwhile waits, and is not refused.

    Raises:
        BadConfiguration: it cannot be had.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(CONNECTIONS_MAX)
    except OSError as error:
        listener.close()
        raise BadConfiguration(
            f"HANDOFF_HOST, HANDOFF_PORT: {host}:{port} cannot be listened on ({error.strerror}). "
            "Stop the program that has it, or choose another address."
        ) from None
    return listener


async def serve(settings: WebSettings) -> None:
    """Serve until a signal ends it."""
    with bind(settings.host, settings.port) as listener:
        app = create_app(settings, await Ledger.open(settings.database))
        server = uvicorn.Server(_server_config(app))
        host, port = listener.getsockname()[:2]
        logger.info("Listening on http://%s:%d", f"[{host}]" if ":" in host else host, port)
        # uvicorn raises the signal that ended it once more; by then there is nothing left to end.
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda *_: None)
        await server.serve(sockets=[listener])


def _server_config(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nothing here depends on who asks, so nobody is believed about it
        limit_concurrency=CONNECTIONS_MAX,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def main() -> int:
    """Run the web process; return its exit code: 78 (sysexits.h) if only a person can help it."""
    try:
        settings = load(WebSettings)
        redactor = Redactor()
        for secret in settings.secrets:
            redactor.register(secret)
        configure(settings.log, redactor.redact)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings))
    except BadConfiguration as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - there may be no log yet, and a person must read it
        return os.EX_CONFIG
    except HandoffError as trouble:
        logger.error("The web process cannot go on: %s", trouble)  # noqa: TRY400 - not our mistake, so no traceback
        return 1
    return 0
