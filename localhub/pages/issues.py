"""Issues: the list, a new one, one with its timeline."""

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localhub.hub import Hub
from localhub.pages import conversation, subject
from localhub.pages.asking import hub_of
from localhub.pages.markdown import markdown
from localhub.pages.rendering import render
from localhub.pages.routing import page
from localhub.world.issues import Issue
from localhub.world.repositories import Repository


def handled_labels(hub: Hub, home: Repository) -> list[str]:
    """The labels that an installed App is named after: one press of a button puts them on or takes them off."""
    return [each.app.slug for each in hub.world.installations_on(home)]


def label_choices(hub: Hub, home: Repository, issue: Issue) -> list[str]:
    """The labels that could be put on: those of the Apps first, then the repository's others."""
    names = [*handled_labels(hub, home), *(label.name for label in home.labels.values())]
    return [name for name in dict.fromkeys(names) if not issue.has_label(name)]


def talk(hub: Hub, home: Repository) -> dict[str, Any]:
    """What every template with comments needs: `md`, `reactions`, `apps_of`."""
    return {
        "md": partial(markdown, refer=subject.references(hub, home)),
        "reactions": conversation.reactions,
        "app_of": hub.world.app_of,
    }


def _listed(request: Request, home: Repository, *, pulls: bool) -> dict[str, Any]:
    closed = request.query_params.get("state") == "closed"
    every = sorted(home.issues.values(), key=lambda issue: -issue.number)
    mine = [issue for issue in every if issue.is_pull is pulls]
    return {
        "closed": closed,
        "issues": [issue for issue in mine if issue.open is not closed],
        "open_count": sum(issue.open for issue in mine),
        "closed_count": sum(not issue.open for issue in mine),
    }


@page("GET", "/{owner}/{repo}/issues")
async def _issues(request: Request) -> Response:
    hub, home = hub_of(request), subject.home_of(request)
    values = _listed(request, home, pulls=False)
    return render(
        request, "issues.html", home=home, tab="issues", handled=handled_labels(hub, home), **values
    )


@page("GET", "/{owner}/{repo}/pulls")
async def _pulls(request: Request) -> Response:
    hub, home = hub_of(request), subject.home_of(request)
    values = _listed(request, home, pulls=True)
    return render(request, "issues.html", home=home, tab="pulls", handled=handled_labels(hub, home), **values)


@page("GET", "/{owner}/{repo}/issues/new")
async def _new(request: Request) -> Response:
    return render(request, "new_issue.html", home=subject.home_of(request))


@page("GET", "/{owner}/{repo}/issues/{number:int}")
async def _issue(request: Request) -> Response:
    hub, home, issue = hub_of(request), subject.home_of(request), subject.issue_of(request)
    if issue.is_pull:
        return RedirectResponse(f"/{home.full_name}/pull/{issue.number}")
    return render(
        request, "issue.html", home=home, issue=issue, entries=conversation.of_issue(issue),
        choices=label_choices(hub, home, issue), **talk(hub, home),
    )  # fmt: skip
