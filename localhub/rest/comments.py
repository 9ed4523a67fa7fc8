"""Comments on issues and pull requests."""

from typing import Any

from localhub import clock, present
from localhub.errors import not_found, required
from localhub.operations import comments as operations
from localhub.rest.call import Answer, Call
from localhub.rest.issues import ISSUE, issue_of
from localhub.rest.routing import route
from localhub.world.issues import Comment, Issue

COMMENT = "/repos/{owner}/{repo}/issues/comments/{comment}"


def comment_of(call: Call) -> tuple[Issue, Comment]:
    """The comment of the path and its issue; raises Refusal 404."""
    found = call.home.find_comment(call.number("comment"))
    if found is None:
        raise not_found()
    return found


def _shape(call: Call, issue: Issue, comment: Comment) -> dict[str, Any]:
    return present.comment(call.hub, call.home, issue, comment)


@route("GET", COMMENT, "on_comment:read")
def _get(call: Call) -> Answer:
    return Answer(200, _shape(call, *comment_of(call)))


@route("PATCH", COMMENT, "on_comment:write")
def _update(call: Call) -> Answer:
    required(call.document, "IssueComment", "body")
    issue, comment = comment_of(call)
    operations.edit(call.scene, issue, comment, call.document["body"])
    return Answer(200, _shape(call, issue, comment))


@route("DELETE", COMMENT, "on_comment:write")
def _delete(call: Call) -> Answer:
    operations.delete(call.scene, *comment_of(call))
    return Answer(204)


@route("GET", "/repos/{owner}/{repo}/issues/comments", "issues:read", "pull_requests:read")
def _all(call: Call) -> Answer:
    since = clock.parse(call.query["since"]) if "since" in call.query else None
    pairs = [(issue, comment) for issue in call.home.issues.values() for comment in issue.comments]
    found = [pair for pair in pairs if pair[1].visible and (since is None or pair[1].updated_at >= since)]
    by_change = call.query.get("sort") == "updated"
    found.sort(key=lambda pair: pair[1].updated_at if by_change else pair[1].created_at)
    if by_change and call.query.get("direction", "desc") == "desc":
        found.reverse()
    return call.page(found, lambda pair: _shape(call, *pair))


@route("GET", f"{ISSUE}/comments", "on_issue:read")
def _list(call: Call) -> Answer:
    issue = issue_of(call)
    since = clock.parse(call.query["since"]) if "since" in call.query else None
    found = [each for each in issue.comments if since is None or each.updated_at >= since]
    return call.page(found, lambda comment: _shape(call, issue, comment))


@route("POST", f"{ISSUE}/comments", "on_issue:write")
def _create(call: Call) -> Answer:
    required(call.document, "IssueComment", "body")
    issue = issue_of(call)
    comment = operations.create(call.scene, issue, call.document["body"])
    return Answer(201, _shape(call, issue, comment))
