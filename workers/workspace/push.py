"""Pushes one commit to one branch of ours, and only if that branch is where we left it."""

from enum import StrEnum

from app.domain.errors import Defect
from workers.workspace.failures import sorted_failure
from workers.workspace.git import GitFailed, credentials, git
from workers.workspace.mirror import Mirror, require

_PUSH_SECONDS = 600


class Pushed(StrEnum):
    """What a push found."""

    PUSHED = "pushed"
    ALREADY_THERE = "already_there"


async def push(
    mirror: Mirror,
    sha: str,
    branch: str,
    *,
    url: str,
    token: str | None,
    expected: str | None,
    default_branch: str,
    prefix: str,
) -> Pushed:
    """Make `branch` of the repository at `url` be `sha`, if it is at `expected` (None: if it does not exist).

    Raises `Conflict` when somebody else moved it, `Refused` when GitHub's rules forbid it, `NotFound`,
    `Unreachable`, `RateLimited`; a `Defect` for a branch that we may never push to.
    """
    if branch == default_branch or not branch.startswith(prefix) or not prefix:
        raise Defect(f"only branches beginning with {prefix!r} are ever pushed, not {branch!r}")
    await require(mirror, sha)
    ref = f"refs/heads/{branch}"
    await git("check-ref-format", ref)
    try:
        said = await git(
            "push", "--porcelain", "--no-verify", "--no-recurse-submodules",
            f"--force-with-lease={ref}:{expected or ''}", url, f"{sha}:{ref}",
            git_dir=mirror.path, environment=credentials(url, token), timeout_seconds=_PUSH_SECONDS,
        )  # fmt: skip
    except GitFailed as error:
        raise sorted_failure(error) from error
    # --porcelain: a line for each ref, "=" for one that is up to date (git-push(1))
    return Pushed.ALREADY_THERE if said.startswith(b"=") or b"\n=\t" in said else Pushed.PUSHED
