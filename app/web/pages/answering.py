"""The form under a question: an option or one's own words, passed on as `/handoff answer` is. It judges nobody."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.domain.errors import Refused
from app.domain.job import Job
from app.domain.verbs import Answer
from app.web.acts import Acts
from app.web.pages.buttons import FindJob, Unknown, too_late
from app.web.pages.rendering import render
from app.web.viewer import viewer_of

ANSWER_CHARACTERS_MAX = 10_000
NOTHING_SAID = "Please choose one of the options, or write in your own words what I should do."
NOTHING_ASKED = "Nothing is asked here any more: somebody answered, or the time was up."


def answer_route(acts: Acts, find: FindJob, unknown: Unknown) -> Route:
    """Return the route of the form. `find` returns the job that a viewer may know about."""

    async def answer(request: Request) -> Response:
        job = await find(request)
        if job is None:
            return unknown(request)
        if job.question is None:
            return too_late(request, NOTHING_ASKED)
        said = said_in(dict(parse_qsl((await request.body()).decode(errors="replace"))), job)
        if not said:
            return render(
                request, "sorry.html", status=400, heading="Nothing was said", sentence=NOTHING_SAID
            )
        try:
            await acts.give(job, Answer(said), viewer_of(request))
        except Refused as refusal:
            return too_late(request, str(refusal))
        return RedirectResponse(f"/jobs/{job.id}?asked=answer", 303)

    return Route("/jobs/{job}/answer", answer, methods=["POST"])


def said_in(form: Mapping[str, str], job: Job) -> str:
    """Return what a form says: one's own words before an option; empty when it says nothing."""
    words = form.get("words", "").replace("\r\n", "\n").strip()[:ANSWER_CHARACTERS_MAX]
    options = job.question.options if job.question is not None else ()
    chosen = form.get("option", "")
    # Options are counted from 1, as people are shown them.
    known = chosen.isascii() and chosen.isdecimal() and 1 <= int(chosen[:4]) <= len(options)
    return words or (options[int(chosen[:4]) - 1] if known else "")
