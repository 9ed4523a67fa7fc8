"""Templates, and the head of every page. Everything is escaped unless `pages.markdown` made it."""

import re
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from localhub import clock
from localhub.pages.asking import hub_of
from localhub.pages.person import acting_person, people, role_in
from localhub.world.people import User

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def render(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Answer with the template `name`, which extends `base.html`.

    The template has, besides `values`: `hub`, `you` (the acting person, None when there is nobody), `people`,
    `your_role` (in `home`, if one of the values is a repository called so) and `here` (this page's address).
    """
    you = _you(request)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    common = {"hub": hub_of(request), "people": people(hub_of(request)), "you": you, "here": here}
    role = "" if you is None else role_in(you, values.get("home"))
    text = templates().get_template(name).render({**common, "your_role": role, **values})
    return HTMLResponse(text, status, HEADERS)


def _you(request: Request) -> User | None:
    return acting_person(request) if people(hub_of(request)) else None


@cache
def templates() -> Environment:
    """The templates; a name that is missing in one is an error, never an empty place."""
    made = Environment(
        loader=PackageLoader("localhub.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "iso": clock.iso,
        "moment": moment,
        "path": quote_path,
        "tint": tint,
        "bot_name": bot_name,
    }
    return made


def moment(instant: datetime) -> str:
    """A point in time as the pages write it: `12 Mar 2026, 14:05 UTC`."""
    return f"{instant:%-d %b %Y, %H:%M} UTC"


def quote_path(text: str) -> str:
    """A path or name fit for an address; slashes stay."""
    return quote(text, safe="/")


def tint(color: str) -> str:
    """A label's colour if it is one, grey if somebody wrote something else there."""
    return color if re.fullmatch(r"[0-9a-fA-F]{6}", color) else "ededed"


def bot_name(login: str) -> str:
    """A login as GitHub shows it: without the `[bot]` at its end."""
    return login.removesuffix("[bot]")
