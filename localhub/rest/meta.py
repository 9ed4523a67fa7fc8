"""Rate limits, meta and accounts."""

import time
from typing import Any

from localhub import present
from localhub.errors import not_found
from localhub.rest.call import Answer, Call
from localhub.rest.routing import route

HOURLY_LIMIT = 5_000


def quota(used: int) -> dict[str, int]:
    """Schema `rate-limit`; the hub counts, but never runs out by itself."""
    reset = (int(time.time()) // 3600 + 1) * 3600
    return {"limit": HOURLY_LIMIT, "remaining": max(HOURLY_LIMIT - used, 1), "reset": reset, "used": used}


@route("GET", "/rate_limit", audience="anyone")
def _rate_limit(_call: Call) -> Answer:
    resources: dict[str, Any] = {name: quota(0) for name in ("core", "graphql", "search")}
    return Answer(200, {"resources": resources, "rate": quota(0)})


@route("GET", "/meta", audience="anyone")
def _meta(_call: Call) -> Answer:
    here = ["127.0.0.1/32"]
    return Answer(
        200,
        {"verifiable_password_authentication": False, "hooks": here, "web": here, "api": here, "git": here},
    )


@route("GET", "/users/{login}", audience="anyone")
def _user(call: Call) -> Answer:
    user = call.hub.world.user(call.parameters["login"])
    if user is None:
        raise not_found()
    return Answer(200, present.public_user(call.hub, user))
