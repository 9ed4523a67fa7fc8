"""Commits, refs, branches and changed files."""

from typing import TYPE_CHECKING, Any

from localhub.clock import iso
from localhub.git.bare import Commit
from localhub.git.diff import FileDiff
from localhub.present.people import user
from localhub.present.repositories import api_url, html_url
from localhub.world.people import User
from localhub.world.record import encode_node_id
from localhub.world.repositories import Repository

if TYPE_CHECKING:
    from localhub.hub import Hub

NOREPLY = "users.noreply.localhub"


def account_of(hub: "Hub", email: str) -> User | None:
    """The account behind a commit address (`ID+LOGIN@…` as GitHub builds it)."""
    login = email.split("@", maxsplit=1)[0].rsplit("+", maxsplit=1)[-1]
    return hub.world.user(login)


def commit(hub: "Hub", repository: Repository, it: Commit) -> dict[str, Any]:
    """Schema `commit`."""
    api = api_url(hub, repository)
    page = html_url(hub, repository)
    author, committer = account_of(hub, it.author_email), account_of(hub, it.committer_email)
    return {
        "sha": it.sha,
        "node_id": encode_node_id("C", int(it.sha[:12], 16)),
        "url": f"{api}/commits/{it.sha}",
        "html_url": f"{page}/commit/{it.sha}",
        "comments_url": f"{api}/commits/{it.sha}/comments",
        "commit": {
            "url": f"{api}/git/commits/{it.sha}",
            "author": {"name": it.author_name, "email": it.author_email, "date": iso(it.author_date)},
            "committer": {
                "name": it.committer_name,
                "email": it.committer_email,
                "date": iso(it.committer_date),
            },
            "message": it.message,
            "comment_count": 0,
            "tree": {"sha": it.tree, "url": f"{api}/git/trees/{it.tree}"},
            "verification": _verification(hub, repository, it),
        },
        "author": user(hub, author) if author else None,
        "committer": user(hub, committer) if committer else None,
        "parents": [
            {"sha": sha, "url": f"{api}/commits/{sha}", "html_url": f"{page}/commit/{sha}"}
            for sha in it.parents
        ],
    }


def git_commit(hub: "Hub", repository: Repository, it: Commit) -> dict[str, Any]:
    """Schema `git-commit`."""
    whole = commit(hub, repository, it)
    inner = whole["commit"]
    return {
        **{key: whole[key] for key in ("sha", "node_id", "html_url", "parents")},
        **{key: inner[key] for key in ("author", "committer", "message", "tree", "verification")},
        "url": f"{api_url(hub, repository)}/git/commits/{it.sha}",
    }


def _verification(hub: "Hub", repository: Repository, it: Commit) -> dict[str, Any]:
    """Nothing is really signed here: a commit counts as signed where GitHub would have signed it."""
    if not hub.bare(repository).is_verified(it.sha):
        return {
            "verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None,
        }  # fmt: skip
    return {
        "verified": True,
        "reason": "valid",
        "signature": "not a signature, but what stands for one at localhub",
        "payload": f"tree {it.tree}",
        "verified_at": iso(it.committer_date),
    }


def git_ref(hub: "Hub", repository: Repository, ref: str, sha: str) -> dict[str, Any]:
    """Schema `git-ref`."""
    api = api_url(hub, repository)
    return {
        "ref": ref,
        "node_id": encode_node_id("REF", int(sha[:12], 16)),
        "url": f"{api}/git/{ref}",
        "object": {"type": "commit", "sha": sha, "url": f"{api}/git/commits/{sha}"},
    }


def branch(hub: "Hub", repository: Repository, name: str, tip: Commit) -> dict[str, Any]:
    """Schema `branch-with-protection`."""
    api = f"{api_url(hub, repository)}/branches/{name}"
    guarded = name in repository.protected
    return {
        "name": name,
        "commit": commit(hub, repository, tip),
        "_links": {"self": api, "html": f"{html_url(hub, repository)}/tree/{name}"},
        "protected": guarded,
        "protection": {"enabled": guarded},
        "protection_url": f"{api}/protection",
    }


def diff_entry(hub: "Hub", repository: Repository, head: str, it: FileDiff) -> dict[str, Any]:
    """Schema `diff-entry`; `patch` is absent where GitHub has none."""
    api, page = api_url(hub, repository), html_url(hub, repository)
    quoted = it.path.replace("%", "%25").replace(" ", "%20").replace("?", "%3F").replace("#", "%23")
    return {
        "sha": it.blob,
        "filename": it.path,
        "status": it.status,
        "additions": it.additions,
        "deletions": it.deletions,
        "changes": it.additions + it.deletions,
        "blob_url": f"{page}/blob/{head}/{quoted}",
        "raw_url": f"{page}/raw/{head}/{quoted}",
        "contents_url": f"{api}/contents/{quoted}?ref={head}",
        **({} if it.patch is None else {"patch": it.patch}),
        **({} if it.previous_path is None else {"previous_filename": it.previous_path}),
    }
