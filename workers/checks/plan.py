"""What is run to judge a change: the repository's own file says it, or it is detected on the base and shown.

Always from the base or the default branch, never from the change: a change must not configure its own judge.
"""

from dataclasses import dataclass

from app.domain.detection import Detected, detect, wanted
from app.domain.left_out import told
from app.domain.policy import Check, Policy
from workers.workspace.git import git
from workers.workspace.left_out import require_whole
from workers.workspace.mirror import Mirror
from workers.workspace.read import text_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Set-up commands and checks.

    `detected` says why these when no file named them, and what of the repository they run without, a sentence each.
    """

    setup: tuple[str, ...]
    checks: tuple[Check, ...]
    detected: tuple[str, ...] = ()


async def plan_of(mirror: Mirror, policy: Policy, base_sha: str) -> Plan:
    """Return what the file says, or what can be detected at the base.

    Raises `Refused` for a base with submodules or files in Git LFS, unless the file leaves them out.
    """
    lacking = told(await require_whole(mirror, base_sha, policy))
    if policy.checks or policy.checks_named:
        return Plan(setup=policy.setup, checks=policy.checks, detected=lacking)
    found = await detected_at(mirror, base_sha)
    return Plan(
        setup=policy.setup or found.setup,
        checks=found.checks,
        detected=(*found.because, *lacking),
    )


async def detected_at(mirror: Mirror, sha: str) -> Detected:
    """Return what can be detected at a commit, whether a file says otherwise or not."""
    listed = await git("ls-tree", "-r", "-z", "--name-only", sha, git_dir=mirror.path)
    paths = [path.decode("utf-8", "replace") for path in listed.split(b"\0") if path]
    texts = {path: await text_at(mirror, sha, path) for path in wanted(paths)}
    return detect({**dict.fromkeys(paths), **texts})
