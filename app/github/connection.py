"""One way to GitHub for every request: proof of identity, pace, limits, errors. It knows no resource.

githubkit builds the requests; what it does behind one's back is switched off: retries of writes, a cache
keyed by tokens that change, no time limit, a new client for every call, bodies without the fields that
its models do not know, waiting inside a call for an hour.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Generic, Self, TypeAlias, TypeVar, cast

import httpx
from githubkit import GitHub, Response
from githubkit.auth import BaseAuthStrategy
from githubkit.exception import GitHubException
from pydantic import TypeAdapter, ValidationError

from app.domain.errors import RateLimited
from app.github.auth import Clock
from app.github.failures import refused, seconds_to_wait, understood
from app.github.pacing import Kind, Pacing

API_VERSION = "2022-11-28"
"""The REST version we are written for; githubkit would send that of its newest schemas."""

DOT_COM = "https://api.github.com"
TIMEOUT = httpx.Timeout(20, connect=5)

_NOT_MODIFIED = 304

Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class Changed(Generic[Shape]):
    """What GitHub answered to a conditional question, and the name of this state of it (an HTTP ETag)."""

    value: Shape
    etag: str | None


class _Strategy(BaseAuthStrategy):
    """Lets githubkit use an `httpx` auth as it is."""

    def __init__(self, auth: httpx.Auth) -> None:
        self._auth = auth

    def get_auth_flow(self, github: object) -> httpx.Auth:  # noqa: ARG002, githubkit's signature
        return self._auth


class Kit(GitHub[_Strategy]):
    """githubkit, reading the wait that GitHub asks for in all its forms (its own fails on a date)."""

    clock: Clock

    def _extract_retry_after(self, response: Response[Any, Any]) -> timedelta:
        return timedelta(seconds=seconds_to_wait(response.headers, now=self.clock()))


Request: TypeAlias = Callable[[Kit], Awaitable[Response[Any, Any]]]
"""Builds and sends one request."""


class _Lasting(httpx.AsyncBaseTransport):
    """A transport that the short-lived clients of single calls cannot close."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._transport.handle_async_request(request)


async def nothing() -> None:
    """Be in nobody's way."""


class Connection:
    """Requests to one GitHub. Use it with `async with`, once per process."""

    def __init__(
        self,
        *,
        pacing: Pacing,
        clock: Clock,
        base_url: str = DOT_COM,
        user_agent: str = "handoff",
        transport: httpx.AsyncBaseTransport | None = None,
        before_writing: Callable[[], Awaitable[None]] = nothing,
    ) -> None:
        """Keep the parts. `base_url` is the API's root: `https://HOST/api/v3` on GitHub Enterprise Server.

        `before_writing` is asked before every request that changes something, and may refuse it with an error.
        """
        self._pacing = pacing
        self._clock = clock
        self._base_url = base_url
        self._user_agent = user_agent
        self._transport = transport or httpx.AsyncHTTPTransport()
        self._before_writing = before_writing

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.aclose()

    async def may(self, kind: Kind) -> None:
        """Return when a request of this kind may be sent at all; raises whatever `before_writing` does."""
        if kind in {Kind.WRITE, Kind.CREATE}:
            await self._before_writing()

    async def ask(
        self, auth: httpx.Auth, request: Request, shape: type[Shape], *, bucket: str, kind: Kind = Kind.READ
    ) -> Shape:
        """Send a request in its turn and read the JSON of the answer as `shape`.

        Raises:
            HandoffError: as `failures.py` sorts them. `Unreachable` leaves open whether a write happened.
        """
        return self.read(await self.send(auth, request, bucket=bucket, kind=kind), shape)

    async def ask_if_changed(
        self, auth: httpx.Auth, request: Request, shape: type[Shape], *, bucket: str
    ) -> "Changed[Shape] | None":
        """Read something with a request that has an `If-None-Match`; None says that nothing changed, and costs nothing.

        GitHub's ETag covers the token too: with another token everything has changed.
        """
        response = await self.send(auth, request, bucket=bucket)
        if response.status_code == _NOT_MODIFIED:
            return None
        return Changed(self.read(response, shape), response.headers.get("etag"))

    def read(self, response: Response[Any, Any], shape: type[Shape]) -> Shape:
        """Read the JSON of an answer as `shape`.

        Raises:
            Unreachable: it does not have this shape; a write that was answered so may have happened.
        """
        try:
            answer = response.json()
        except (ValueError, LookupError, TypeError) as error:
            raise understood(error, now=self._clock()) from error
        return self.understand(answer, shape)

    def understand(self, answer: Any, shape: type[Shape]) -> Shape:
        """Read parsed JSON as `shape`; raises `Unreachable` as `read` does."""
        try:
            found: Shape = _reader(cast("Any", shape)).validate_python(answer)
        except (ValidationError, ValueError, LookupError, TypeError) as error:
            raise understood(error, now=self._clock()) from error
        return found

    async def send(
        self, auth: httpx.Auth, request: Request, *, bucket: str, kind: Kind = Kind.READ
    ) -> Response[Any, Any]:
        """Send a request in its turn and return GitHub's success as it came."""
        await self.may(kind)
        await self._pacing.turn(bucket, kind)
        kit = self._kit(auth, follow_redirects=kind is Kind.READ)
        try:
            response = await request(kit)
        except (GitHubException, UnicodeEncodeError) as error:
            ours = understood(error, now=self._clock())
            if isinstance(ours, RateLimited):
                await self._pacing.hold(bucket, ours.after_seconds or 0)
            raise ours from error
        unchanged = response.status_code == _NOT_MODIFIED
        if (
            not response.raw_response.is_success and not unchanged
        ):  # a write that was redirected; githubkit raises for the rest
            raise refused(response.raw_response, now=self._clock())
        await self._pacing.observe(bucket, response.headers, now_seconds=self._clock().timestamp())
        return response

    async def graphql(
        self,
        auth: httpx.Auth,
        document: str,
        variables: dict[str, Any],
        *,
        bucket: str,
        kind: Kind = Kind.WRITE,
    ) -> dict[str, Any]:
        """Send GraphQL in its turn; errors that come with status 200 are raised like any other."""
        await self.may(kind)
        await self._pacing.turn(bucket, kind)
        kit = self._kit(auth, follow_redirects=False)
        try:
            return await kit.graphql.arequest(document, variables)
        except (GitHubException, ValidationError, UnicodeEncodeError) as error:
            ours = understood(error, now=self._clock())
            if isinstance(ours, RateLimited):
                await self._pacing.hold(bucket, ours.after_seconds or 0)
            raise ours from error

    def _kit(self, auth: httpx.Auth, *, follow_redirects: bool) -> Kit:
        kit = Kit(
            _Strategy(auth),
            base_url=self._base_url,
            user_agent=self._user_agent,
            timeout=TIMEOUT,
            follow_redirects=follow_redirects,
            async_transport=_Lasting(self._transport),
            async_event_hooks={"request": [_pin_version]},
            http_cache=False,
            auto_retry=False,
            rest_api_validate_body=False,
        )
        kit.clock = self._clock
        return kit


async def _pin_version(request: httpx.Request) -> None:
    request.headers["X-GitHub-Api-Version"] = API_VERSION


@cache
def _reader(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)
