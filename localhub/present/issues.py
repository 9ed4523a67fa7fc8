"""Issues, comments, labels, reactions and history."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from localhub.clock import iso, iso_or_none
from localhub.present.apps import via_app
from localhub.present.people import association, user
from localhub.present.repositories import api_url, html_url
from localhub.world.issues import Comment, Issue, IssueEvent, Label, Reaction, Text
from localhub.world.repositories import Repository

if TYPE_CHECKING:
    from localhub.hub import Hub

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")


def label(hub: "Hub", repository: Repository, it: Label) -> dict[str, Any]:
    """Schema `label`."""
    return {
        "id": it.id,
        "node_id": it.node_id,
        "url": f"{api_url(hub, repository)}/labels/{it.name.replace(' ', '%20')}",
        "name": it.name,
        "color": it.color,
        "default": False,
        "description": it.description,
    }


def reaction(hub: "Hub", it: Reaction) -> dict[str, Any]:
    """Schema `reaction`."""
    return {
        "id": it.id,
        "node_id": it.node_id,
        "user": user(hub, it.user),
        "content": it.content,
        "created_at": iso(it.created_at),
    }


def reaction_rollup(text: Text, url: str) -> dict[str, Any]:
    """Schema `reaction-rollup`."""
    counts = Counter(it.content for it in text.reactions)
    return {"url": url, "total_count": counts.total(), **{name: counts[name] for name in REACTIONS}}


def issue(hub: "Hub", repository: Repository, it: Issue) -> dict[str, Any]:
    """Schema `issue`; a pull request carries `pull_request`."""
    return {
        **_addresses(hub, repository, it),
        "id": it.id,
        "node_id": it.node_id,
        "number": it.number,
        "title": it.title,
        "user": user(hub, it.author),
        "labels": [label(hub, repository, each) for each in it.labels],
        "state": "open" if it.open else "closed",
        "state_reason": it.state_reason,
        "locked": False,
        "active_lock_reason": None,
        "assignee": user(hub, it.assignees[0]) if it.assignees else None,
        "assignees": [user(hub, each) for each in it.assignees],
        "milestone": None,
        "comments": len(it.comments),
        "created_at": iso(it.created_at),
        "updated_at": iso(it.updated_at),
        "closed_at": iso_or_none(it.closed_at),
        "closed_by": None if it.closed_by is None else user(hub, it.closed_by),
        "author_association": association(repository, it.author),
        "body": it.body or None,
        "performed_via_github_app": via_app(hub, it.author),
        "sub_issues_summary": {"total": 0, "completed": 0, "percent_completed": 0},
        **_pull_half(hub, repository, it),
    }


def _addresses(hub: "Hub", repository: Repository, it: Issue) -> dict[str, Any]:
    api = f"{api_url(hub, repository)}/issues/{it.number}"
    kind = "pull" if it.is_pull else "issues"
    return {
        "url": api,
        "repository_url": api_url(hub, repository),
        "labels_url": f"{api}/labels{{/name}}",
        "comments_url": f"{api}/comments",
        "events_url": f"{api}/events",
        "timeline_url": f"{api}/timeline",
        "html_url": f"{html_url(hub, repository)}/{kind}/{it.number}",
        "reactions": reaction_rollup(it, f"{api}/reactions"),
    }


def _pull_half(hub: "Hub", repository: Repository, it: Issue) -> dict[str, Any]:
    pull = repository.pulls.get(it.number)
    if pull is None:
        return {}
    page = f"{html_url(hub, repository)}/pull/{it.number}"
    addresses = {
        "url": f"{api_url(hub, repository)}/pulls/{it.number}",
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
    }
    return {"draft": pull.draft, "pull_request": {**addresses, "merged_at": iso_or_none(pull.merged_at)}}


def comment(hub: "Hub", repository: Repository, parent: Issue, it: Comment) -> dict[str, Any]:
    """Schema `issue-comment`."""
    api = f"{api_url(hub, repository)}/issues/comments/{it.id}"
    kind = "pull" if parent.is_pull else "issues"
    return {
        "url": api,
        "html_url": f"{html_url(hub, repository)}/{kind}/{parent.number}#issuecomment-{it.id}",
        "issue_url": f"{api_url(hub, repository)}/issues/{parent.number}",
        "id": it.id,
        "node_id": it.node_id,
        "user": user(hub, it.author),
        "created_at": iso(it.created_at),
        "updated_at": iso(it.updated_at),
        "author_association": association(repository, it.author),
        "body": it.body,
        "reactions": reaction_rollup(it, f"{api}/reactions"),
        "performed_via_github_app": via_app(hub, it.author),
    }


def issue_event(hub: "Hub", repository: Repository, it: IssueEvent) -> dict[str, Any]:
    """One line of an issue's history, with what is special to its kind."""
    return {
        "id": it.id,
        "node_id": it.node_id,
        "url": f"{api_url(hub, repository)}/issues/events/{it.id}",
        "actor": user(hub, it.actor),
        "event": it.event,
        "commit_id": None,
        "commit_url": None,
        "created_at": iso(it.created_at),
        "performed_via_github_app": via_app(hub, it.actor),
        **it.detail,
    }


def timeline_comment(hub: "Hub", repository: Repository, parent: Issue, it: Comment) -> dict[str, Any]:
    """A comment as a line of the timeline."""
    shape = comment(hub, repository, parent, it)
    return {**shape, "event": "commented", "actor": shape["user"]}
