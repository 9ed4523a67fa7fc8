"""Reactions on issues and on both kinds of comments."""

from localhub import present
from localhub.errors import invalid, not_found
from localhub.operations import comments as operations
from localhub.rest.call import Answer, Call
from localhub.rest.comments import COMMENT, comment_of
from localhub.rest.issues import ISSUE, issue_of
from localhub.rest.review_comments import REVIEW_COMMENT, review_comment_of
from localhub.rest.routing import route
from localhub.world.issues import Text


def _create(call: Call, text: Text) -> Answer:
    content = call.document.get("content")
    if not isinstance(content, str):
        raise invalid("Reaction", "content", "missing_field")
    reaction, is_new = operations.react(call.hub, call.by, text, content)
    return Answer(201 if is_new else 200, present.reaction(call.hub, reaction))


def _list(call: Call, text: Text) -> Answer:
    wanted = call.query.get("content")
    found = [each for each in text.reactions if wanted in (None, each.content)]
    return call.page(found, lambda reaction: present.reaction(call.hub, reaction))


def _delete(call: Call, text: Text) -> Answer:
    for reaction in text.reactions:
        if reaction.id == call.number("reaction"):
            if reaction.user is not call.by:
                raise not_found()
            text.reactions.remove(reaction)
            return Answer(204)
    raise not_found()


@route("POST", f"{ISSUE}/reactions", "on_issue:write")
def _create_on_issue(call: Call) -> Answer:
    return _create(call, issue_of(call))


@route("GET", f"{ISSUE}/reactions", "on_issue:read")
def _list_on_issue(call: Call) -> Answer:
    return _list(call, issue_of(call))


@route("DELETE", f"{ISSUE}/reactions/{{reaction}}", "on_issue:write")
def _delete_on_issue(call: Call) -> Answer:
    return _delete(call, issue_of(call))


@route("POST", f"{COMMENT}/reactions", "on_comment:write")
def _create_on_comment(call: Call) -> Answer:
    return _create(call, comment_of(call)[1])


@route("GET", f"{COMMENT}/reactions", "on_comment:read")
def _list_on_comment(call: Call) -> Answer:
    return _list(call, comment_of(call)[1])


@route("DELETE", f"{COMMENT}/reactions/{{reaction}}", "on_comment:write")
def _delete_on_comment(call: Call) -> Answer:
    return _delete(call, comment_of(call)[1])


@route("POST", f"{REVIEW_COMMENT}/reactions", "pull_requests:write")
def _create_on_review_comment(call: Call) -> Answer:
    return _create(call, review_comment_of(call)[1])


@route("GET", f"{REVIEW_COMMENT}/reactions", "pull_requests:read")
def _list_on_review_comment(call: Call) -> Answer:
    return _list(call, review_comment_of(call)[1])
