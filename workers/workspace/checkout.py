"""Checks one commit out of a mirror into a folder of its own, sharing the mirror's objects.

Never a worktree: `git config` inside one writes the mirror's configuration. Filters that attributes name have
no configuration here and do nothing; submodules are left alone.
"""

from pathlib import Path

from workers.workspace.git import git
from workers.workspace.mirror import Mirror, require


async def check_out(mirror: Mirror, sha: str, folder: Path) -> Path:
    """Make `folder` (which must not exist) a checkout of exactly `sha`, its head detached; raises `NotFound`.

    The clone knows the mirror's branches as `origin/*`, but has no remote to fetch from or push to.
    """
    await require(mirror, sha)
    folder.parent.mkdir(parents=True, exist_ok=True)
    await git("clone", "--quiet", "--shared", "--no-checkout", "--template=", str(mirror.path), str(folder))
    git_dir = folder / ".git"
    await git("config", "--remove-section", "remote.origin", git_dir=git_dir)
    await git("checkout", "--quiet", "--force", "--detach", sha, git_dir=git_dir, cwd=folder)
    return folder
