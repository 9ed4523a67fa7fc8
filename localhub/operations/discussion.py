"""Review comments, replies and threads.

A single comment or a reply makes a COMMENTED review with an empty body, and fires both events, as on GitHub.
"""

from typing import Any

from localhub import clock, present
from localhub.errors import not_found, unprocessable
from localhub.hub import Hub
from localhub.operations.anchors import Anchor
from localhub.operations.limits import check_review_body
from localhub.operations.outdate import move_comments
from localhub.scene import Scene
from localhub.webhooks.emit import emit
from localhub.world.people import User
from localhub.world.pulls import Pull, Review, ReviewComment


def attach(scene: Scene, pull: Pull, review: Review, place: Anchor, body: str) -> ReviewComment:
    """Put a comment into a review; told to nobody yet."""
    comment = ReviewComment(
        id=scene.hub.world.next_id("review_comment"), author=review.author, body=body, review=review, path=place.path,
        commit_id=review.commit_id, original_commit_id=review.commit_id, diff_hunk=place.diff_hunk,
        side=place.side, start_side=place.start_side, line=place.line, start_line=place.start_line,
        original_line=place.line, original_start_line=place.start_line, position=place.position,
        original_position=place.position or 1, subject_type="file" if place.line is None else "line",
    )  # fmt: skip
    pull.comments.append(comment)
    if review.commit_id != pull.head_sha:
        move_comments(scene.hub, scene.home, pull, review.commit_id)
    return comment


def _container(hub: Hub, by: User, pull: Pull, commit: str) -> Review:
    review = Review(
        id=hub.world.next_id("review"), author=by, body="", state="COMMENTED", commit_id=commit,
        submitted_at=clock.now(),
    )  # fmt: skip
    pull.reviews.append(review)
    return review


def comment_alone(scene: Scene, pull: Pull, place: Anchor, body: str, commit: str) -> ReviewComment:
    """Add a single comment."""
    _check_text(body)
    review = _container(scene.hub, scene.by, pull, commit)
    comment = attach(scene, pull, review, place, body)
    _tell_both(scene, pull, comment)
    return comment


def reply(scene: Scene, pull: Pull, to: ReviewComment, body: str) -> ReviewComment:
    """Answer in a thread; only its first comment can be answered."""
    if to.reply_to is not None:
        raise not_found()
    _check_text(body)
    review = _container(scene.hub, scene.by, pull, pull.head_sha)
    answer = ReviewComment(
        id=scene.hub.world.next_id("review_comment"), author=scene.by, body=body, review=review, path=to.path,
        commit_id=to.commit_id, original_commit_id=to.original_commit_id, diff_hunk=to.diff_hunk, side=to.side,
        start_side=to.start_side, line=to.line, start_line=to.start_line, original_line=to.original_line,
        original_start_line=to.original_start_line, position=to.position, original_position=to.original_position,
        subject_type=to.subject_type, reply_to=to, outdated=to.outdated,
    )  # fmt: skip
    pull.comments.append(answer)
    _tell_both(scene, pull, answer)
    return answer


def _check_text(body: str) -> None:
    if not body.strip():
        raise unprocessable("Body can't be blank")
    check_review_body(body)


def _tell_both(scene: Scene, pull: Pull, comment: ReviewComment) -> None:
    shape = present.review_event(scene.hub, scene.home, pull, comment.review)
    request = present.pull_simple(scene.hub, scene.home, pull)
    emit(scene, "pull_request_review", "submitted", review=shape, pull_request=request)
    announce(scene, pull, comment, "created")


def announce(scene: Scene, pull: Pull, comment: ReviewComment, action: str, **fields: Any) -> None:
    """Send `pull_request_review_comment`."""
    shape = present.review_comment(scene.hub, scene.home, pull, comment)
    request = present.pull_simple(scene.hub, scene.home, pull)
    emit(scene, "pull_request_review_comment", action, comment=shape, pull_request=request, **fields)


def edit(scene: Scene, pull: Pull, comment: ReviewComment, body: str) -> None:
    """Rewrite a comment."""
    _check_text(body)
    before = comment.rewrite(body, scene.by)
    announce(scene, pull, comment, "edited", changes={"body": {"from": before}})


def delete(scene: Scene, pull: Pull, comment: ReviewComment) -> None:
    """Remove a comment."""
    pull.comments.remove(comment)
    announce(scene, pull, comment, "deleted")


def set_resolved(scene: Scene, pull: Pull, root: ReviewComment, *, resolved: bool) -> None:
    """Resolve or unresolve a thread; nothing happens when it already is so."""
    if (root.id in pull.resolved) is resolved:
        return
    if resolved:
        pull.resolved[root.id] = scene.by
    else:
        del pull.resolved[root.id]
    members = [
        present.review_comment(scene.hub, scene.home, pull, each)
        for each in pull.comments
        if each.root is root
    ]
    thread = {"node_id": root.thread_node_id, "comments": members}
    action = "resolved" if resolved else "unresolved"
    request = present.pull_simple(scene.hub, scene.home, pull)
    emit(scene, "pull_request_review_thread", action, pull_request=request, thread=thread)
