"""Check runs."""

from localhub import present
from localhub.errors import Refusal, required
from localhub.operations import checks as operations
from localhub.rest.call import Answer, Call
from localhub.rest.routing import route

RUN = "/repos/{owner}/{repo}/check-runs/{run}"


@route("POST", "/repos/{owner}/{repo}/check-runs", "checks:write")
def _create(call: Call) -> Answer:
    required(call.document, "CheckRun", "name", "head_sha")
    run = operations.create(call.scene, call.app, call.document)
    return Answer(201, present.check_run(call.hub, call.home, run))


@route("GET", RUN, "checks:read")
def _get(call: Call) -> Answer:
    run = operations.find(call.home, call.number("run"))
    return Answer(200, present.check_run(call.hub, call.home, run))


@route("PATCH", RUN, "checks:write")
def _update(call: Call) -> Answer:
    run = operations.find(call.home, call.number("run"))
    operations.update(call.scene, call.app, run, call.document)
    return Answer(200, present.check_run(call.hub, call.home, run))


@route("GET", f"{RUN}/annotations", "checks:read")
def _annotations(call: Call) -> Answer:
    run = operations.find(call.home, call.number("run"))
    return call.page(run.annotations, lambda note: present.annotation(call.hub, call.home, run, note))


@route("POST", f"{RUN}/rerequest", "checks:write")
def _again(call: Call) -> Answer:
    operations.ask_again(call.scene, operations.find(call.home, call.number("run")))
    return Answer(201, {})


@route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs", "checks:read")
def _of_commit(call: Call) -> Answer:
    """Filters: `check_name`, `app_id`, `status`; `filter=latest` keeps the newest of each name."""
    sha, query = call.hub.bare(call.home).resolve(call.parameters["ref"]), call.query
    if sha is None:
        raise Refusal(422, f"No commit found for SHA: {call.parameters['ref']}", [])
    found = [
        run
        for run in reversed(call.home.checks)
        if run.head_sha == sha
        and run.visible
        and query.get("check_name") in (None, run.name)
        and query.get("app_id") in (None, str(run.app_id))
        and query.get("status") in (None, run.status)
    ]
    if query.get("filter", "latest") == "latest":
        found = list({(run.app_id, run.name): run for run in reversed(found)}.values())
    part, headers = call.cut(found)
    shapes = [present.check_run(call.hub, call.home, run) for run in part]
    return Answer(200, {"total_count": len(found), "check_runs": shapes}, headers)
