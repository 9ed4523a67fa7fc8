"""Takes the requests of one route past the framework, whose layers cost as much as receiving a delivery does.

The route stays in the application's own table: whoever asks which routes there are must be told of all.
"""

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send


class Ahead:
    """Answers what is for a route, by any method, and hands everything else to the app inside."""

    def __init__(self, app: ASGIApp, *, route: Route) -> None:
        self._app, self._path, self._endpoint = app, route.path, route.app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request, or the lifespan, on to whom it is for."""
        ours = scope["type"] == "http" and scope["path"] == self._path
        await (self._endpoint if ours else self._app)(scope, receive, send)
