"""The composition root of the web process: settings in, a running server out. It decides nothing else."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from importlib.metadata import version

import uvicorn
import uvloop
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.routing import Route

from app.config import WebSettings, load
from app.domain.errors import BadConfiguration, HandoffError
from app.domain.redaction import Redactor
from app.github.oauth import OAuth
from app.ledger.store import Ledger
from app.logs import configure
from app.queue import Queue, open_redis
from app.relay import relay
from app.web.acts import Acts
from app.web.ahead import Ahead
from app.web.answer import SecurityHeaders
from app.web.api.asking import Tools
from app.web.api.mount import DESCRIPTION, OPENAPI, mount_api
from app.web.api.page import api_page
from app.web.auth.hosts import House
from app.web.auth.roads import roads
from app.web.auth.who import Who
from app.web.guard import Guard
from app.web.health import Readiness, health_routes
from app.web.listen import CONNECTIONS_MAX, bind
from app.web.pages.mount import Mounted
from app.web.pages.probe import QueueProbe
from app.web.setup.checkup import Checkup
from app.web.setup.done import Done
from app.web.webhook import Webhook

GRACE_SECONDS = 5

logger = logging.getLogger(__name__)


def create_app(settings: WebSettings, ledger: Ledger) -> FastAPI:
    """Build the application on an open ledger, which it closes when it is shut down.

    Raises:
        BadConfiguration: REDIS_URL cannot be read.
    """
    redis = open_redis(settings.redis)
    queue, nudged = Queue(redis), asyncio.Event()
    acts = Acts(ledger, nudged.set, lambda: datetime.now(UTC))
    pages = Mounted(ledger, redis, acts, github=settings.github_git_url)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as doors:
            doors.push_async_callback(ledger.close)
            doors.push_async_callback(queue.close)
            await doors.enter_async_context(_relaying(ledger, queue, nudged))
            await doors.enter_async_context(pages.kept_fresh())
            yield

    webhook = Webhook(
        ledger.accept,
        nudged.set,
        secrets=settings.webhook_secrets,
        body_bytes_max=settings.webhook_body_bytes,
    )
    receiver = Route("/webhooks/github", webhook)
    house = House(public_url=settings.public_url, host=settings.host, port=settings.port)
    who = Who(ledger, house.cookie)
    app = FastAPI(
        title="Handoff",
        version=version("handoff"),
        description=DESCRIPTION,
        openapi_url=OPENAPI,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(Ahead, route=receiver),
            Middleware(Guard, who=who, house=house),
        ],
        redirect_slashes=False,
    )
    app.router.routes.extend([receiver, *health_routes(Readiness(ledger.ready, redis.ping))])
    app.router.routes.extend(roads(ledger, house, who, _oauth(settings)))
    app.router.routes.extend(pages.routes())
    told, github = settings.public_url is not None, settings.github_git_url
    app.router.routes.extend(Done(settings.data, github=github, told=told, checkup=Checkup()).routes())
    app.router.routes.append(api_page(app))
    mount_api(
        app,
        Tools(
            ledger=ledger,
            acts=acts,
            github=settings.github_git_url,
            queue_answers=QueueProbe(redis.ping),
        ),
    )
    app.state.answered = webhook.answered
    app.state.end_streams = pages.close
    return app


def _oauth(settings: WebSettings) -> OAuth | None:
    """Return how people log in with GitHub; None where our App's client is not known."""
    if not settings.client_id or not settings.client_secret:
        return None
    return OAuth(
        pages_url=settings.github_git_url,
        api_url=settings.github_url,
        client_id=settings.client_id,
        client_secret=settings.client_secret.get_secret_value(),
    )


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


async def serve(settings: WebSettings) -> None:
    """Serve until a signal ends it."""
    with bind(settings.host, settings.port) as listener:
        app = create_app(settings, await Ledger.open(settings.database))
        server = Server(_server_config(app), app.state.end_streams)
        host, port = listener.getsockname()[:2]
        logger.info("Listening on http://%s:%d", f"[{host}]" if ":" in host else host, port)
        # uvicorn raises the signal that ended it once more; by then there is nothing left to end.
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda *_: None)
        await server.serve(sockets=[listener])


class Server(uvicorn.Server):
    """A server that ends what would never end by itself, before it waits for its connections to be done."""

    def __init__(self, config: uvicorn.Config, end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._end_streams = end_streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more requests, and let those that are under way come to their end."""
        self._end_streams()
        await super().shutdown(sockets)


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
