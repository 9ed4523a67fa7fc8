"""The one gate: nobody gets past it without a login, and no act that a logged-in person did not mean.

It knows no route. What it does not list as open is closed, also what does not exist and what will be added. The
webhook has a door of its own (`ahead.py`), with a signature for a key.
"""

import json
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.errors import TryAgain
from app.web.answer import Answer
from app.web.auth import forgery
from app.web.auth.hosts import House
from app.web.auth.who import Asking, Who
from app.web.webhook import read_body

HEALTH: Final = frozenset({"/healthz", "/readyz"})
"""Asked by programs, by whatever name we have where they are."""
LOGIN: Final = frozenset({"/login", "/login/github", "/login/github/callback"})
STATIC: Final = "/static/"
API: Final = "/api/"
BODY_BYTES_MAX: Final = 1024 * 1024

STRANGE_HOST = Answer(
    421,
    "You reached me by a name that is not mine. Use localhost, or tell me my own name: set HANDOFF_PUBLIC_URL to "
    "the address that people use.",
)
FORGED = Answer(
    403,
    "This did not come from one of my own pages, or the page was too old, so I did nothing. "
    "Load the page again and try once more.",
)
LARGE = Answer(413, "This is more than a form of mine can hold.", {"Connection": "close"})
TROUBLE = Answer(
    503, "I cannot look up who you are just now. Please try again in a moment.", {"Retry-After": "5"}
)


class Guard:
    """Lets pass who is known, with `request.state.viewer` set; sends everybody else to the login."""

    def __init__(self, app: ASGIApp, *, who: Who, house: House) -> None:
        self._app, self._who, self._house = app, who, house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] == "lifespan" or (scope["type"] == "http" and scope["path"] in HEALTH):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._guard(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _guard(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if not self._house.knows(headers.getlist("host")):
            await STRANGE_HOST(send)
        elif is_open(scope["path"]):
            await self._app(scope, receive, send)
        else:
            await self._admit(headers, scope, receive, send)

    async def _admit(self, headers: Headers, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            asking = await self._who.asks(headers)
        except TryAgain:
            await TROUBLE(send)
            return
        if asking is None:
            await stranger(scope, headers)(send)
            return
        scope.setdefault("state", {})["viewer"] = asking.viewer
        if asking.by_cookie and scope["method"] not in forgery.SAFE_METHODS:
            await self._prove(asking, headers, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _prove(
        self, asking: Asking, headers: Headers, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Pass on an act of which the person's own page can be told."""
        try:
            body = await read_body(receive, BODY_BYTES_MAX)
        except ConnectionError:
            return
        if body is None:
            await LARGE(send)
        elif forgery.comes_from_us(headers) and forgery.has_token(headers, body, asking.viewer.csrf):
            await self._app(scope, _once_more(body, receive), send)
        else:
            await FORGED(send)


def is_open(path: str) -> bool:
    """Say whether strangers may ask for this: to log in, and what the login page is made of."""
    return path in LOGIN or path.startswith(STATIC)


def stranger(scope: Scope, headers: Headers) -> Answer:
    """Return the answer to somebody unknown: programs are told, people are shown the way."""
    path: str = scope["path"]
    if path.startswith(API) or "authorization" in headers or _streams(headers):
        said = "Please log in, or send a token: `Authorization: Bearer …`. `handoff token create NAME` makes one."
        typed = {"Content-Type": "application/json", "WWW-Authenticate": 'Bearer realm="handoff"'}
        return Answer(401, json.dumps({"message": said}), typed)
    if "hx-request" in headers:  # a part of a page must not be replaced by the login
        return Answer(401, "Please log in again.", {"HX-Redirect": "/login"})
    return Answer(303, "Please log in.", {"Location": f"/login{_onward(scope)}"})


def _onward(scope: Scope) -> str:
    """Return the query by which the login page knows where somebody wanted to go."""
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    wanted = f"{path}?{query}" if query else path
    return "" if scope["method"] != "GET" or wanted == "/" else f"?next={quote(wanted, safe='/')}"


def _streams(headers: Headers) -> bool:
    return "text/event-stream" in headers.get("accept", "")


def _once_more(body: bytes, receive: Receive) -> Receive:
    """Return a way to receive a body that was read already, and then whatever follows it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again
