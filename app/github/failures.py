"""The only place where GitHub's failures become our errors, sorted by who must act.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from githubkit.exception import GraphQLFailed, RateLimitExceeded, RequestError, RequestFailed
from pydantic import ValidationError

from app.domain.errors import (
    BadConfiguration,
    Conflict,
    Defect,
    HandoffError,
    NotAllowed,
    NotFound,
    RateLimited,
    Refused,
    TryAgain,
    Unreachable,
)

WAIT_SECONDS_MIN = 60.0
"""GitHub's rule for a limit that does not say how long: at least a minute."""

_WAIT_SECONDS_MAX = 3600.0 * 6
_WORDS_MAX = 300
_LIMIT = re.compile(r"secondary rate|rate limit|abuse detection|submitted too quickly", re.IGNORECASE)
_MISSING = "Resource not accessible by integration"


class Unprocessable(Refused):
    """GitHub understood the request and refuses its content (409 or 422)."""

    def __init__(self, message: str, *, messages: Sequence[str] = ()) -> None:
        """Keep what GitHub said, one entry per objection, to be matched on."""
        super().__init__(message)
        self.messages = tuple(messages)


class Gone(NotFound):
    """It was there and was deleted (410), which GitHub tells only those who could see it."""


class TooLarge(Refused):
    """GitHub does not show something of this size."""


def understood(error: Exception, *, now: datetime) -> HandoffError:
    """Return our error for whatever came out of a call; our own pass through unchanged."""
    match error:
        case HandoffError():
            return error
        case RateLimitExceeded():
            return RateLimited(
                f"GitHub's rate limit: {_message(error.response.raw_response)}",
                after_seconds=error.retry_after.total_seconds(),
            )
        case RequestFailed():
            return refused(error.response.raw_response, now=now)
        case GraphQLFailed():
            found = [problem.model_dump() for problem in error.response.errors or ()]
            return graphql_refused(found)
        case RequestError(exc=HandoffError() as ours):
            return ours
        case RequestError(exc=httpx.UnsupportedProtocol() | httpx.InvalidURL() as wrong):
            return BadConfiguration(f"GitHub's address cannot be used: {wrong}.")
        case RequestError(exc=httpx.RequestError() as broken):
            return Unreachable(f"GitHub did not answer ({type(broken).__name__}).")
        case UnicodeEncodeError():
            return Defect("A text for GitHub holds characters that are no Unicode, so it was not sent.")
        case ValidationError() | ValueError() | LookupError() | TypeError():
            return Unreachable("GitHub's answer does not have the shape that I know.")
        case _:
            inner = getattr(error, "exc", error)
            return Defect(f"A call to GitHub failed in a way I do not know: {type(inner).__name__}.")


def refused(response: httpx.Response, *, now: datetime) -> HandoffError:
    """Return our error for an answer that is not a success."""
    said = _message(response)
    match response.status_code:
        case 403 | 429 if _is_rate_limit(response, said):
            return RateLimited(
                f"GitHub's rate limit: {said}", after_seconds=seconds_to_wait(response.headers, now=now)
            )
        case 422 if _LIMIT.search(said):
            return RateLimited(
                f"GitHub's rate limit: {said}", after_seconds=seconds_to_wait(response.headers, now=now)
            )
        case 401:
            return TryAgain(f"GitHub does not accept the token that it gave me: {said}", after_seconds=10)
        case 403 | 451:
            return NotAllowed(_forbidden(response, said))
        case 410 if "deleted" in said.lower():  # the other 410 is that issues are switched off
            return Gone(f"GitHub says of {response.request.url.path}: {said}")
        case 404 | 410:
            return NotFound(f"GitHub does not show me {response.request.url.path}: {said}")
        case 301 | 302 | 307 | 308:
            return NotFound(f"{response.request.url.path} has moved; a write is not sent after it.")
        case 406:
            return TooLarge(said)
        case 409 | 422:
            return Unprocessable(f"GitHub refuses this: {said}", messages=_objections(response))
        case 405 | 412:
            return Conflict(f"GitHub refuses this as things stand: {said}")
        case status if status >= 500:
            return Unreachable(
                f"GitHub answered {status}: {said}", after_seconds=retry_after(response.headers, now=now)
            )
        case status:
            return Defect(f"GitHub did not understand my request ({status}): {said}")


def graphql_refused(errors: Sequence[Mapping[str, Any]]) -> HandoffError:
    """Return our error for the `errors` of a GraphQL answer, which come with status 200."""
    said = "; ".join(str(error.get("message", "")) for error in errors)[:_WORDS_MAX]
    match {str(error.get("type", "")) for error in errors}:
        case kinds if kinds & {"RATE_LIMITED", "RATE_LIMIT"}:
            return RateLimited(f"GitHub's rate limit: {said}", after_seconds=WAIT_SECONDS_MIN)
        case kinds if kinds & {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
            return NotAllowed(f"GitHub does not allow this: {said}")
        case kinds if "NOT_FOUND" in kinds:
            return NotFound(f"GitHub does not show me this: {said}")
        case kinds if kinds & {"SERVICE_UNAVAILABLE", "INTERNAL"}:
            return Unreachable(f"GitHub failed: {said}")
        case _:
            return Unprocessable(
                f"GitHub refuses this: {said}", messages=[str(e.get("message", "")) for e in errors]
            )


def seconds_to_wait(headers: Mapping[str, str], *, now: datetime) -> float:
    """Return how long GitHub wants us to wait: `retry-after`, else the reset of a spent limit, else a minute."""
    wait = retry_after(headers, now=now)
    if wait is None and headers.get("x-ratelimit-remaining") == "0":
        wait = _until(headers.get("x-ratelimit-reset", ""), now)
    return WAIT_SECONDS_MIN if wait is None else wait


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Read `retry-after`, in seconds or as an HTTP date (RFC 9110, 10.2.3); None when absent or unreadable."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return min(float(value), _WAIT_SECONDS_MAX)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return _between((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now.timestamp())


def _until(reset: str, now: datetime) -> float | None:
    return _between(float(reset) - now.timestamp()) if reset.isdecimal() else None


def _between(seconds: float) -> float:
    return max(1.0, min(seconds, _WAIT_SECONDS_MAX))


def _is_rate_limit(response: httpx.Response, said: str) -> bool:
    headers = response.headers
    spent = headers.get("x-ratelimit-remaining") == "0"
    return response.status_code == 429 or "retry-after" in headers or spent or _LIMIT.search(said) is not None


def _forbidden(response: httpx.Response, said: str) -> str:
    """Name the permission that is missing: GitHub says in a header which ones would have done."""
    accepted = response.headers.get("x-accepted-github-permissions", "").replace("=", ": ")
    if _MISSING in said and accepted:
        return (
            f"The App lacks a permission that GitHub asks for here ({accepted}). "
            "Give it to the App, and accept the change where the App is installed."
        )
    return f"GitHub does not allow this: {said}"


def _message(response: httpx.Response) -> str:
    """Return what GitHub said in one line, cut; its documentation address is left out."""
    body = _json(response)
    said = str(body.get("message") or response.reason_phrase or f"status {response.status_code}")
    return "; ".join((said, *(m for m in _objections(response) if m not in said)))[:_WORDS_MAX]


def _objections(response: httpx.Response) -> list[str]:
    """Read the `errors` of an answer, which are sentences or objects, one sentence each."""
    errors = _json(response).get("errors")
    if isinstance(errors, str):
        return [errors]
    return [_objection(error) for error in errors] if isinstance(errors, list) else []


def _objection(error: object) -> str:
    if isinstance(error, dict):
        return str(
            error.get("message")
            or " ".join(str(error[k]) for k in ("resource", "field", "code") if k in error)
        )
    return str(error)


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
