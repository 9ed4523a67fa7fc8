"""The set-up pages as answers: one template each, its style inside it, and a policy that allows nothing besides.

They load nothing, so that the last page still stands when the process that made it has ended.
"""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

OURSELVES = "'self'"
NOWHERE = "'none'"


def page(
    template: str, /, *, status: int = 200, forms_go_to: str = NOWHERE, waits: bool = False, **values: Any
) -> HTMLResponse:
    """Answer with a template of this package. Its forms can go to one place only.

    `waits` puts the one script on it, which goes on to the element `#next` once Handoff has started.
    """
    style = _file("app.web", "static", "handoff.css") + _file("app.web.setup", "setup.css")
    script = _file("app.web.setup", "wait.js") if waits else ""
    html = _templates().get_template(template).render(style=style, script=script, **values)
    policy = [
        "default-src 'none'",
        f"style-src {_digest(style)}",
        f"form-action {forms_go_to}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "img-src data:",
        *([f"script-src {_digest(script)}", "connect-src 'self'"] if waits else []),
    ]
    # GitHub is told which site a form comes from, as by any site, and never which page.
    headers = {"Content-Security-Policy": "; ".join(policy), "Referrer-Policy": "strict-origin"}
    return HTMLResponse(html, status, headers)


def origin(url: str) -> str:
    """Return an address down to its port, as a policy names it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("app.web.setup"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _file(package: str, *path: str) -> Markup:
    """Return a file of ours as it stands in the page: nothing in it needs escaping, for nobody else wrote it."""
    return Markup(files(package).joinpath(*path).read_text())  # noqa: S704


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
