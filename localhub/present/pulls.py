"""Pull requests."""

from typing import TYPE_CHECKING, Any

from localhub.clock import iso, iso_or_none
from localhub.present.issues import label
from localhub.present.people import association, user
from localhub.present.repositories import api_url, html_url, repository
from localhub.world.pulls import Pull
from localhub.world.repositories import Repository

if TYPE_CHECKING:
    from localhub.hub import Hub


def pull_simple(hub: "Hub", home: Repository, it: Pull) -> dict[str, Any]:
    """Schema `pull-request-simple`: what lists show."""
    issue = it.issue
    return {
        **_addresses(hub, home, it),
        "id": it.id,
        "node_id": it.node_id,
        "number": it.number,
        "state": "open" if issue.open else "closed",
        "locked": False,
        "active_lock_reason": None,
        "title": issue.title,
        "user": user(hub, issue.author),
        "body": issue.body or None,
        "labels": [label(hub, home, each) for each in issue.labels],
        "milestone": None,
        "created_at": iso(issue.created_at),
        "updated_at": iso(issue.updated_at),
        "closed_at": iso_or_none(issue.closed_at),
        "merged_at": iso_or_none(it.merged_at),
        "merge_commit_sha": it.merge_commit_sha,
        "assignee": user(hub, issue.assignees[0]) if issue.assignees else None,
        "assignees": [user(hub, each) for each in issue.assignees],
        "requested_reviewers": [user(hub, each) for each in it.requested_reviewers],
        "requested_teams": [],
        "head": _end(hub, home, it.head_ref, it.head_sha),
        "base": _end(hub, home, it.base_ref, it.base_sha),
        "author_association": association(home, issue.author),
        "auto_merge": None,
        "draft": it.draft,
    }


def _addresses(hub: "Hub", home: Repository, it: Pull) -> dict[str, Any]:
    links = _links(hub, home, it)
    named = ("issue", "commits", "review_comments", "review_comment", "comments", "statuses")
    return {
        "url": links["self"],
        "html_url": links["html"],
        "diff_url": f"{links['html']}.diff",
        "patch_url": f"{links['html']}.patch",
        **{f"{name}_url": links[name] for name in named},
        "_links": {name: {"href": address} for name, address in links.items()},
    }


def _links(hub: "Hub", home: Repository, it: Pull) -> dict[str, str]:
    api = api_url(hub, home)
    pull, issue = f"{api}/pulls/{it.number}", f"{api}/issues/{it.number}"
    return {
        "self": pull,
        "html": f"{html_url(hub, home)}/pull/{it.number}",
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{pull}/comments",
        "review_comment": f"{api}/pulls/comments{{/number}}",
        "commits": f"{pull}/commits",
        "statuses": f"{api}/statuses/{it.head_sha}",
    }


def _end(hub: "Hub", home: Repository, ref: str, sha: str) -> dict[str, Any]:
    return {
        "label": f"{home.owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user(hub, home.owner),
        "repo": repository(hub, home),
    }


def pull(hub: "Hub", home: Repository, it: Pull) -> dict[str, Any]:
    """Schema `pull-request`: one pull request with its counts."""
    files = hub.diff(home, it).files
    mergeable = _mergeable(hub, home, it)
    return {
        **pull_simple(hub, home, it),
        "merged": it.merged_at is not None,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": _mergeable_state(it, mergeable=mergeable),
        "merged_by": None if it.merged_by is None else user(hub, it.merged_by),
        "comments": len(it.issue.comments),
        "review_comments": len(it.comments),
        "maintainer_can_modify": False,
        "commits": len(hub.commits(home, it)),
        "additions": sum(file.additions for file in files),
        "deletions": sum(file.deletions for file in files),
        "changed_files": len(files),
    }


def _mergeable(hub: "Hub", home: Repository, it: Pull) -> bool | None:
    if not it.issue.open or hub.tip(home, it.base_ref) is None:
        return None
    return hub.merged_tree(home, it) is not None


def _mergeable_state(it: Pull, *, mergeable: bool | None) -> str:
    match mergeable:
        case None:
            return "unknown"
        case False:
            return "dirty"
        case True:
            return "draft" if it.draft else "clean"


def pull_minimal(hub: "Hub", home: Repository, it: Pull) -> dict[str, Any]:
    """Schema `pull-request-minimal`: as check runs name it."""
    place = {"id": home.id, "url": api_url(hub, home), "name": home.name}
    return {
        "id": it.id,
        "number": it.number,
        "url": f"{api_url(hub, home)}/pulls/{it.number}",
        "head": {"ref": it.head_ref, "sha": it.head_sha, "repo": place},
        "base": {"ref": it.base_ref, "sha": it.base_sha, "repo": place},
    }
