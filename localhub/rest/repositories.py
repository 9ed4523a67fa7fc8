"""Repositories, their branches, refs, commits and who may do what."""

from localhub import present
from localhub.errors import Refusal, not_found
from localhub.operations import pushes
from localhub.rest.call import Answer, Call
from localhub.rest.routing import route


@route("GET", "/repos/{owner}/{repo}", "metadata:read")
def _get(call: Call) -> Answer:
    return Answer(200, present.full_repository(call.hub, call.home))


@route("GET", "/repos/{owner}/{repo}/collaborators/{login}/permission", "metadata:read")
def _permission(call: Call) -> Answer:
    user = call.hub.world.user(call.parameters["login"])
    if user is None:
        raise not_found()
    return Answer(200, present.collaborator(call.hub, user, call.home.role_of(user)))


@route("GET", "/repos/{owner}/{repo}/activity", "contents:read")
def _activity(call: Call) -> Answer:
    """Who moved which branch, newest first; `ref` is a full name. GitHub pages by cursor; here one page is all."""
    wanted = call.query.get("ref")
    found = [each for each in reversed(call.home.activities) if wanted in (None, each.ref)]
    return call.page(found, lambda each: present.activity(call.hub, each))


@route("GET", "/repos/{owner}/{repo}/git/ref/{ref*}", "contents:read")
def _ref(call: Call) -> Answer:
    ref = f"refs/{call.parameters['ref']}"
    sha = call.hub.bare(call.home).resolve(ref)
    if sha is None:
        raise not_found()
    return Answer(200, present.git_ref(call.hub, call.home, ref, sha))


@route("DELETE", "/repos/{owner}/{repo}/git/refs/{ref*}", "contents:write")
def _delete_ref(call: Call) -> Answer:
    bare, ref = call.hub.bare(call.home), f"refs/{call.parameters['ref']}"
    if ref not in bare.refs():
        raise Refusal(422, "Reference does not exist", [])
    bare.delete_ref(ref)
    pushes.settle(call.scene)
    return Answer(204)


@route("GET", "/repos/{owner}/{repo}/branches/{branch*}", "contents:read")
def _branch(call: Call) -> Answer:
    bare, name = call.hub.bare(call.home), call.parameters["branch"]
    sha = bare.branch(name)
    if sha is None:
        raise Refusal(404, "Branch not found")
    return Answer(200, present.branch(call.hub, call.home, name, bare.commit(sha)))
