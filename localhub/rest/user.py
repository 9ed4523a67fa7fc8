"""Who has a token, and what an App may see with it in their name."""

from localhub import present
from localhub.errors import Refusal, not_found, out_of_reach
from localhub.operations import authorizing
from localhub.rest.call import Answer, Call
from localhub.rest.routing import route
from localhub.world.apps import App, Installation


@route("GET", "/user")
def _me(call: Call) -> Answer:
    if call.actor.kind != "user":
        raise out_of_reach()
    return Answer(200, present.public_user(call.hub, call.by))


def _through(call: Call) -> App:
    if call.actor.through is None:
        told = "You must authenticate with an access token authorized to a GitHub App in order to list installations"
        raise Refusal(403, told)
    return call.actor.through


def _mine(call: Call) -> list[Installation]:
    return authorizing.installations(call.hub, _through(call), call.by)


@route("GET", "/user/installations")
def _installations(call: Call) -> Answer:
    mine = _mine(call)
    part, headers = call.cut(mine)
    shown = [present.installation(call.hub, each) for each in part]
    return Answer(200, {"total_count": len(mine), "installations": shown}, headers)


@route("GET", "/user/installations/{installation}/repositories")
def _repositories(call: Call) -> Answer:
    found = next((each for each in _mine(call) if each.id == call.number("installation")), None)
    if found is None:
        raise not_found()
    reached = list(authorizing.repositories(call.hub, found, call.by))
    part, headers = call.cut(reached)
    shown = [present.repository(call.hub, each) for each in part]
    return Answer(200, {"total_count": len(reached), "repositories": shown}, headers)
