"""The table of pages, and which requests are for a page at all. GitHub's REST root is the same address here."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localhub import rest

Endpoint = Callable[[Request], Awaitable[Response]]

RESERVED = frozenset({
    "_hub", "_pages", "app", "app-manifests", "applications", "apps", "avatars", "emojis", "enterprises", "events",
    "favicon.ico", "feeds", "gists", "github-apps", "graphql", "installation", "installations", "issues", "licenses", "login",
    "marketplace_listing", "markdown", "meta", "networks", "notifications", "octocat", "organizations", "orgs",
    "projects", "rate_limit", "repos", "repositories", "search", "settings", "setup", "teams", "user", "users",
    "versions", "zen",
})  # fmt: skip
"""Words that begin an address of the API or of the hub itself, so nobody's name: `/{owner}` is never one of them."""

_PAGES: list[Route] = []
_FROM_ANYWHERE: list[Route] = []


def page(method: str, path: str, *, from_anywhere: bool = False) -> Callable[[Endpoint], Endpoint]:
    """Register a page. `{owner}` and `{repo}` match one segment, `{number:int}` digits, `{path:path}` the rest.

    A form of another site may post to a page `from_anywhere`, so such a page must only ask back and change nothing.
    """

    def register(endpoint: Endpoint) -> Endpoint:
        _PAGES.append(Route(path, endpoint, methods=[method]))
        if from_anywhere:
            _FROM_ANYWHERE.append(_PAGES[-1])
        return endpoint

    return register


def routes() -> list[Route]:
    """Every page, those with a fixed address first: `/settings/apps/new` before `/{owner}/{repo}/{more}`."""
    return sorted(_PAGES, key=lambda route: [part.startswith("{") for part in route.path.split("/")])


def is_page(method: str, path: str, headers: Mapping[str, str]) -> bool:
    """Whether a request is for a page rather than for the API.

    No page borrows a reserved word as somebody's name. Where both know an address (`/apps/{slug}`), the page is for
    whoever asks for HTML, and so is an address that nobody knows.
    """
    for route in _PAGES:
        match = route.path_regex.match(path)
        if match and match.groupdict().get("owner", "") not in RESERVED:
            return wants_html(headers) or rest.find(method, path) is None
    return False


def wants_html(headers: Mapping[str, str]) -> bool:
    """Whether the client says that it reads HTML, as browsers do."""
    return "text/html" in headers.get("accept", "")


def is_elsewhere(method: str, path: str, headers: Mapping[str, str]) -> bool:
    """Whether a page of another site sent this to change something: browsers say so, and programs have no reason to."""
    if method in ("GET", "HEAD", "OPTIONS") or any(r.path_regex.match(path) for r in _FROM_ANYWHERE):
        return False
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != headers.get("host"):
        return True
    return site not in (None, "same-origin", "none")
