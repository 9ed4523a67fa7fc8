"""Reviews."""

from typing import Any

from localhub import present
from localhub.errors import required, unprocessable
from localhub.operations import reviews as operations
from localhub.rest.call import Answer, Call
from localhub.rest.pulls import PULL, pull_of
from localhub.rest.routing import route
from localhub.world.pulls import Pull, Review

REVIEW = f"{PULL}/reviews/{{review}}"


def _found(call: Call) -> tuple[Pull, Review]:
    pull = pull_of(call)
    return pull, operations.find(pull, call.number("review"), call.by)


def _answer(call: Call, pull: Pull, review: Review) -> Answer:
    return Answer(200, present.review(call.hub, call.home, pull, review))


@route("GET", f"{PULL}/reviews", "pull_requests:read")
def _list(call: Call) -> Answer:
    pull = pull_of(call)
    seen = [each for each in pull.reviews if each.state != "PENDING" or each.author is call.by]
    return call.page(seen, lambda review: present.review(call.hub, call.home, pull, review))


@route("POST", f"{PULL}/reviews", "pull_requests:write")
def _create(call: Call) -> Answer:
    pull, asked = pull_of(call), call.document
    review = operations.create(
        call.scene, pull, event=asked.get("event") or None, body=asked.get("body") or "",
        comments=_comments(asked), commit_id=asked.get("commit_id"),
    )  # fmt: skip
    return _answer(call, pull, review)


def _comments(asked: dict[str, Any]) -> list[dict[str, Any]]:
    comments: list[dict[str, Any]] = asked.get("comments") or []
    if any("subject_type" in comment for comment in comments):
        raise unprocessable("subject_type is not a permitted key of a review's comment")
    return comments


@route("GET", REVIEW, "pull_requests:read")
def _get(call: Call) -> Answer:
    return _answer(call, *_found(call))


@route("PUT", REVIEW, "pull_requests:write")
def _edit(call: Call) -> Answer:
    pull, review = _found(call)
    required(call.document, "PullRequestReview", "body")
    operations.edit(call.scene, pull, review, call.document["body"])
    return _answer(call, pull, review)


@route("DELETE", REVIEW, "pull_requests:write")
def _delete(call: Call) -> Answer:
    pull, review = _found(call)
    operations.delete_pending(pull, review)
    return _answer(call, pull, review)


@route("POST", f"{REVIEW}/events", "pull_requests:write")
def _submit(call: Call) -> Answer:
    pull, review = _found(call)
    required(call.document, "PullRequestReview", "event")
    operations.submit(call.scene, pull, review, event=call.document["event"], body=call.document.get("body"))
    return _answer(call, pull, review)


@route("PUT", f"{REVIEW}/dismissals", "pull_requests:write")
def _dismiss(call: Call) -> Answer:
    pull, review = _found(call)
    operations.dismiss(call.scene, pull, review, call.document.get("message") or "")
    return _answer(call, pull, review)


@route("GET", f"{REVIEW}/comments", "pull_requests:read")
def _review_comments(call: Call) -> Answer:
    pull, review = _found(call)
    mine = [each for each in pull.comments if each.review is review]
    return call.page(mine, lambda comment: present.review_comment(call.hub, call.home, pull, comment))
