"""Importing this registers every page, and makes the application that serves them."""

from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from localhub.errors import Refusal
from localhub.hub import Hub
from localhub.pages import acts, authorizing, code, conversation, files, front, issues, pulls, registering
from localhub.pages.asking import form_of, hub_of
from localhub.pages.person import people, remember
from localhub.pages.rendering import HEADERS, render
from localhub.pages.routing import page, routes

__all__ = [
    "acts",
    "authorizing",
    "code",
    "conversation",
    "files",
    "front",
    "issues",
    "pages_app",
    "pulls",
    "registering",
]

_STYLE = Path(__file__).parent / "static" / "style.css"


@page("GET", "/_pages/style.css")
async def _style(_request: Request) -> Response:
    return FileResponse(_STYLE, media_type="text/css", headers={**HEADERS, "Cache-Control": "no-cache"})


@page("POST", "/_pages/you")
async def _become(request: Request) -> Response:
    """Be somebody else from now on."""
    form = await form_of(request)
    chosen = next((each for each in people(hub_of(request)) if each.login == form.get("login")), None)
    if chosen is None:
        raise Refusal(404, f"Nobody here is called {form.get('login')}.")
    answer = RedirectResponse(acts.inside(form.get("back", "/")), 303)
    remember(answer, chosen)
    return answer


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    came_from = urlsplit(request.headers.get("referer", ""))
    back = acts.inside(came_from.path) if came_from.netloc == request.headers.get("host") else "/"
    told = acts.sentence(error)
    return render(request, "refused.html", status=error.status, told=told, back=back, code=error.status)


async def _unknown(request: Request, _error: Exception) -> Response:
    return await _refused(request, Refusal(404, "There is no such page here."))


def pages_app(hub: Hub) -> Starlette:
    """The ASGI application of all pages."""
    made: list[Route] = routes()
    app = Starlette(routes=made, exception_handlers={Refusal: _refused, 404: _unknown, 405: _unknown})
    app.state.hub = hub
    return app
