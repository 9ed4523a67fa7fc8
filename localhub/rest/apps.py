"""The App itself, its installations and their tokens."""

from localhub import present
from localhub.errors import not_found
from localhub.operations import apps as operations
from localhub.operations import manifests
from localhub.rest.call import Answer, Call
from localhub.rest.routing import route
from localhub.world.apps import Installation


@route("GET", "/app", audience="app")
def _app(call: Call) -> Answer:
    mine = _installations(call)
    return Answer(200, {**present.app(call.hub, call.app), "installations_count": len(mine)})


def _installations(call: Call) -> list[Installation]:
    return [each for each in call.hub.world.installations.values() if each.app is call.app]


def _installation(call: Call) -> Installation:
    wanted = call.number("installation")
    for each in _installations(call):
        if each.id == wanted:
            return each
    raise not_found()


@route("GET", "/app/installations", audience="app")
def _list(call: Call) -> Answer:
    return call.page(_installations(call), lambda each: present.installation(call.hub, each))


@route("GET", "/app/installations/{installation}", audience="app")
def _get(call: Call) -> Answer:
    return Answer(200, present.installation(call.hub, _installation(call)))


@route("POST", "/app/installations/{installation}/access_tokens", audience="app")
def _mint(call: Call) -> Answer:
    asked = call.document
    names, ids = asked.get("repositories") or [], asked.get("repository_ids") or []
    token = operations.mint(call.hub, _installation(call), asked.get("permissions"), names, ids)
    return Answer(201, present.token(call.hub, token))


@route("GET", "/repos/{owner}/{repo}/installation", audience="app")
def _of_repository(call: Call) -> Answer:
    for each in call.hub.world.installations_on(call.home):
        if each.app is call.app:
            return Answer(200, present.installation(call.hub, each))
    raise not_found()


@route("DELETE", "/installation/token")
def _revoke(call: Call) -> Answer:
    call.token.revoked = True
    return Answer(204)


@route("GET", "/installation/repositories")
def _repositories(call: Call) -> Answer:
    reached = [each for each in call.hub.world.repositories.values() if call.actor.reaches(each)]
    part, headers = call.cut(reached)
    body = {
        "total_count": len(reached),
        "repository_selection": call.token.installation.selection,
        "repositories": [present.repository(call.hub, each) for each in part],
    }
    return Answer(200, body, headers)


@route("POST", "/app-manifests/{code}/conversions", audience="anyone")
def _convert(call: Call) -> Answer:
    made = manifests.convert(call.hub, call.parameters["code"])
    secrets = {
        "client_secret": made.app.client_secret,
        "webhook_secret": made.webhook_secret,
        "pem": made.pem,
    }
    return Answer(201, {**present.app(call.hub, made.app), **secrets})
