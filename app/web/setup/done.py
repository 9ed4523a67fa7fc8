"""The last page of setting up, in the web process and behind its login: install the App, see the checks, try it.

It registers nothing and holds no key. Only the owner of this machine sees it: the checks speak of this machine.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.config.registration import registration_of
from app.web.pages.rendering import render
from app.web.setup.checkup import Checkup
from app.web.viewer import viewer_of

PAGE = "/setup/done"
CHECKS = "/setup/done/checks"
INSTALLED = "installed"

Handler = Callable[[Request], Awaitable[Response]]


class Done:
    """The endpoints. `github` is the address of GitHub's pages; `told` says that GitHub tells us news by itself."""

    def __init__(self, data: Path, *, github: str, told: bool, checkup: Checkup) -> None:
        self._data, self._github, self._told, self._checkup = data, github, told, checkup

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route(PAGE, _owners(self.show), methods=["GET"]),
            Route(CHECKS, _owners(self.checks), methods=["GET"]),
            Route(CHECKS, _owners(self.again), methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """`GET /setup/done`: the page. GitHub sends people here after installing, and says so."""
        if request.query_params.get("setup_action") == "install":
            self._checkup.begin()
            return RedirectResponse(f"{PAGE}?{INSTALLED}", 303)  # so that loading it again begins nothing
        if not self._checkup.begun:
            self._checkup.begin()
        return render(
            request,
            "setup_done.html",
            section="",
            app=registration_of(self._data),
            installed=INSTALLED in request.query_params,
            github=self._github,
            told=self._told,
            report=self._checkup.report,
        )

    async def checks(self, request: Request) -> Response:
        """`GET /setup/done/checks`: the part of the page that waits for the doctor."""
        if "hx-request" not in request.headers:
            return RedirectResponse(PAGE, 303)
        return render(request, "setup_checks.html", report=self._checkup.report)

    async def again(self, _request: Request) -> Response:
        """`POST /setup/done/checks`: look once more."""
        self._checkup.begin()
        return RedirectResponse(PAGE, 303)


def _owners(handler: Handler) -> Handler:
    async def handle(request: Request) -> Response:
        if viewer_of(request).repositories is not None:
            raise HTTPException(404)
        return await handler(request)

    return handle
