"""Brings the code of a job to this machine: the mirror, brought up to date, with the job's own commit in it."""

from app.domain.job import Job
from workers.runs.journal import Journal
from workers.tools import Tools
from workers.workspace.bundle import bundle, unbundle
from workers.workspace.mirror import Mirror

BUNDLE_BYTES_LIMIT = 64 * 1024 * 1024
_BUNDLE = "commits"


async def mirror_of(tools: Tools, job: Job, journal: Journal | None = None) -> Mirror:
    """Return the up-to-date mirror of the job's repository, holding the job's head if it has one.

    The head comes from the ledger when another machine made it, so that any worker can take up any stage. With a
    journal GitHub is asked once: whoever takes the run up finds its agent again even while GitHub is away.
    """
    mirror = Mirror(tools.mirror_path(job.repository))

    async def fetched() -> bool:
        token = (await tools.github.at(job.repository).git_token(push=False)).get_secret_value()
        await mirror.fetch(tools.clone_url(job.repository), token)
        return True

    await (fetched() if journal is None else journal.once("fetched", fetched))
    head = job.work.head_sha
    if head is not None and not await mirror.has(head):
        kept = await tools.ledger.artifact(job.id, _BUNDLE)
        if kept is not None:
            await unbundle(mirror, kept.data, job.id)
    return mirror


async def keep_commits(tools: Tools, mirror: Mirror, job: Job, *, base_sha: str, head_sha: str) -> None:
    """Put the job's commits where any worker finds them, whatever becomes of this machine."""
    data = await bundle(mirror, base_sha, head_sha, limit_bytes=BUNDLE_BYTES_LIMIT)
    await tools.ledger.keep_artifact(job.id, _BUNDLE, "application/x-git-bundle", data)
