"""The ASGI application: sends each request to the control API, to git, to GraphQL, to a page or to REST.

Everything but the control API and the pages passes the same gates: log, faults, holds.
"""

import re
from pathlib import Path

from starlette.types import Receive, Scope, Send

from localhub import gates
from localhub.control.routes import control_app
from localhub.exchange import Exchange
from localhub.git.http import serve_git
from localhub.graphql.endpoint import serve_graphql
from localhub.hub import Hub
from localhub.pages.routing import is_elsewhere, is_page
from localhub.pages.table import pages_app
from localhub.rest.endpoint import serve_rest

_GIT = re.compile(r"^/[^/]+/[^/]+/(info/refs|git-upload-pack|git-receive-pack|HEAD|objects/.*)$")

FOREIGN = b"This came from a page of another site, so nothing was done. Open the page here and try again.\n"


def create_hub(data: Path) -> tuple["HubApplication", Hub]:
    """A pretend GitHub that keeps its repositories under `data`, and the ASGI application that serves it."""
    hub = Hub(data)
    return HubApplication(hub), hub


class HubApplication:
    """The ASGI application of one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._control = control_app(hub)
        self._pages = pages_app(hub)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        exchange = Exchange(scope, receive, send)
        if is_elsewhere(exchange.method, path, exchange.headers):
            await exchange.answer(403, {"Content-Type": "text/plain"}, FOREIGN)
            return
        if path.startswith("/_hub"):
            await self._control(scope, receive, send)
            return
        if _GIT.match(path):
            await gates.through(self._hub, exchange, serve_git)
        elif path == "/graphql":
            await gates.through(self._hub, exchange, serve_graphql)
        elif is_page(exchange.method, path, exchange.headers):
            await self._pages(scope, receive, send)
        else:
            await gates.through(self._hub, exchange, serve_rest)
