"""Server-sent events: one stream for each open page. It says *look again*, and passes a run's live output on.

A stream ends after a few minutes, and the browser comes back: so a login that has ended ends its streams too, for
the guard is asked each time. It ends at once when this process is asked to end.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from markupsafe import escape
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app.ledger.rows import Touched
from app.live import BEGINNING, LiveTail
from app.web.pages.watch import Watch, Watcher

STREAM_SECONDS = 240.0
HEARTBEAT_SECONDS = 15.0
LOG_SECONDS = 1.0
RETRY_MILLISECONDS = 2000

Concerns = Callable[[frozenset[Touched], bool], bool]


@dataclass(slots=True)
class Follower:
    """Follows the output of whichever run of a job is under way."""

    watch: Watch
    live: LiveTail
    job: str
    run: str = ""
    position: str = BEGINNING

    async def news(self) -> str:
        """Return what is new of it, as events; the whole tail when another run has begun."""
        run = self._run_now()
        if run is None:
            return ""
        whole = run != self.run
        with contextlib.suppress(RedisError, OSError):
            text, self.position = await self.live.read(run, BEGINNING if whole else self.position)
            self.run = run
            return event("log-all", lines(text)) if whole else event("log", str(escape(text))) if text else ""
        return ""

    def _run_now(self) -> str | None:
        found = (
            run
            for run, (of, state, _) in self.watch.live.items()
            if of.job == self.job and state == "claimed"
        )
        return next(found, None)


def lines(text: str) -> str:
    """Return the whole of a tail as HTML that takes in what follows."""
    return f'<code sse-swap="log" hx-swap="beforeend">{escape(text)}</code>'


def event(name: str, data: str, *, position: int | None = None) -> str:
    """Return one event as it goes over the wire."""
    said = "".join(f"data: {line}\n" for line in data.replace("\r", "").split("\n"))
    return f"event: {name}\n" + (f"id: {position}\n" if position is not None else "") + f"{said}\n"


class Stream(StreamingResponse):
    """An answer that goes on. Who gets it is a watcher for exactly as long."""

    def __init__(
        self, watch: Watch, name: str, concerns: Concerns, *, late: bool, follower: Follower | None
    ) -> None:
        self._watch, self._name, self._concerns = watch, name, concerns
        self._late, self._follower = late, follower
        self._watcher = Watcher()
        super().__init__(self._said(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        with self._watch.joined(self._watcher):
            await super().__call__(scope, receive, send)

    async def _said(self) -> AsyncIterator[str]:
        clock = asyncio.get_running_loop().time
        ends_at, beats_at = clock() + STREAM_SECONDS, clock() + HEARTBEAT_SECONDS
        yield f"retry: {RETRY_MILLISECONDS}\n\n" + (self._look_again() if self._late else "")
        while clock() < ends_at and not self._watch.closing.is_set():
            with contextlib.suppress(TimeoutError):
                patience = HEARTBEAT_SECONDS if self._follower is None else LOG_SECONDS
                await asyncio.wait_for(self._watcher.news.wait(), patience)
            said = await self._news()
            if said or clock() >= beats_at:
                beats_at = clock() + HEARTBEAT_SECONDS
                yield said or ": still here\n\n"

    async def _news(self) -> str:
        said = self._look_again() if self._concerns(*self._watcher.take()) else ""
        return said + (await self._follower.news() if self._follower is not None else "")

    def _look_again(self) -> str:
        return event(self._name, "look again", position=self._watch.seen)


async def stream(
    request: Request, watch: Watch, name: str, concerns: Concerns, *, follower: Follower | None = None
) -> Response:
    """Answer with a stream that says `name` whenever something changed that concerns the page.

    A page tells which event was the newest when it was made; one that missed something is told at once.
    """
    if watch.crowded:
        return PlainTextResponse("Too many pages are open just now.", 503, {"Retry-After": "30"})
    told = request.headers.get("last-event-id") or request.query_params.get("seen", "")
    newest = await watch.newest()
    late = not told.isdecimal() or len(told) > 18 or int(told) < newest
    return Stream(watch, name, concerns, late=late, follower=follower)
