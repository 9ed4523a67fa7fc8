"""The routes of the pages. Each asks what its viewer may see, and renders it; none knows who may see what."""

import logging
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.domain.errors import TryAgain
from app.domain.job import Job
from app.ledger.reading import Reading
from app.ledger.rows import Touched
from app.live import LiveTail
from app.web.acts import Acts
from app.web.pages.answering import answer_route
from app.web.pages.buttons import ASKED, button_routes
from app.web.pages.rendering import render
from app.web.pages.static import static_route
from app.web.pages.streams import Follower, stream
from app.web.pages.watch import Watch
from app.web.viewer import viewer_of
from app.web.views.gather import QueueAnswers, Sight

logger = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The pages, on an open ledger. `github` is the address of GitHub's pages, `data` the data folder."""

    ledger: Reading
    watch: Watch
    live: LiveTail
    github: str
    queue_answers: QueueAnswers
    acts: Acts
    data: Path

    def routes(self) -> list[Route]:
        """Return every route of the pages."""
        get: dict[str, Handler] = {
            "/": self.desk,
            "/stream": self.desk_stream,
            "/jobs/{job}": self.job,
            "/jobs/{job}/stream": self.job_stream,
            "/jobs/{job}/runs/{run}/output": self.output,
            "/jobs/{job}/runs/{run}/files/{name}": self.file,
        }
        shown = [Route(path, _kindly(handler), methods=["GET"]) for path, handler in get.items()]
        pressed = button_routes(self.acts, self._job, _unknown)
        return [*shown, *pressed, answer_route(self.acts, self._job, _unknown), static_route()]

    async def desk(self, request: Request) -> Response:
        """The first page: everything at a glance."""
        seen = await self._newest()
        shown = await self._sight(request).desk(datetime.now(UTC))
        part = _is_part(request)
        name = "desk_part.html" if part else "desk.html"
        return render(request, name, desk=shown, seen=seen, part=part, label=shown.label, github=self.github)

    async def desk_stream(self, request: Request) -> Response:
        """What keeps the first page fresh."""
        sees = viewer_of(request).sees

        def concerns(touched: frozenset[Touched], machine: bool) -> bool:
            return machine or any(sees(each.repository_id) for each in touched)

        return await stream(request, self.watch, "desk", concerns)

    async def job(self, request: Request) -> Response:
        """One job."""
        seen = await self._newest()
        shown = await self._sight(request).page(request.path_params["job"])
        if shown is None:
            return _unknown(request)
        if _is_part(request):
            return render(request, "job_part.html", job=shown)
        tail = await self._tail(shown.live_run) if shown.live_run else ""
        asked = ASKED.get(request.query_params.get("asked", ""), "")
        return render(request, "job.html", job=shown, seen=seen, tail=tail, asked=asked)

    async def job_stream(self, request: Request) -> Response:
        """What keeps a job's page fresh, and the output of its run."""
        job = await self._job(request)
        if job is None:
            return _unknown(request)

        def concerns(touched: frozenset[Touched], _machine: bool) -> bool:
            return any(each.job == job.id for each in touched)

        follower = Follower(watch=self.watch, live=self.live, job=job.id)
        return await stream(request, self.watch, "job", concerns, follower=follower)

    async def output(self, request: Request) -> Response:
        """What is kept of a run's output."""
        sight = self._sight(request)
        job, run = request.path_params["job"], request.path_params["run"]
        shown, kept = await sight.page(job), await sight.output(job, run)
        of = next((each for each in shown.runs if each.id == run), None) if shown is not None else None
        if of is None or kept is None:
            return _unknown(request)
        output = kept.data.decode("utf-8", "replace")
        return render(request, "log.html", job=shown, run=of, output=output)

    async def file(self, request: Request) -> Response:
        """A file that a run left, as plain text: nothing in it is ever a page of ours."""
        job, run, name = (request.path_params[each] for each in ("job", "run", "name"))
        kept = await self._sight(request).file(job, run, name)
        if kept is None:
            return _unknown(request)
        policy = {"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'"}
        return PlainTextResponse(kept.data.decode("utf-8", "replace"), headers=policy)

    async def _job(self, request: Request) -> Job | None:
        return await self._sight(request).job(request.path_params["job"])

    def _sight(self, request: Request) -> Sight:
        return Sight(
            ledger=self.ledger,
            viewer=viewer_of(request),
            github=self.github,
            queue_answers=self.queue_answers,
            data=self.data,
        )

    async def _newest(self) -> int:
        return (await self.ledger.glance(sys.maxsize)).newest

    async def _tail(self, run: str) -> str:
        try:
            return (await self.live.read(run))[0]
        except (RedisError, OSError):
            return "The live output cannot be shown while the queue does not answer. It is kept with the run."


def _is_part(request: Request) -> bool:
    """Whether a page asks to be brought up to date."""
    return "hx-request" in request.headers


def _kindly(handler: Handler) -> Handler:
    """Say so when the ledger cannot be read just now, and that nothing is lost."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except TryAgain as trouble:
            logger.warning("A page could not be shown: %s", trouble, extra={"action": "page"})
            return _later(request)

    return handle


def _later(request: Request) -> Response:
    return render(
        request,
        "sorry.html",
        status=503,
        heading="Not right now",
        sentence="I cannot read my own ledger at the moment. Nothing is lost; please load this page again shortly.",
    )


def _unknown(request: Request) -> Response:
    return render(
        request,
        "sorry.html",
        status=404,
        heading="There is nothing here",
        sentence="I know no such job, or it belongs to a repository that you cannot see on GitHub.",
    )
