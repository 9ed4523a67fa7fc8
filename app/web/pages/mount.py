"""The pages as a part of the web process: what they are made of, and what runs beside them while it lives."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from redis.asyncio import Redis
from starlette.routing import Route

from app.ending import end
from app.ledger.reading import Reading
from app.live import LiveTail
from app.web.acts import Acts
from app.web.pages.probe import QueueProbe
from app.web.pages.routes import Pages
from app.web.pages.watch import LOOK_SECONDS, Watch
from app.web.viewer import Viewer
from app.web.views.gather import Sight


class Mounted:
    """The pages, ready to be served. `github` is the address of GitHub's pages, `data` the data folder."""

    def __init__(
        self,
        ledger: Reading,
        redis: Redis,
        acts: Acts,
        *,
        github: str,
        data: Path,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        queue = QueueProbe(redis.ping)
        viewer = Viewer(name="the watch")
        nobody = Sight(ledger=ledger, viewer=viewer, github=github, queue_answers=queue, data=data)

        async def machine() -> str:
            return (await nobody.machine(datetime.now(UTC))).sentence

        self._watch = Watch(ledger, machine, look_seconds=look_seconds)
        live = LiveTail(redis)
        self._pages = Pages(
            ledger=ledger,
            watch=self._watch,
            live=live,
            github=github,
            queue_answers=queue,
            acts=acts,
            data=data,
        )

    def routes(self) -> list[Route]:
        """Return the routes. Every one of them but the files' needs the guard before it."""
        return self._pages.routes()

    @contextlib.asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Notice changes for as long as this lasts."""
        looking = asyncio.create_task(self._watch.look_out())
        try:
            yield
        finally:
            self.close()
            await end(looking)

    def close(self) -> None:
        """End all streams: whoever waits for open connections would wait for them."""
        self._watch.close()
