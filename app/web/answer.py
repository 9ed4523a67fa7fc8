"""Answers to requests that no framework needs to render: a status, a sentence, and the headers every answer has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Cache-Control": "no-store",
        # What a page of ours is made of, we serve; no script and no style stands in a page.
        "Content-Security-Policy": (
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
            "frame-ancestors 'none'"
        ),
        "Cross-Origin-Resource-Policy": "same-origin",
        # Not no-referrer: a browser would then keep from us, too, where a form comes from.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)
_RAW = tuple((name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items())


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, and one sentence for whoever reads it. `close` ends the connection, with what is still in it."""

    status: int
    sentence: str
    headers: Mapping[str, str] = field(default_factory=dict)

    async def __call__(self, send: Send) -> None:
        """Send it."""
        body = self.sentence.encode()
        headers = {
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Length": str(len(body)),
            **self.headers,
        }
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        await send({"type": "http.response.body", "body": body})


class SecurityHeaders:
    """Puts the headers that every answer has on every answer, also on one that went wrong."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app inside does."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(each for each in _RAW if each[0] not in said)]
            await send(message)

        await self._app(scope, receive, send_with_headers)
