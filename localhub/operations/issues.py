"""Issues and their labels."""

from collections.abc import Sequence
from typing import Any

from localhub import clock, present
from localhub.errors import Refusal, invalid, not_found
from localhub.hub import Hub
from localhub.operations.limits import check_body
from localhub.scene import Scene
from localhub.webhooks.emit import emit
from localhub.world.issues import Issue, IssueEvent, Label
from localhub.world.people import User
from localhub.world.repositories import Repository


def announce(scene: Scene, issue: Issue, action: str, **fields: Any) -> None:
    """Send `issues` or `pull_request`, whichever the thing is."""
    pull = scene.home.pulls.get(issue.number)
    if pull is None:
        emit(scene, "issues", action, issue=present.issue(scene.hub, scene.home, issue), **fields)
        return
    shape = present.pull(scene.hub, scene.home, pull)
    emit(scene, "pull_request", action, number=pull.number, pull_request=shape, **fields)


def record(hub: Hub, issue: Issue, by: User, event: str, **detail: Any) -> None:
    """Write a line into an issue's history."""
    issue.updated_at = clock.now()
    issue.events.append(IssueEvent(id=hub.world.next_id("event"), actor=by, event=event, detail=detail))


def find(home: Repository, number: int) -> Issue:
    """The issue or pull request with that number; raises Refusal 404, or 410 for an issue that was deleted."""
    if number in home.deleted:
        raise Refusal(410, "This issue was deleted")
    if number not in home.issues:
        raise not_found()
    return home.issues[number]


def open_issue(scene: Scene, title: str, body: str, labels: Sequence[str] = ()) -> Issue:
    """Open an issue. `labels` are put on with `by` as their sender, as an issue template does."""
    check_body("Issue", body)
    issue = new_issue(scene, title, body)
    issue.labels = [ensure_label(scene.hub, scene.home, name) for name in dict.fromkeys(labels)]
    announce(scene, issue, "opened")
    for label in issue.labels:
        _labeled(scene, issue, label)
    return issue


def new_issue(scene: Scene, title: str, body: str) -> Issue:
    """The bare record, told to nobody."""
    issue = Issue(
        id=scene.hub.world.next_id("issue"), number=scene.home.next_number(), title=title, author=scene.by, body=body
    )  # fmt: skip
    scene.home.issues[issue.number] = issue
    return issue


def edit(scene: Scene, issue: Issue, *, title: str | None, body: str | None) -> None:
    """Change title or text."""
    changes: dict[str, dict[str, str]] = {}
    if title is not None and title != issue.title:
        changes["title"] = {"from": issue.title}
        record(scene.hub, issue, scene.by, "renamed", rename={"from": issue.title, "to": title})
        issue.title = title
    if body is not None and body != issue.body:
        check_body("Issue", body)
        changes["body"] = {"from": issue.rewrite(body, scene.by)}
    if changes:
        issue.updated_at = clock.now()
        announce(scene, issue, "edited", changes=changes)


def set_open(scene: Scene, issue: Issue, *, opened: bool, reason: str | None = None) -> None:
    """Close or reopen; nothing happens when it already is so."""
    if issue.open is opened:
        return
    issue.open = opened
    issue.closed_at, issue.closed_by = (None, None) if opened else (clock.now(), scene.by)
    if not issue.is_pull:
        issue.state_reason = "reopened" if opened else reason or "completed"
    record(scene.hub, issue, scene.by, "reopened" if opened else "closed")
    announce(scene, issue, "reopened" if opened else "closed")


def delete(scene: Scene, issue: Issue) -> None:
    """Delete an issue for good."""
    del scene.home.issues[issue.number]
    scene.home.deleted.add(issue.number)
    announce(scene, issue, "deleted")


def transfer(scene: Scene, issue: Issue, target: Repository) -> Issue:
    """Move an issue to another repository, where it gets a new number."""
    hub = scene.hub
    moved = new_issue(Scene(hub, target, issue.author), issue.title, issue.body)
    moved.comments = issue.comments
    changes = {
        "new_issue": present.issue(hub, target, moved),
        "new_repository": present.repository(hub, target),
    }
    del scene.home.issues[issue.number]
    announce(scene, issue, "transferred", changes=changes)
    announce(Scene(hub, target, scene.by), moved, "opened")
    return moved


def assign(scene: Scene, issue: Issue, assignee: User) -> None:
    """Assign a person."""
    issue.assignees.append(assignee)
    announce(scene, issue, "assigned", assignee=present.user(scene.hub, assignee))


def ensure_label(hub: Hub, home: Repository, name: str) -> Label:
    """The repository's label of that name, made if need be, as GitHub does for an unknown label."""
    key = name.lower()
    if key not in home.labels:
        home.labels[key] = Label(id=hub.world.next_id("label"), name=name)
    return home.labels[key]


def create_label(hub: Hub, home: Repository, name: str, color: str, description: str | None) -> Label:
    """A new label; refuses a name that is taken."""
    if name.lower() in home.labels:
        raise invalid("Label", "name", "already_exists")
    label = ensure_label(hub, home, name)
    label.color, label.description = color or "ededed", description
    return label


def add_labels(scene: Scene, issue: Issue, names: Sequence[str]) -> None:
    """Put labels on; those already there are left alone and told to nobody."""
    for name in names:
        if not issue.has_label(name):
            label = ensure_label(scene.hub, scene.home, name)
            issue.labels.append(label)
            _labeled(scene, issue, label)


def _labeled(scene: Scene, issue: Issue, label: Label) -> None:
    record(scene.hub, issue, scene.by, "labeled", label={"name": label.name, "color": label.color})
    announce(scene, issue, "labeled", label=present.label(scene.hub, scene.home, label))


def remove_label(scene: Scene, issue: Issue, name: str) -> None:
    """Take a label off; raises Refusal 404 when it is not there."""
    label = next((each for each in issue.labels if each.name.lower() == name.lower()), None)
    if label is None:
        refusal = not_found()
        refusal.message = "Label does not exist"
        raise refusal
    issue.labels.remove(label)
    record(scene.hub, issue, scene.by, "unlabeled", label={"name": label.name, "color": label.color})
    announce(scene, issue, "unlabeled", label=present.label(scene.hub, scene.home, label))
