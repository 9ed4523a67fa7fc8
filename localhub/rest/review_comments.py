"""Review comments and replies. Editing and deleting go without the pull request's number."""

from typing import Any

from localhub import clock, present
from localhub.errors import not_found, required, unprocessable
from localhub.operations import anchors, reviews
from localhub.operations import discussion as operations
from localhub.rest.call import Answer, Call
from localhub.rest.pulls import PULL, pull_of
from localhub.rest.routing import route
from localhub.world.pulls import Pull, ReviewComment

REVIEW_COMMENT = "/repos/{owner}/{repo}/pulls/comments/{comment}"


def review_comment_of(call: Call) -> tuple[Pull, ReviewComment]:
    """The comment of the path and its pull request; raises Refusal 404."""
    wanted = call.number("comment")
    for pull, comment in call.home.review_comments():
        if comment.id == wanted:
            return pull, comment
    raise not_found()


def _shape(call: Call, pull: Pull, comment: ReviewComment) -> dict[str, Any]:
    return present.review_comment(call.hub, call.home, pull, comment)


@route("GET", REVIEW_COMMENT, "pull_requests:read")
def _get(call: Call) -> Answer:
    return Answer(200, _shape(call, *review_comment_of(call)))


@route("PATCH", REVIEW_COMMENT, "pull_requests:write")
def _update(call: Call) -> Answer:
    pull, comment = review_comment_of(call)
    required(call.document, "PullRequestReviewComment", "body")
    operations.edit(call.scene, pull, comment, call.document["body"])
    return Answer(200, _shape(call, pull, comment))


@route("DELETE", REVIEW_COMMENT, "pull_requests:write")
def _delete(call: Call) -> Answer:
    operations.delete(call.scene, *review_comment_of(call))
    return Answer(204)


@route("GET", "/repos/{owner}/{repo}/pulls/comments", "pull_requests:read")
def _all(call: Call) -> Answer:
    since = clock.parse(call.query["since"]) if "since" in call.query else None
    found = [
        (pull, comment)
        for pull, comment in call.home.review_comments()
        if comment.visible
        and comment.review.state != "PENDING"
        and (since is None or comment.updated_at >= since)
    ]
    return call.page(found, lambda pair: _shape(call, *pair))


@route("GET", f"{PULL}/comments", "pull_requests:read")
def _list(call: Call) -> Answer:
    pull = pull_of(call)
    found = [each for each in pull.comments if each.review.state != "PENDING"]
    return call.page(found, lambda comment: _shape(call, pull, comment))


@route("POST", f"{PULL}/comments", "pull_requests:write")
def _create(call: Call) -> Answer:
    pull, asked = pull_of(call), call.document
    required(asked, "PullRequestReviewComment", "body")
    if asked.get("in_reply_to") is not None:
        return _reply(call, pull, asked["in_reply_to"])
    required(asked, "PullRequestReviewComment", "commit_id", "path")
    if asked.get("subject_type") != "file" and asked.get("line") is None and asked.get("position") is None:
        raise unprocessable(anchors.UNRESOLVED_LINE)
    if reviews.pending_of(pull, call.by) is not None:
        raise unprocessable("User can only have one pending review per pull request")
    commit = reviews.check_commit(call.hub, call.home, pull, asked["commit_id"])
    place = anchors.resolve(call.hub.diff(call.home, pull, commit), asked)
    comment = operations.comment_alone(call.scene, pull, place, asked["body"], commit)
    return Answer(201, _shape(call, pull, comment))


@route("POST", f"{PULL}/comments/{{comment}}/replies", "pull_requests:write")
def _create_reply(call: Call) -> Answer:
    required(call.document, "PullRequestReviewComment", "body")
    return _reply(call, pull_of(call), call.number("comment"))


def _reply(call: Call, pull: Pull, comment_id: int) -> Answer:
    for comment in pull.comments:
        if comment.id == comment_id:
            answer = operations.reply(call.scene, pull, comment, call.document["body"])
            return Answer(201, _shape(call, pull, answer))
    raise not_found()
