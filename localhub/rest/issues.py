"""Issues and their history."""

from typing import Any

from localhub import clock, present
from localhub.errors import required
from localhub.operations import issues as operations
from localhub.rest.call import Answer, Call
from localhub.rest.routing import route
from localhub.world.issues import Comment, Issue, IssueEvent

ISSUE = "/repos/{owner}/{repo}/issues/{number}"


def issue_of(call: Call) -> Issue:
    """The issue of the path; raises Refusal 404."""
    return operations.find(call.home, call.number())


def _shape(call: Call, issue: Issue) -> dict[str, Any]:
    return present.issue(call.hub, call.home, issue)


@route("GET", "/repos/{owner}/{repo}/issues", "issues:read", "pull_requests:read")
def _list(call: Call) -> Answer:
    """Newest first; `state`, `labels` (all of them), `since`, `creator` filter."""
    query = call.query
    state = query.get("state", "open")
    names = [name for name in query.get("labels", "").split(",") if name]
    since = clock.parse(query["since"]) if "since" in query else None
    found = [
        issue
        for issue in reversed(call.home.issues.values())
        if (state == "all" or issue.open is (state == "open"))
        and all(issue.has_label(name) for name in names)
        and (since is None or issue.updated_at >= since)
        and query.get("creator") in (None, issue.author.login)
    ]
    if query.get("direction") == "asc":
        found.reverse()
    return call.page(found, lambda issue: _shape(call, issue))


@route("POST", "/repos/{owner}/{repo}/issues", "issues:write")
def _create(call: Call) -> Answer:
    asked = call.document
    required(asked, "Issue", "title")
    names = [each if isinstance(each, str) else each["name"] for each in asked.get("labels") or []]
    issue = operations.open_issue(call.scene, str(asked["title"]), asked.get("body") or "", names)
    return Answer(201, _shape(call, issue))


@route("GET", ISSUE, "on_issue:read")
def _get(call: Call) -> Answer:
    return Answer(200, _shape(call, issue_of(call)))


@route("PATCH", ISSUE, "on_issue:write")
def _update(call: Call) -> Answer:
    issue, asked = issue_of(call), call.document
    operations.edit(call.scene, issue, title=asked.get("title"), body=asked.get("body"))
    if "state" in asked:
        opened = asked["state"] == "open"
        operations.set_open(call.scene, issue, opened=opened, reason=asked.get("state_reason"))
    return Answer(200, _shape(call, issue))


@route("GET", "/repos/{owner}/{repo}/issues/events", "issues:read", "pull_requests:read")
def _all_events(call: Call) -> Answer:
    """Of all issues and pull requests, newest first, each with its issue as it is now."""
    pairs = [(issue, event) for issue in call.home.issues.values() for event in issue.events if event.visible]
    pairs.sort(key=lambda pair: -pair[1].id)

    def shape(pair: tuple[Issue, IssueEvent]) -> dict[str, Any]:
        issue, event = pair
        return {**present.issue_event(call.hub, call.home, event), "issue": _shape(call, issue)}

    return call.page(pairs, shape)


@route("GET", f"{ISSUE}/events", "on_issue:read")
def _events(call: Call) -> Answer:
    return call.page(issue_of(call).events, lambda event: present.issue_event(call.hub, call.home, event))


@route("GET", f"{ISSUE}/timeline", "on_issue:read")
def _timeline(call: Call) -> Answer:
    """Events and comments together, oldest first."""
    issue = issue_of(call)
    lines: list[IssueEvent | Comment] = [*issue.events, *issue.comments]
    lines.sort(key=lambda line: line.created_at)

    def shape(line: IssueEvent | Comment) -> dict[str, Any]:
        if isinstance(line, Comment):
            return present.timeline_comment(call.hub, call.home, issue, line)
        return present.issue_event(call.hub, call.home, line)

    return call.page(lines, shape)
