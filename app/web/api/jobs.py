"""Jobs: listed, told in full, told to do something."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import PlainTextResponse, Response

from app.domain.errors import NotFound, Refused
from app.domain.job import Job
from app.domain.verbs import VERBS
from app.web.api.asking import Ask, unknown
from app.web.api.models import ERRORS, PREFIX, Message, Said, Verb, Which
from app.web.views.models import CheckView, FindingView, JobCard, JobPage, RunView, TimelineEntry

LIMIT_MAX = 200

router = APIRouter(prefix=f"{PREFIX}/jobs", tags=["jobs"], responses=ERRORS)

What = Annotated[Verb, Path(description=", ".join(f"`{each}`" for each in Verb))]
JobId = Annotated[str, Path(max_length=40, description="the id of a job, such as `jq3k5f2m7a1x`")]


@router.get("", summary="List jobs")
async def list_jobs(
    ask: Ask,
    state: Annotated[Which, Query(description="which ones")] = Which.OPEN,
    repository: Annotated[
        str, Query(max_length=201, description="only those of this `owner/name`; else of every one you see")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="at most so many")] = 50,
) -> Sequence[JobCard]:
    """Jobs in short, the newest first; ended ones by when they ended."""
    which = ask.viewer.repositories
    if repository:
        found = await ask.tools.ledger.find_repository(repository)
        which = frozenset({found} if found is not None and ask.viewer.sees(found) else ())
    jobs = await _jobs(ask, state, which, limit)
    return await ask.sight.cards(jobs)


async def _jobs(ask: Ask, state: Which, which: frozenset[int] | None, limit: int) -> list[Job]:
    if state is Which.OPEN:
        return (await ask.tools.ledger.open_jobs(which, limit))[0]
    return await ask.tools.ledger.ended_jobs(which, limit)


async def _page(ask: Ask, job: str) -> JobPage:
    page = await ask.sight.page(job)
    if page is None:
        raise unknown(job)
    return page


@router.get("/{job}", summary="One job")
async def one_job(ask: Ask, job: JobId) -> JobPage:
    """A job with all that happened to it, oldest first."""
    return await _page(ask, job)


@router.get("/{job}/timeline", summary="What happened to a job")
async def timeline(ask: Ask, job: JobId) -> Sequence[TimelineEntry]:
    """What happened and why, and what was heard but changed nothing; oldest first."""
    return (await _page(ask, job)).timeline


@router.get("/{job}/runs", summary="The runs of a job")
async def runs(ask: Ask, job: JobId) -> Sequence[RunView]:
    """Its runs, oldest first."""
    return (await _page(ask, job)).runs


@router.get("/{job}/checks", summary="What the repository's own checks say")
async def checks(ask: Ask, job: JobId) -> Sequence[CheckView] | None:
    """The verdicts on the newest commit; null while none was checked."""
    return (await _page(ask, job)).checks


@router.get("/{job}/findings", summary="What the review found")
async def findings(ask: Ask, job: JobId) -> Sequence[FindingView] | None:
    """The findings of the newest review; null while there was none."""
    return (await _page(ask, job)).findings


@router.get(
    "/{job}/runs/{run}/log",
    summary="What a run wrote",
    response_class=PlainTextResponse,
    responses={404: {"model": Message}},
)
async def log(ask: Ask, job: JobId, run: Annotated[str, Path(max_length=60)]) -> Response:
    """The output that was kept of a run, redacted."""
    kept = await ask.sight.output(job, run)
    if kept is None:
        raise NotFound(f"There is no output of a run {run} of job {job}. It is kept when the run has ended.")
    return PlainTextResponse(kept.data.decode("utf-8", "replace"))


@router.get(
    "/{job}/runs/{run}/files/{name}",
    summary="A file that a run left",
    response_class=PlainTextResponse,
    responses={404: {"model": Message}},
)
async def file(
    ask: Ask,
    job: JobId,
    run: Annotated[str, Path(max_length=60)],
    name: Annotated[
        str, Path(max_length=60, description="as `files` of a run has it, such as `brief.md` or `exit.json`")
    ],
) -> Response:
    """What a run was told, what it left and how it ended, redacted, as far as it is still kept."""
    kept = await ask.sight.file(job, run, name)
    if kept is None:
        raise NotFound(
            f"There is no file {name} of a run {run} of job {job}. Its runs, under `files`, name those that are kept."
        )
    return PlainTextResponse(kept.data.decode("utf-8", "replace"))


@router.post("/{job}/{verb}", summary="Tell a job something", status_code=202)
async def tell(ask: Ask, job: JobId, verb: What, said: Said | None = None) -> Message:
    """Stop, retry, answer, go, snooze or review: the commands that people write on GitHub.

    The answer says that it was heard. Whether you may is judged by your role on GitHub, a moment later; the job's
    timeline and `why` tell what came of it.
    """
    text = said.text if said is not None else ""
    command = VERBS[verb].build(text)
    if command is None:
        raise Refused(f"`{verb}` is followed by {VERBS[verb].followed_by}: send it as `text`.")
    return Message(message=await ask.tools.acts.give(await ask.job(job), command, ask.viewer))
