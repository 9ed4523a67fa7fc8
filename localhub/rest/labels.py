"""Labels, of a repository and on an issue."""

from typing import Any

from localhub import present
from localhub.errors import invalid, not_found, required
from localhub.operations import issues as operations
from localhub.rest.call import Answer, Call
from localhub.rest.issues import ISSUE, issue_of
from localhub.rest.routing import route
from localhub.world.issues import Label


def _shape(call: Call, label: Label) -> dict[str, Any]:
    return present.label(call.hub, call.home, label)


@route("GET", "/repos/{owner}/{repo}/labels", "issues:read", "pull_requests:read")
def _of_repository(call: Call) -> Answer:
    return call.page(list(call.home.labels.values()), lambda label: _shape(call, label))


@route("POST", "/repos/{owner}/{repo}/labels", "issues:write", "pull_requests:write")
def _create(call: Call) -> Answer:
    asked = call.document
    required(asked, "Label", "name")
    label = operations.create_label(
        call.hub, call.home, asked["name"], asked.get("color") or "", asked.get("description")
    )
    return Answer(201, _shape(call, label))


@route("GET", "/repos/{owner}/{repo}/labels/{name}", "issues:read", "pull_requests:read")
def _get(call: Call) -> Answer:
    label = call.home.labels.get(call.parameters["name"].lower())
    if label is None:
        raise not_found()
    return Answer(200, _shape(call, label))


@route("GET", f"{ISSUE}/labels", "on_issue:read")
def _on_issue(call: Call) -> Answer:
    return call.page(issue_of(call).labels, lambda label: _shape(call, label))


@route("POST", f"{ISSUE}/labels", "on_issue:write")
def _add(call: Call) -> Answer:
    asked = call.body.get("labels") if isinstance(call.body, dict) else call.body
    if not isinstance(asked, list):
        raise invalid("Label", "labels", "missing_field")
    names = [each if isinstance(each, str) else each["name"] for each in asked]
    issue = issue_of(call)
    operations.add_labels(call.scene, issue, names)
    return Answer(200, [_shape(call, label) for label in issue.labels])


@route("DELETE", f"{ISSUE}/labels/{{name}}", "on_issue:write")
def _remove(call: Call) -> Answer:
    issue = issue_of(call)
    operations.remove_label(call.scene, issue, call.parameters["name"])
    return Answer(200, [_shape(call, label) for label in issue.labels])
