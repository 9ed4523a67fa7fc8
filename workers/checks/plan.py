"""What is run to judge a change: the repository's own file says it, or it is detected on the base and shown.

Always from the base or the default branch, never from the change: a change must not configure its own judge.
"""

from dataclasses import dataclass

from app.domain.detection import detect, wanted
from app.domain.policy import Check, Policy
from workers.workspace.git import git
from workers.workspace.mirror import Mirror
from workers.workspace.read import text_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Set-up commands and checks; `detected` says why these, a sentence each, when no file named them."""

    setup: tuple[str, ...]
    checks: tuple[Check, ...]
    detected: tuple[str, ...] = ()


async def plan_of(mirror: Mirror, policy: Policy, base_sha: str) -> Plan:
    """Return what the file says, or what can be detected at the base."""
    if policy.checks or policy.from_file:
        return Plan(setup=policy.setup, checks=policy.checks)
    listed = await git("ls-tree", "-r", "-z", "--name-only", base_sha, git_dir=mirror.path)
    paths = [path.decode("utf-8", "replace") for path in listed.split(b"\0") if path]
    texts = {path: await text_at(mirror, base_sha, path) for path in wanted(paths)}
    found = detect({**dict.fromkeys(paths), **texts})
    return Plan(
        setup=found.setup,
        checks=found.checks,
        detected=found.because,
    )
