"""The App's hook: where it points, what was delivered, and asking for it again."""

from localhub import present
from localhub.errors import Refusal, not_found
from localhub.operations import apps as operations
from localhub.rest.call import Answer, Call
from localhub.rest.routing import route
from localhub.world.apps import Delivery


@route("GET", "/app/hook/config", audience="app")
def _config(call: Call) -> Answer:
    return Answer(200, present.hook_config(call.app))


@route("PATCH", "/app/hook/config", audience="app")
def _configure(call: Call) -> Answer:
    app, asked = call.app, call.document
    app.webhook_secret = asked.get("secret", app.webhook_secret)
    if asked.get("url", app.webhook_url) != app.webhook_url:
        app.webhook_url = asked["url"]
        operations.ping(call.hub, app)
    return Answer(200, present.hook_config(app))


@route("GET", "/app/hook/deliveries", audience="app")
def _list(call: Call) -> Answer:
    """Newest first; `cursor` is the id of the last one seen."""
    cursor, status = call.query.get("cursor", ""), call.query.get("status")
    if cursor and not cursor.isdecimal():
        raise Refusal(400, "Invalid cursor")
    found = [
        each
        for each in reversed(call.app.deliveries)
        if each.status != "pending"
        and (not cursor or each.id < int(cursor))
        and (status is None or (each.status == "OK") is (status == "success"))
    ]
    size = min(max(int(call.query.get("per_page", "30")), 1), 100)
    more = len(found) > size
    next_page = (
        f'<{call.hub.url}{call.path}?per_page={size}&cursor={found[size - 1].id}>; rel="next"' if more else ""
    )
    body = [present.delivery_item(each) for each in found[:size]]
    return Answer(200, body, {"Link": next_page} if more else {})


def _find(call: Call) -> Delivery:
    wanted = call.number("delivery")
    for each in call.app.deliveries:
        if each.id == wanted:
            return each
    raise not_found()


@route("GET", "/app/hook/deliveries/{delivery}", audience="app")
def _get(call: Call) -> Answer:
    return Answer(200, present.delivery(_find(call)))


@route("POST", "/app/hook/deliveries/{delivery}/attempts", audience="app")
def _again(call: Call) -> Answer:
    call.hub.courier.redeliver(call.app, _find(call))
    return Answer(202, {})
