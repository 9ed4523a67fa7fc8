"""The configure run: finds out how a repository is set up and checked, tries each command, and writes it down.

No agent takes part. The commands run on the default branch's commit in a cage of their own, like any checks; what is
written is one file, and it is written by us and not in the room where they ran.
"""

from functools import partial

from app.domain.agenda import STAGES, Ending, Stage
from app.domain.detection import Detected
from app.domain.job import CheckResult, Report
from app.domain.offer import Offer, as_found, untried
from app.domain.policy import PATH
from app.voice.configuration import configuration
from app.voice.endings import sentence
from app.voice.onboarding import commit_message
from workers.checks.plan import detected_at
from workers.checks.project import project_of
from workers.checks.room import Room
from workers.runs.source import keep_commits, mirror_of
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.commit import commit_file, keep
from workers.workspace.mirror import Mirror
from workers.workspace.read import text_at

WHAT = STAGES[Stage.CONFIGURE].noun
SETUP_FAILED = "it was not run, because the setup failed"


async def configure(tools: Tools, visit: RunVisit) -> Report:
    """Return the file as a commit in the mirror, and what each command said on the commit before it."""
    job = visit.job
    mirror = await mirror_of(tools, job, visit.journal)
    base_sha = await visit.journal.once("base", partial(mirror.head_of, job.snapshot.default_branch))
    if await text_at(mirror, base_sha, PATH) is not None:
        told = sentence(Ending.NOTHING_CHANGED, WHAT, f"somebody has added `{PATH}` in the meantime")
        return Report(ending=Ending.NOTHING_CHANGED, because=told)
    found = await detected_at(mirror, base_sha)
    results = await _tried(tools, visit, mirror, base_sha, found)
    if visit.cancelled.is_set():
        return Report(ending=Ending.STOPPED, because=sentence(Ending.STOPPED, WHAT))
    text = configuration(Offer.of(results), found.because)
    return Report(
        ending=Ending.SUCCEEDED,
        because=sentence(Ending.SUCCEEDED, WHAT, _in_short(results)),
        base_sha=base_sha,
        head_sha=await _commit(tools, visit, mirror, base_sha, text),
        checks=results,
        detected=found.because,
        cage=tools.sandbox.name,
    )


async def _tried(
    tools: Tools, visit: RunVisit, mirror: Mirror, sha: str, found: Detected
) -> tuple[CheckResult, ...]:
    """Set the repository up and run each check; where it cannot be set up, no check is asked."""
    if not found.checks:
        return ()
    project = project_of(tools, visit.job)
    room = await Room.open(tools, mirror, sha, visit.folder / "room", visit, project=project)
    setup = await room.try_setup(found.setup)
    if all(step.passed for step in setup):
        checks = await room.run_all(found.checks)
    else:
        checks = tuple(untried(check, SETUP_FAILED) for check in found.checks)
    return tuple(as_found(result) for result in (*setup, *checks))


def _in_short(results: tuple[CheckResult, ...]) -> str:
    said = [f"`{result.name}`: {result.summary}" for result in Offer.of(results).checks]
    return "; ".join(said) or "nothing in it says how it is tested"


async def _commit(tools: Tools, visit: RunVisit, mirror: Mirror, base_sha: str, text: str) -> str:
    job = visit.job
    bot = await tools.bot.known(job.repository)
    commit = await commit_file(
        PATH,
        tools.redactor.redact(text).encode(),
        mirror=mirror,
        git_dir=visit.git_dir,
        base_sha=base_sha,
        message=commit_message(),
        author_name=bot.login,
        author_email=await tools.bot.email(job.repository),
        # The same file makes the same commit, so that a run done twice is seen once.
        at=job.opened_at,
    )
    await keep(mirror, commit, job.id)
    await keep_commits(tools, mirror, job, base_sha=base_sha, head_sha=commit.sha)
    return commit.sha
