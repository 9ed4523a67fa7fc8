"""What a person can do, by verb. Each verb is thin: roles are checked here, GitHub's rules in `operations`."""

from typing import Any

from localhub import present
from localhub.control import code_acts, draft_acts, owner_acts, review_acts
from localhub.control.deed import Deed
from localhub.control.models import Act
from localhub.control.verbs import VERBS, verb
from localhub.errors import Refusal
from localhub.hub import Hub
from localhub.operations import comments, issues
from localhub.operations.repositories import set_role
from localhub.world.people import Role

__all__ = ["code_acts", "draft_acts", "owner_acts", "perform", "review_acts"]


def perform(hub: Hub, act: Act) -> Any:
    """Do it and return what came of it, in GitHub's shapes; raises Refusal."""
    if act.do not in VERBS:
        raise Refusal(422, f"Nobody knows how to {act.do}. Known: {', '.join(sorted(VERBS))}.", [])
    return VERBS[act.do](Deed(hub, act))


def _issue(deed: Deed) -> Any:
    return present.issue(deed.hub, deed.home, deed.issue)


@verb("open_issue", Role.READ)
def _open(deed: Deed) -> Any:
    """`labels` are those of an issue template: anyone's issue gets them."""
    act = deed.act
    issue = issues.open_issue(deed.scene, act.title or "Untitled", act.body or "", act.labels)
    return present.issue(deed.hub, deed.home, issue)


@verb("edit_issue", Role.READ)
def _edit(deed: Deed) -> Any:
    if deed.issue.author is not deed.by:
        deed.need(Role.WRITE)
    issues.edit(deed.scene, deed.issue, title=deed.act.title, body=deed.act.body)
    return _issue(deed)


@verb("label", Role.TRIAGE)
def _label(deed: Deed) -> Any:
    issues.add_labels(deed.scene, deed.issue, [name for name in (*deed.act.labels, deed.act.label) if name])
    return _issue(deed)


@verb("unlabel", Role.TRIAGE)
def _unlabel(deed: Deed) -> Any:
    issues.remove_label(deed.scene, deed.issue, deed.act.label)
    return _issue(deed)


@verb("assign", Role.TRIAGE)
def _assign(deed: Deed) -> Any:
    login = deed.hub.world.user(deed.act.login)
    if login is None:
        raise Refusal(404, f"There is no user {deed.act.login}.")
    issues.assign(deed.scene, deed.issue, login)
    return _issue(deed)


def _set_open(deed: Deed, *, opened: bool) -> Any:
    if deed.issue.author is not deed.by:
        deed.need(Role.TRIAGE)
    issues.set_open(deed.scene, deed.issue, opened=opened, reason=deed.act.reason)
    return _issue(deed)


for _name in ("close_issue", "close_pull"):
    verb(_name, Role.READ)(lambda deed: _set_open(deed, opened=False))
for _name in ("reopen_issue", "reopen_pull"):
    verb(_name, Role.READ)(lambda deed: _set_open(deed, opened=True))


@verb("delete_issue", Role.ADMIN)
def _delete(deed: Deed) -> None:
    issues.delete(deed.scene, deed.issue)


@verb("transfer_issue", Role.WRITE)
def _transfer(deed: Deed) -> Any:
    owner, _, name = deed.act.target.partition("/")
    target = deed.hub.world.repository(owner, name)
    if target is None:
        raise Refusal(404, f"There is no repository {deed.act.target}.")
    return present.issue(deed.hub, target, issues.transfer(deed.scene, deed.issue, target))


@verb("comment", Role.READ)
def _comment(deed: Deed) -> Any:
    comment = comments.create(deed.scene, deed.issue, deed.act.body or "")
    return present.comment(deed.hub, deed.home, deed.issue, comment)


@verb("edit_comment", Role.READ)
def _edit_comment(deed: Deed) -> Any:
    found = deed.home.find_comment(deed.act.comment_id or 0)
    if found is None:
        raise Refusal(404, f"There is no comment {deed.act.comment_id}.")
    if found[1].author is not deed.by:
        deed.need(Role.WRITE)
    comments.edit(deed.scene, *found, deed.act.body or "")
    return present.comment(deed.hub, deed.home, *found)


@verb("delete_comment", Role.READ)
def _delete_comment(deed: Deed) -> None:
    found = deed.home.find_comment(deed.act.comment_id or 0)
    if found is None:
        raise Refusal(404, f"There is no comment {deed.act.comment_id}.")
    if found[1].author is not deed.by:
        deed.need(Role.WRITE)
    comments.delete(deed.scene, *found)


@verb("set_role", Role.ADMIN)
def _set_role(deed: Deed) -> None:
    set_role(deed.hub, deed.home, deed.act.login, deed.act.role)


@verb("remove_collaborator", Role.ADMIN)
def _remove(deed: Deed) -> None:
    deed.home.collaborators.pop(deed.act.login, None)
