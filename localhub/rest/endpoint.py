"""From bytes to handler and back: authentication, permissions, ETag, headers, and the contract check."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from localhub import rest
from localhub.auth import Actor, identify
from localhub.errors import Refusal, not_found
from localhub.exchange import Request, Served
from localhub.honesty import Judge
from localhub.log import summary
from localhub.operations.comments import find_parent
from localhub.permissions import require_any
from localhub.rest.call import Answer, Call
from localhub.rest.meta import quota
from localhub.rest.routing import Route

_JUDGE = Judge()


async def serve_rest(request: Request) -> Served:
    """Answer a REST request."""
    query = dict(parse_qsl(request.exchange.query, keep_blank_values=True))
    actor: Actor | None = None
    body: Any = None
    try:
        body = _json(request.body)
        request.entry.body = summary(body)
        actor = identify(request.hub.world, request.exchange.headers.get("authorization"))
        request.entry.actor, request.entry.actor_name = actor.kind, actor.name
        answer = _handle(request, actor, query, body)
    except Refusal as refusal:
        answer = Answer(refusal.status, refusal.body())
    request.entry.problems = _JUDGE.problems(request.exchange, query, body, answer.status, answer.body)
    return _encode(request, answer)


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError as error:
        raise Refusal(400, "Problems parsing JSON") from error


def _handle(request: Request, actor: Actor, query: Mapping[str, str], body: Any) -> Answer:
    exchange = request.exchange
    found = rest.find(exchange.method, exchange.raw_path)
    if found is None:
        raise not_found()
    route, parameters = found
    call = Call(
        hub=request.hub, actor=actor, method=exchange.method, path=exchange.path, parameters=parameters,
        query=query, accept=exchange.headers.get("accept", ""), body=body,
    )  # fmt: skip
    _admit(route, call)
    return route.handler(call)


def _admit(route: Route, call: Call) -> None:
    """Refuse whoever may not use the route: 401 for the wrong kind, 404 out of reach, 403 without permission."""
    if route.audience == "anyone":
        return
    if route.audience == "app":
        if call.actor.kind != "app":
            raise Refusal(401, "A JSON web token could not be decoded")
        return
    if call.actor.kind in ("anonymous", "app"):
        raise Refusal(401, "Requires authentication" if call.actor.kind == "anonymous" else "Bad credentials")
    home = call.home if "repo" in call.parameters else None
    require_any(call.actor.permissions(home), _needs(route, call))


def _needs(route: Route, call: Call) -> tuple[str, ...]:
    """`on_issue:LEVEL` and `on_comment:LEVEL` mean issues, or pull_requests where it is one."""
    if not route.needs or not route.needs[0].startswith("on_"):
        return route.needs
    level = route.needs[0].partition(":")[2]
    parent = find_parent(call.home, call.parameters)
    both = (f"issues:{level}", f"pull_requests:{level}")
    return both if parent is None or parent.is_pull else both[:1]


def _encode(request: Request, answer: Answer) -> Served:
    if isinstance(answer.body, bytes | str):
        body = answer.body if isinstance(answer.body, bytes) else answer.body.encode()
    else:
        body = b"" if answer.status == 204 else json.dumps(answer.body).encode()
    headers = _headers(request) | dict(answer.headers)
    if body:
        headers["Content-Type"] = answer.media_type
    if request.exchange.method == "GET" and answer.status == 200:
        headers["ETag"] = _etag(request, body)
        if request.exchange.headers.get("if-none-match") == headers["ETag"]:
            return Served(304, headers)
    return Served(answer.status, headers, body)


def _etag(request: Request, body: bytes) -> str:
    """Weak, and over `Authorization` too: another token, another ETag."""
    asked = request.exchange.headers
    parts = (asked.get("accept", "").encode(), asked.get("authorization", "").encode(), body)
    return f'W/"{hashlib.sha256(b":".join(parts)).hexdigest()}"'


def _headers(request: Request) -> dict[str, str]:
    left = quota(request.entry.id)
    return {
        "X-GitHub-Request-Id": uuid.uuid4().hex[:24].upper(),
        "X-GitHub-Media-Type": "github.v3; format=json",
        "X-RateLimit-Limit": str(left["limit"]),
        "X-RateLimit-Remaining": str(left["remaining"]),
        "X-RateLimit-Used": str(left["used"]),
        "X-RateLimit-Reset": str(left["reset"]),
        "X-RateLimit-Resource": "core",
    }
