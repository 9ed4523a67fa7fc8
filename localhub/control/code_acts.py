"""What a person does with code: push, open and merge pull requests, delete branches, press buttons of checks."""

from typing import Any

from localhub import present
from localhub.control.deed import Deed
from localhub.control.verbs import verb
from localhub.errors import Refusal
from localhub.git.compose import Identity, write_commit
from localhub.operations import checks, pulls, pushes, signing
from localhub.world.people import Role


@verb("push", Role.WRITE)
def _push(deed: Deed) -> Any:
    """One commit of `files` on `branch`. `force` rewrites: the commit stands on `base` (default: the default branch)."""
    act, bare = deed.act, deed.hub.bare(deed.home)
    branch = act.branch or deed.home.default_branch
    tip = bare.branch(branch)
    onto = bare.resolve(act.base or deed.home.default_branch)
    parent = onto if act.force or tip is None else tip
    who = Identity(deed.by.name or deed.by.login, pushes.email_of(deed.by))
    commit = write_commit(bare, parent, act.files, act.message, who)
    if signing.is_required(deed.home, branch):
        bare.mark_verified(commit)  # people sign where they must
    bare.set_ref(f"refs/heads/{branch}", commit)
    pushes.settle(deed.scene)
    return {"before": tip, "after": commit, "branch": branch}


@verb("delete_branch", Role.WRITE)
def _delete_branch(deed: Deed) -> None:
    bare = deed.hub.bare(deed.home)
    if bare.branch(deed.act.branch) is None:
        raise Refusal(404, f"There is no branch {deed.act.branch}.")
    bare.delete_ref(f"refs/heads/{deed.act.branch}")
    pushes.settle(deed.scene)


@verb("open_pull", Role.READ)
def _open_pull(deed: Deed) -> Any:
    act = deed.act
    base = act.base or deed.home.default_branch
    pull = pulls.open_pull(
        deed.scene, title=act.title or act.branch, body=act.body or "", head=act.branch, base=base, draft=act.draft
    )  # fmt: skip
    return present.pull(deed.hub, deed.home, pull)


@verb("merge", Role.WRITE)
def _merge(deed: Deed) -> Any:
    sha = pulls.merge(deed.scene, deed.pull, message=None, method=deed.act.method, sha=None)
    return {"sha": sha, "merged": True}


@verb("change_base", Role.READ)
def _change_base(deed: Deed) -> Any:
    if deed.pull.issue.author is not deed.by:
        deed.need(Role.WRITE)
    pulls.set_base(deed.scene, deed.pull, deed.act.base or deed.home.default_branch)
    return present.pull(deed.hub, deed.home, deed.pull)


def _set_draft(deed: Deed, *, draft: bool) -> None:
    if deed.pull.issue.author is not deed.by:
        deed.need(Role.WRITE)
    pulls.set_draft(deed.scene, deed.pull, draft=draft)


verb("convert_to_draft", Role.READ)(lambda deed: _set_draft(deed, draft=True))
verb("ready", Role.READ)(lambda deed: _set_draft(deed, draft=False))


@verb("rerequest_check", Role.WRITE)
def _again(deed: Deed) -> None:
    checks.ask_again(deed.scene, checks.find(deed.home, deed.act.check_run_id or 0))


@verb("press_button", Role.READ)
def _press(deed: Deed) -> None:
    """Any reader sees the button; the App must ask who pressed it."""
    run = checks.find(deed.home, deed.act.check_run_id or 0)
    checks.press(deed.scene, run, deed.act.identifier)
