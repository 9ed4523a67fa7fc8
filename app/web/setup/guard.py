"""Answers only who means us: a request for another host is refused, so that no foreign name can be made to point here.

https://owasp.org/www-community/attacks/DNS_Rebinding
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.answer import Answer

HEALTH = "/healthz"
"""Asked by programs of this machine, by whatever name; it says nothing about us."""


class OneHost:
    """Passes on what is addressed to `host`."""

    def __init__(self, app: ASGIApp, *, host: str) -> None:
        self._app, self._host = app, host.lower()
        self._refusal = Answer(
            421, f"You reached me by another name than mine. Open the link in the terminal, at {host}."
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse."""
        if scope["type"] != "http" or scope["path"] == HEALTH or self._is_meant(scope):
            await self._app(scope, receive, send)
        else:
            await self._refusal(send)

    def _is_meant(self, scope: Scope) -> bool:
        return [each.lower() for each in Headers(scope=scope).getlist("host")] == [self._host]
