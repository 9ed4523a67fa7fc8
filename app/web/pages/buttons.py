"""The buttons of a job's page: each passes on one command, and leads back to the page, which shows what comes of it.

What a button may do is not decided here: the command is judged like one that was written on GitHub.
"""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.domain.errors import Refused
from app.domain.job import Job
from app.domain.verbs import Command, Retry, Stop
from app.web.acts import Acts
from app.web.pages.rendering import render
from app.web.viewer import viewer_of

BUTTONS: Mapping[str, Command] = MappingProxyType({"stop": Stop(), "retry": Retry()})

ASKED: Mapping[str, str] = MappingProxyType(
    {
        "stop": "I was asked to stop this. It happens within seconds, and this page shows it.",
        "retry": "I was asked to try this again. It begins within seconds, and this page shows it.",
        "answer": "I was told the answer. I go on within seconds, and this page shows it.",
    }
)
"""What a page says when a button has led back to it."""

FindJob = Callable[[Request], Awaitable[Job | None]]
Unknown = Callable[[Request], Response]


def too_late(request: Request, why: str) -> Response:
    """Say that what somebody wanted is not possible any more."""
    return render(request, "sorry.html", status=409, heading="That is too late", sentence=why)


def button_routes(acts: Acts, find: FindJob, unknown: Unknown) -> list[Route]:
    """Return a route for each button. `find` returns the job that a viewer may know about."""

    def pressed(verb: str, command: Command) -> Route:
        async def press(request: Request) -> Response:
            job = await find(request)
            if job is None:
                return unknown(request)
            try:
                await acts.give(job, command, viewer_of(request))
            except Refused as refusal:
                return too_late(request, str(refusal))
            return RedirectResponse(f"/jobs/{job.id}?asked={verb}", 303)

        return Route(f"/jobs/{{job}}/{verb}", press, methods=["POST"])

    return [pressed(verb, command) for verb, command in BUTTONS.items()]
