"""`POST /graphql`: always 200 with `data` and `errors`, but for bad credentials."""

import json
from typing import Any

from localhub.auth import Actor, identify
from localhub.errors import Refusal
from localhub.exchange import Request, Served
from localhub.graphql import objects
from localhub.graphql.document import Unreadable, parse
from localhub.graphql.execute import Failed, Object, select
from localhub.graphql.mutations import Desk
from localhub.hub import Hub
from localhub.log import summary
from localhub.permissions import allows

_JSON = {"Content-Type": "application/json; charset=utf-8"}


async def serve_graphql(request: Request) -> Served:
    """Answer a GraphQL request."""
    try:
        actor = _identify(request)
        body = json.loads(request.body)
    except Refusal as refusal:
        return Served(refusal.status, _JSON, json.dumps(refusal.body()).encode())
    except ValueError:
        return Served(400, _JSON, b'{"message": "Problems parsing JSON"}')
    request.entry.body = summary(body)
    return Served(200, _JSON, json.dumps(_answer(request, actor, body)).encode())


def _identify(request: Request) -> Actor:
    actor = identify(request.hub.world, request.exchange.headers.get("authorization"))
    request.entry.actor, request.entry.actor_name = actor.kind, actor.name
    if actor.kind not in ("installation", "user"):
        raise Refusal(401, "This endpoint requires you to be authenticated.")
    return actor


def _answer(request: Request, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    variables = body.get("variables") or {}
    try:
        operation = parse(body.get("query") or "")
        request.entry.operation = operation.selection[0].name if operation.selection else ""
        root = Desk(request.hub, actor).all() if operation.kind == "mutation" else _query(request.hub, actor)
        return {"data": select(root, operation.selection, variables)}
    except Unreadable as error:
        return {"errors": [{"message": f"Parse error: {error}"}]}
    except Failed as error:
        path = [request.entry.operation]
        return {"data": None, "errors": [{"type": error.kind, "path": path, "message": str(error)}]}


def _query(hub: Hub, actor: Actor) -> Object:
    """Type Query."""
    return {
        "__typename": "Query",
        "repository": lambda given: _repository(hub, actor, given),
        "viewer": None if actor.user is None else objects.actor(actor.user),
        "node": lambda given: _node(hub, actor, given.get("id")),
        "rateLimit": {"__typename": "RateLimit", "limit": 5000, "cost": 1, "remaining": 4999, "used": 1},
    }


def _repository(hub: Hub, actor: Actor, given: dict[str, Any]) -> Object:
    home = hub.world.repository(str(given.get("owner")), str(given.get("name")))
    if home is None or not actor.reaches(home):
        told = f"Could not resolve to a Repository with the name '{given.get('owner')}/{given.get('name')}'."
        raise Failed("NOT_FOUND", told)
    permissions = actor.permissions(home)
    if not any(allows(permissions, need) for need in ("issues:read", "pull_requests:read", "contents:read")):
        raise Failed("FORBIDDEN", "Resource not accessible by integration")
    return objects.repository(hub, home)


def _node(hub: Hub, actor: Actor, node_id: Any) -> Object:
    for home in hub.world.repositories.values():
        if not actor.reaches(home):
            continue
        for issue in home.issues.values():
            pull = home.pulls.get(issue.number)
            if node_id in (issue.node_id, pull and pull.node_id):
                return objects.issue_or_pull(hub, home, issue)
            for said in issue.comments:
                if said.node_id == node_id:
                    return objects.issue_comment(said)
            for review in pull.reviews if pull else ():
                if review.node_id == node_id and review.submitted_at:
                    return objects.review(review)
        for pull, comment in home.review_comments():
            if comment.reply_to is None and comment.thread_node_id == node_id:
                return objects.thread(hub, pull, comment)
    raise Failed("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")
