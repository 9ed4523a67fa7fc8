"""Branches on which commits must be signed: which they are, and what is refused on them."""

from fnmatch import fnmatchcase

from localhub.errors import Refusal
from localhub.git.bare import Bare
from localhub.git.compose import Identity
from localhub.world.pulls import Pull
from localhub.world.repositories import Repository

GITHUB = Identity("GitHub", "noreply@github.com")
"""Who commits what is made through the API or on the web page."""

_TOLD = "Repository rule violations found\n\nCommits must have verified signatures.\n\n"


def is_required(home: Repository, branch: str) -> bool:
    """Whether a rule of the repository asks for signatures on a branch of that name."""
    return any(fnmatchcase(branch, pattern) for pattern in home.signed_branches)


def check_merge(bare: Bare, home: Repository, pull: Pull) -> None:
    """Raise Refusal 405 if a pull request would bring unsigned commits to such a branch."""
    if is_required(home, pull.base_ref):
        added = bare.text("rev-list", pull.head_sha, "--not", f"refs/heads/{pull.base_ref}").split()
        if not all(bare.is_verified(sha) for sha in added):
            raise Refusal(405, _TOLD)


def check(bare: Bare, home: Repository, ref: str, new: str) -> None:
    """Raise Refusal 422 if a ref of such a branch would get a new commit that is not verified."""
    branch = ref.removeprefix("refs/heads/")
    if branch == ref or not is_required(home, branch):
        return
    added = bare.text("rev-list", new, "--not", "--all").split()
    if not all(bare.is_verified(sha) for sha in added):
        raise Refusal(422, _TOLD, [])
