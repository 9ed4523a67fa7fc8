"""Repositories."""

from typing import TYPE_CHECKING, Any

from localhub.clock import iso
from localhub.present.people import user
from localhub.world.repositories import Activity, Repository

if TYPE_CHECKING:
    from localhub.hub import Hub

_SUFFIXES = {
    "archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}", "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}", "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}", "commits_url": "/commits{/sha}", "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}", "contributors_url": "/contributors", "deployments_url": "/deployments",
    "downloads_url": "/downloads", "events_url": "/events", "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}", "git_refs_url": "/git/refs{/sha}", "git_tags_url": "/git/tags{/sha}",
    "issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}",
    "languages_url": "/languages", "merges_url": "/merges", "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}", "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}", "stargazers_url": "/stargazers", "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers", "subscription_url": "/subscription", "tags_url": "/tags",
    "teams_url": "/teams", "trees_url": "/git/trees{/sha}", "hooks_url": "/hooks",
}  # fmt: skip


def api_url(hub: "Hub", repository: Repository) -> str:
    """The REST address of a repository."""
    return f"{hub.url}/repos/{repository.full_name}"


def html_url(hub: "Hub", repository: Repository) -> str:
    """The page of a repository."""
    return f"{hub.url}/{repository.full_name}"


def minimal_repository(hub: "Hub", repository: Repository) -> dict[str, Any]:
    """Schema `minimal-repository`: who and where it is."""
    api = api_url(hub, repository)
    return {
        "id": repository.id,
        "node_id": repository.node_id,
        "name": repository.name,
        "full_name": repository.full_name,
        "owner": user(hub, repository.owner),
        "private": repository.private,
        "html_url": html_url(hub, repository),
        "description": repository.description,
        "fork": False,
        "url": api,
        **{key: f"{api}{suffix}" for key, suffix in _SUFFIXES.items()},
    }


def repository(hub: "Hub", it: Repository) -> dict[str, Any]:
    """Schema `repository`."""
    page = html_url(hub, it)
    born = iso(it.created_at)
    open_issues = sum(issue.open for issue in it.issues.values())
    zeroes = ("forks", "forks_count", "stargazers_count", "watchers_count", "watchers")
    return {
        **minimal_repository(hub, it),
        **dict.fromkeys(zeroes, 0),
        "size": _kilobytes(it),
        **dict.fromkeys(("has_issues", "has_projects", "has_wiki", "has_downloads"), True),
        **dict.fromkeys(("has_pages", "has_discussions", "archived", "disabled", "is_template"), False),
        **dict.fromkeys(("license", "mirror_url", "homepage", "language")),
        "git_url": f"git{page.removeprefix('http')}.git",
        "ssh_url": f"git@localhost:{it.full_name}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "topics": [],
        "visibility": "private" if it.private else "public",
        "default_branch": it.default_branch,
        "open_issues_count": open_issues,
        "open_issues": open_issues,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "pushed_at": iso(it.pushed_at or it.created_at),
        "created_at": born,
        "updated_at": born,
    }


def _kilobytes(it: Repository) -> int:
    """As much as anybody asks for here: nothing for a repository without a commit, else something."""
    branches = (it.path / "refs" / "heads").rglob("*")
    return int((it.path / "packed-refs").exists() or any(branch.is_file() for branch in branches))


def activity(hub: "Hub", it: Activity) -> dict[str, Any]:
    """Schema `activity`."""
    return {
        "id": it.id,
        "node_id": it.node_id,
        "before": it.before,
        "after": it.after,
        "ref": it.ref,
        "timestamp": iso(it.created_at),
        "activity_type": it.kind,
        "actor": user(hub, it.actor),
    }


def full_repository(hub: "Hub", it: Repository) -> dict[str, Any]:
    """Schema `full-repository`."""
    return {
        **repository(hub, it),
        "subscribers_count": 0,
        "network_count": 0,
        "allow_merge_commit": True,
        "allow_squash_merge": True,
        "allow_rebase_merge": False,
        "allow_auto_merge": False,
        "delete_branch_on_merge": False,
    }
