"""Templates, and what every page has: its frame, its policy, and the words for time. Everything is escaped.

A name that is missing in a template is an error, never an empty place.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.web.pages import phrasing, static
from app.web.viewer import Viewer, viewer_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Section:
    """A place in the frame's navigation."""

    key: str
    name: str
    address: str


SECTIONS = (Section("desk", "Desk", "/"),)
"""What the navigation offers, in its order."""


def render(
    request: Request, name: str, *, status: int = 200, section: str = "desk", **values: Any
) -> HTMLResponse:
    """Answer somebody whom the guard let in with a template, which extends `base.html` or is a part of a page.

    Besides `values` it has `viewer`, `sections`, `section` (the current one's key) and `now`.
    """
    return HTMLResponse(
        text(name, viewer=viewer_of(request), section=section, **values),
        status,
        {"Content-Security-Policy": POLICY},
    )


def text(name: str, *, viewer: Viewer, section: str = "desk", **values: Any) -> str:
    """Return a rendered template."""
    common = {"viewer": viewer, "sections": SECTIONS, "section": section}
    return _templates().get_template(name).render({**common, "now": datetime.now(UTC), **values})


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("app.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "ago": phrasing.ago,
        "ahead": phrasing.ahead,
        "duration": phrasing.duration,
        "exact": phrasing.exact,
        "marked": phrasing.marked,
    }
    made.globals["asset"] = static.address
    return made
