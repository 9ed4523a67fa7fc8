"""Reviews and review comments."""

from typing import TYPE_CHECKING, Any

from localhub.clock import iso
from localhub.present.issues import reaction_rollup
from localhub.present.people import association, user
from localhub.present.repositories import api_url, html_url
from localhub.world.pulls import Pull, Review, ReviewComment
from localhub.world.repositories import Repository

if TYPE_CHECKING:
    from localhub.hub import Hub


def review(hub: "Hub", home: Repository, pull: Pull, it: Review) -> dict[str, Any]:
    """Schema `pull-request-review`."""
    page = f"{html_url(hub, home)}/pull/{pull.number}#pullrequestreview-{it.id}"
    api = f"{api_url(hub, home)}/pulls/{pull.number}"
    return {
        "id": it.id,
        "node_id": it.node_id,
        "user": user(hub, it.author),
        "body": it.body,
        "state": it.state,
        "html_url": page,
        "pull_request_url": api,
        "author_association": association(home, it.author),
        "_links": {"html": {"href": page}, "pull_request": {"href": api}},
        "commit_id": it.commit_id,
        **({} if it.submitted_at is None else {"submitted_at": iso(it.submitted_at)}),
    }


def review_event(hub: "Hub", home: Repository, pull: Pull, it: Review) -> dict[str, Any]:
    """A review as webhooks tell it: state in small letters, an empty body is null."""
    shape = review(hub, home, pull, it)
    return {**shape, "state": it.state.lower(), "body": it.body or None}


def review_comment(hub: "Hub", home: Repository, pull: Pull, it: ReviewComment) -> dict[str, Any]:
    """Schemas `review-comment` and `pull-request-review-comment`."""
    api = f"{api_url(hub, home)}/pulls/comments/{it.id}"
    page = f"{html_url(hub, home)}/pull/{pull.number}#discussion_r{it.id}"
    request = f"{api_url(hub, home)}/pulls/{pull.number}"
    return {
        "url": api,
        "pull_request_review_id": it.review.id,
        "id": it.id,
        "node_id": it.node_id,
        "diff_hunk": it.diff_hunk,
        "path": it.path,
        "position": it.position,
        "original_position": it.original_position,
        "commit_id": it.commit_id,
        "original_commit_id": it.original_commit_id,
        "user": user(hub, it.author),
        "body": it.body,
        "created_at": iso(it.created_at),
        "updated_at": iso(it.updated_at),
        "html_url": page,
        "pull_request_url": request,
        "author_association": association(home, it.author),
        "_links": {"self": {"href": api}, "html": {"href": page}, "pull_request": {"href": request}},
        "reactions": reaction_rollup(it, f"{api}/reactions"),
        "start_line": it.start_line,
        "original_start_line": it.original_start_line,
        "start_side": it.start_side,
        "line": it.line,
        "original_line": it.original_line,
        "side": it.side,
        "subject_type": it.subject_type,
        **({} if it.reply_to is None else {"in_reply_to_id": it.reply_to.id}),
    }
