"""One pull request: its conversation, its checks, and the buttons below it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localhub.hub import Hub
from localhub.operations.reviews import pending_of
from localhub.pages import conversation, subject, threads
from localhub.pages.asking import hub_of
from localhub.pages.issues import label_choices, talk
from localhub.pages.person import acting_person
from localhub.pages.rendering import render
from localhub.pages.routing import page
from localhub.world.checks import CheckRun
from localhub.world.pulls import Pull
from localhub.world.repositories import Repository


def head_values(hub: Hub, home: Repository, pull: Pull) -> dict[str, Any]:
    """What the head of both its pages shows."""
    files = hub.diff(home, pull).files
    return {
        "home": home,
        "pull": pull,
        "issue": pull.issue,
        "standing": standing_of(pull),
        "added": sum(file.additions for file in files),
        "removed": sum(file.deletions for file in files),
        "file_count": len(files),
    }


def standing_of(pull: Pull) -> str:
    """`merged`, `closed`, `draft` or `open`."""
    if pull.merged_at is not None:
        return "merged"
    if not pull.issue.open:
        return "closed"
    return "draft" if pull.draft else "open"


def latest_checks(home: Repository, sha: str) -> list[CheckRun]:
    """The newest check run of each App and name on a commit."""
    newest = {(run.app_id, run.name): run for run in home.checks if run.head_sha == sha}
    return list(newest.values())


@page("GET", "/{owner}/{repo}/pull/{number:int}")
async def _pull(request: Request) -> Response:
    hub, home, pull = hub_of(request), subject.home_of(request), subject.pull_of(request)
    you = acting_person(request)
    mergeable = pull.issue.open and hub.merged_tree(home, pull) is not None
    return render(
        request, "pull.html", **head_values(hub, home, pull), **talk(hub, home), mergeable=mergeable,
        entries=conversation.of_pull(hub, home, pull, threads.of_pull(pull, you)), draft=pending_of(pull, you),
        checks=latest_checks(home, pull.head_sha), choices=label_choices(hub, home, pull.issue),
        has_branch=hub.tip(home, pull.head_ref) is not None,
    )  # fmt: skip


@page("GET", "/{owner}/{repo}/pull/{number:int}/commits")
async def _commits(request: Request) -> Response:
    """GitHub has a page for them; here they are in the conversation."""
    return RedirectResponse(f"/{subject.home_of(request).full_name}/pull/{subject.pull_of(request).number}")
