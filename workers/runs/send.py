"""Sends a commit to the job's branch: by a push, or, where the branch takes only signed commits, written by GitHub.

GitHub signs what an App commits through its API without naming an author. The commit then is another one than ours,
so whoever sends gets told which commit is on the branch now.
"""

from app.domain.errors import Conflict, Refused
from app.github.signed import FileChange
from app.voice.pull_request import commit_message
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.change import Change, ChangedFile, Status, change
from workers.workspace.git import git
from workers.workspace.mirror import Mirror
from workers.workspace.push import push

FILE_BYTES = 20_000_000


async def send(tools: Tools, visit: RunVisit, mirror: Mirror, *, message: str | None = None) -> str:
    """Bring the job's head to its branch; return the commit that is there now.

    `message` is what a commit that GitHub writes says, where it is not what an agent's commit says.

    Raises:
        Conflict: somebody else moved the branch.
        Refused: the branch takes only signed commits, and this is a merge, which cannot be written so.
    """
    job, pushed = visit.job, visit.job.work.pushed_sha
    door = tools.github.at(job.repository)
    if pushed is not None and not await mirror.leads_to(pushed, visit.head_sha):
        raise Conflict("What is on the branch is not in my commit, and I never push over anybody's work.")
    if await door.signed.requires_signatures(job.work.branch):
        return await _write(tools, visit, mirror, message)
    await push(
        mirror,
        visit.head_sha,
        job.work.branch,
        url=tools.clone_url(job.repository),
        token=(await door.git_token(push=True)).get_secret_value(),
        expected=job.work.pushed_sha,
        default_branch=job.snapshot.default_branch,
        prefix=tools.us.branch_prefix,
    )
    return visit.head_sha


async def _write(tools: Tools, visit: RunVisit, mirror: Mirror, said: str | None) -> str:
    job = visit.job
    parent = job.work.pushed_sha or visit.base_sha
    found = await change(mirror, parent, visit.head_sha)
    if found.merge_base_sha != parent:
        raise Refused(
            "The branch takes only signed commits, and a merge cannot be written that way. Please merge by hand."
        )
    agent = job.work.agents[-1] if job.work.agents else "an agent"
    message = said or commit_message(job, subject=job.work.title, summary=job.work.summary, agent=agent)
    return await tools.github.at(job.repository).signed.write_commit(
        job.work.branch,
        parent_sha=parent,
        message=tools.redactor.redact(message),
        changes=await _changes(mirror, found),
    )


async def _changes(mirror: Mirror, found: Change) -> list[FileChange]:
    changes: list[FileChange] = []
    for file in found.files:
        if file.status is Status.RENAMED:
            changes.append(FileChange(path=file.old_path))
        changes.append(await _as_it_is(mirror, found.head_sha, file))
    return changes


async def _as_it_is(mirror: Mirror, sha: str, file: ChangedFile) -> FileChange:
    if file.status is Status.DELETED:
        return FileChange(path=file.path)
    content = await git(
        "cat-file", "blob", f"{sha}:{file.path}", git_dir=mirror.path, output_bytes=FILE_BYTES
    )
    match file.mode:
        case "100644" | "100755" | "120000":
            return FileChange(path=file.path, mode=file.mode, content=content)
        case _:
            raise Refused(
                f"`{file.path}` is neither a file nor a link, and cannot be written as a signed commit."
            )
