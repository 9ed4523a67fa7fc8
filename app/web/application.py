"""The web application: routes, the gate before them, and what runs beside them. It starts no server and reads no setting."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.routing import Route

from app.config import WebSettings
from app.ending import end
from app.github.oauth import OAuth
from app.ledger.store import Ledger
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
from app.web.listen import GRACE_SECONDS
from app.web.pages.mount import Mounted
from app.web.pages.nowhere import nowhere
from app.web.pages.probe import QueueProbe
from app.web.setup.checkup import Checkup
from app.web.setup.done import Done
from app.web.webhook import Webhook


def create_app(settings: WebSettings, ledger: Ledger) -> FastAPI:
    """Build the application on an open ledger, which it closes when it is shut down.

    Raises:
        BadConfiguration: REDIS_URL cannot be read.
    """
    redis = open_redis(settings.redis)
    queue, nudged = Queue(redis), asyncio.Event()
    acts = Acts(ledger, nudged.set, lambda: datetime.now(UTC), settings.data)
    pages = Mounted(ledger, redis, acts, github=settings.github_git_url, data=settings.data)

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
        exception_handlers={404: nowhere},
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
            data=settings.data,
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
        await end(task)
