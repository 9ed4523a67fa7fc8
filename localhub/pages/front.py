"""The ways in: every repository, somebody's repositories, one repository, one App."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localhub.errors import Refusal
from localhub.hub import Hub
from localhub.pages import subject
from localhub.pages.asking import hub_of
from localhub.pages.issues import handled_labels
from localhub.pages.person import acting_person, people
from localhub.pages.rendering import render
from localhub.pages.routing import page
from localhub.world.people import Role, User
from localhub.world.repositories import Repository

RECENT_COMMITS = 10


@page("GET", "/")
async def _front(request: Request) -> Response:
    hub = hub_of(request)
    rows = _rows(_visible(hub, acting_person(request))) if people(hub) else []
    return render(request, "front.html", rows=rows, title="Repositories", apps=list(hub.world.apps.values()))


def _visible(hub: Hub, reader: User) -> list[Repository]:
    return [each for each in hub.world.repositories.values() if each.role_of(reader) > Role.NONE]


def _rows(homes: list[Repository]) -> list[dict[str, Any]]:
    return [{"home": home, **counts(home)} for home in sorted(homes, key=lambda each: each.full_name.lower())]


def counts(home: Repository) -> dict[str, int]:
    """How many issues and pull requests are open."""
    open_ones = [issue for issue in home.issues.values() if issue.open]
    pulls = sum(issue.is_pull for issue in open_ones)
    return {"open_issues": len(open_ones) - pulls, "open_pulls": pulls}


@page("GET", "/{owner}")
async def _owner(request: Request) -> Response:
    hub, login = hub_of(request), request.path_params["owner"]
    owner = hub.world.user(login)
    if owner is None:
        raise Refusal(404, f"There is nobody called {login} here.")
    homes = [each for each in _visible(hub, acting_person(request)) if each.owner is owner]
    return render(request, "front.html", rows=_rows(homes), title=owner.name or owner.login, apps=[])


@page("GET", "/{owner}/{repo}")
async def _repository(request: Request) -> Response:
    hub, home = hub_of(request), subject.home_of(request)
    bare, tip = hub.bare(home), hub.tip(home, home.default_branch)
    commits = [] if tip is None else bare.commits(tip, RECENT_COMMITS)[::-1]
    newest = sorted(home.issues.values(), key=lambda issue: -issue.number)
    return render(
        request, "repository.html", home=home, **counts(home), commits=commits,
        issues=[issue for issue in newest if issue.open and not issue.is_pull],
        pulls=[home.pulls[issue.number] for issue in newest if issue.open and issue.is_pull],
        installations=list(hub.world.installations_on(home)), handled=handled_labels(hub, home),
        clone_url=f"{hub.url}/{home.full_name}.git",
    )  # fmt: skip


@page("GET", "/settings/installations/{number:int}")
async def _installation(request: Request) -> Response:
    """Where an installation is seen: its App's page."""
    found = hub_of(request).world.installations.get(request.path_params["number"])
    if found is None:
        raise Refusal(404, f"There is no installation {request.path_params['number']} here.")
    return RedirectResponse(f"/apps/{found.app.slug}")


@page("GET", "/apps/{slug}")
@page("GET", "/github-apps/{slug}")
async def _app(request: Request) -> Response:
    hub = hub_of(request)
    app = hub.world.app_by_slug(request.path_params["slug"])
    if app is None:
        raise Refusal(404, f"There is no App {request.path_params['slug']} here.")
    homes = [
        home
        for each in hub.world.installations.values()
        if each.app is app
        for home in hub.world.repositories_of(each)
        if home.role_of(acting_person(request)) > Role.NONE
    ]
    return render(request, "app.html", app=app, rows=_rows(homes))
