"""The house: where everything stands, why something happened or nothing did, who works, and the switch for all of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from app.domain.errors import NotFound
from app.domain.ids import NO_ISSUE
from app.telling.documents import Document, overview_document, story_document, why_document
from app.telling.standstill import standstill
from app.telling.stories import job_story, overview, why
from app.telling.text import overview_text, status_text, why_text
from app.web.api.asking import Ask
from app.web.api.jobs import JobId
from app.web.api.models import ERRORS, PREFIX, Form, Message, WorkerView
from app.web.views.models import Machine

router = APIRouter(prefix=PREFIX, tags=["house"], responses=ERRORS)

As = Annotated[
    Form, Query(alias="as", description="`text` is what `handoff` prints, `json` what it does with `--json`")
]
Owner = Annotated[str, Path(max_length=100)]
Name = Annotated[str, Path(max_length=100)]
_TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {}}}}


def _told(document: Document, text: str, form: Form) -> Response:
    return PlainTextResponse(text) if form is Form.TEXT else JSONResponse(document)


@router.get("/status", summary="Where everything stands", responses=_TEXT)
async def status(ask: Ask, form: As = Form.JSON) -> Response:
    """The newest jobs, what waits, and who works. For whoever runs this Handoff."""
    ask.must_be_owner()
    seen = await overview(ask.tools.ledger, ask.tools.data)
    return _told(overview_document(seen), overview_text(seen, datetime.now(UTC)), form)


@router.get("/status/{job}", summary="Where one job stands", responses=_TEXT)
async def status_of(ask: Ask, job: JobId, form: As = Form.JSON) -> Response:
    """A job as `handoff status JOB` tells it."""
    story = await job_story(ask.tools.ledger, await ask.job(job))
    still = await standstill(ask.tools.ledger, ask.tools.data)
    return _told(story_document(story), status_text(story, still), form)


@router.get(
    "/why/{owner}/{name}", summary="Why something happened in a repository, or nothing did", responses=_TEXT
)
async def why_repository(ask: Ask, owner: Owner, name: Name, form: As = Form.JSON) -> Response:
    """What was heard about a repository as a whole."""
    return await _why(ask, f"{owner}/{name}", NO_ISSUE, form)


@router.get(
    "/why/{owner}/{name}/{number}",
    summary="Why something happened on an issue, or nothing did",
    responses=_TEXT,
)
async def why_issue(
    ask: Ask, owner: Owner, name: Name, number: Annotated[int, Path(ge=1, lt=10**18)], form: As = Form.JSON
) -> Response:
    """All that was heard about an issue or pull request, and what came of it."""
    return await _why(ask, f"{owner}/{name}", number, form)


async def _why(ask: Ask, repository: str, number: int, form: Form) -> Response:
    """Answer; whoever does not see everything is told of repositories that they see, and of no other."""
    found = await ask.tools.ledger.find_repository(repository)
    if not ask.viewer.is_owner and (found is None or not ask.viewer.sees(found)):
        raise NotFound(f"I have heard of no repository {repository}, or you cannot see it on GitHub.")
    tools = ask.tools
    answer = await why(tools.ledger, repository, number, data=tools.data, deliveries=ask.viewer.is_owner)
    return _told(why_document(answer), why_text(answer), form)


@router.get("/machine", summary="How the machinery is")
async def machine(ask: Ask) -> Machine:
    """In one sentence, and a few numbers."""
    return await ask.sight.machine(datetime.now(UTC))


@router.get("/workers", summary="Who works")
async def workers(ask: Ask) -> Sequence[WorkerView]:
    """The worker processes that greeted and did not part. For whoever runs this Handoff."""
    ask.must_be_owner()
    seen = await overview(ask.tools.ledger, ask.tools.data)
    return [WorkerView(**each) for each in overview_document(seen)["workers"]]


@router.post("/stop", summary="Stop everything")
async def stop_all(ask: Ask) -> Message:
    """Runs end within seconds, on every machine, and none starts until it is taken back. For whoever runs this Handoff.

    The file `STOP` is written too, in the data folder of the web process: workers that share it need nothing else.
    """
    return Message(message=await ask.tools.acts.switch(ask.viewer, stopped=True))


@router.post("/start", summary="Let runs start again")
async def start_all(ask: Ask) -> Message:
    """Take that back, or let it go on after it has paused itself. For whoever runs this Handoff."""
    return Message(message=await ask.tools.acts.switch(ask.viewer, stopped=False))
