"""Pull requests: opening, reading, files, reviewers, merging."""

from localhub import present
from localhub.errors import Refusal, not_found, required
from localhub.operations import issues as issue_operations
from localhub.operations import pulls as operations
from localhub.rest.call import Answer, Call
from localhub.rest.routing import route
from localhub.world.pulls import Pull

PULL = "/repos/{owner}/{repo}/pulls/{number}"
MOST_FILES = 300
MOST_LINES = 20_000
MOST_BYTES = 1_000_000


def pull_of(call: Call) -> Pull:
    """The pull request of the path; raises Refusal 404."""
    pull = call.home.pulls.get(call.number())
    if pull is None:
        raise not_found()
    return pull


@route("GET", "/repos/{owner}/{repo}/pulls", "pull_requests:read")
def _list(call: Call) -> Answer:
    """Newest first; `head=OWNER:BRANCH`, `base` and `state` filter."""
    query = call.query
    state = query.get("state", "open")
    owner, _, branch = query.get("head", "").rpartition(":")
    found = [
        pull
        for pull in reversed(call.home.pulls.values())
        if (state == "all" or pull.issue.open is (state == "open"))
        and (not owner or (owner.lower(), branch) == (call.home.owner.login.lower(), pull.head_ref))
        and query.get("base") in (None, pull.base_ref)
    ]
    return call.page(found, lambda pull: present.pull_simple(call.hub, call.home, pull))


@route("POST", "/repos/{owner}/{repo}/pulls", "pull_requests:write")
def _create(call: Call) -> Answer:
    asked = call.document
    required(asked, "PullRequest", "title", "head", "base")
    pull = operations.open_pull(
        call.scene, title=asked["title"], body=asked.get("body") or "", head=asked["head"], base=asked["base"],
        draft=bool(asked.get("draft")),
    )  # fmt: skip
    return Answer(201, present.pull(call.hub, call.home, pull))


@route("GET", PULL, "pull_requests:read")
def _get(call: Call) -> Answer:
    pull = pull_of(call)
    if "diff" in call.accept:
        return _diff(call, pull)
    return Answer(200, present.pull(call.hub, call.home, pull))


def _diff(call: Call, pull: Pull) -> Answer:
    diff = call.hub.diff(call.home, pull)
    lines = diff.raw.count(b"\n")
    if len(diff.files) > MOST_FILES or lines > MOST_LINES or len(diff.raw) > MOST_BYTES:
        told = "Sorry, the diff exceeded the maximum number of files (300) or lines (20000)."
        raise Refusal(406, told, [{"resource": "PullRequest", "field": "diff", "code": "too_large"}])
    return Answer(200, diff.raw, media_type="application/vnd.github.diff; charset=utf-8")


@route("PATCH", PULL, "pull_requests:write")
def _update(call: Call) -> Answer:
    pull, asked = pull_of(call), call.document
    issue_operations.edit(call.scene, pull.issue, title=asked.get("title"), body=asked.get("body"))
    if "base" in asked and asked["base"] != pull.base_ref:
        operations.set_base(call.scene, pull, asked["base"])
    if "state" in asked:
        if pull.merged_at is not None and asked["state"] == "open":
            raise Refusal(
                422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "field": "state"}]
            )
        issue_operations.set_open(call.scene, pull.issue, opened=asked["state"] == "open")
    return Answer(200, present.pull(call.hub, call.home, pull))


@route("GET", f"{PULL}/files", "pull_requests:read")
def _files(call: Call) -> Answer:
    pull = pull_of(call)
    files = call.hub.diff(call.home, pull).files
    return call.page(files, lambda file: present.diff_entry(call.hub, call.home, pull.head_sha, file))


@route("GET", f"{PULL}/commits", "pull_requests:read")
def _commits(call: Call) -> Answer:
    commits = call.hub.commits(call.home, pull_of(call))
    return call.page(commits, lambda commit: present.commit(call.hub, call.home, commit))


@route("GET", f"{PULL}/requested_reviewers", "pull_requests:read")
def _reviewers(call: Call) -> Answer:
    users = [present.user(call.hub, each) for each in pull_of(call).requested_reviewers]
    return Answer(200, {"users": users, "teams": []})


@route("POST", f"{PULL}/requested_reviewers", "pull_requests:write")
def _request(call: Call) -> Answer:
    pull = pull_of(call)
    operations.request_reviewers(call.scene, pull, call.document.get("reviewers") or [])
    return Answer(201, present.pull_simple(call.hub, call.home, pull))


@route("DELETE", f"{PULL}/requested_reviewers", "pull_requests:write")
def _withdraw(call: Call) -> Answer:
    pull = pull_of(call)
    operations.withdraw_reviewers(call.scene, pull, call.document.get("reviewers") or [])
    return Answer(200, present.pull_simple(call.hub, call.home, pull))


@route("PUT", f"{PULL}/merge", "contents:write")
def _merge(call: Call) -> Answer:
    asked = call.document
    title, text = asked.get("commit_title"), asked.get("commit_message")
    message = "\n\n".join(part for part in (title, text) if part) or None
    method = asked.get("merge_method") or "merge"
    sha = operations.merge(call.scene, pull_of(call), message=message, method=method, sha=asked.get("sha"))
    return Answer(200, {"sha": sha, "merged": True, "message": "Pull Request successfully merged"})
