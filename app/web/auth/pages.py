"""The login page, and the way in and out of a session. It decides nothing."""

from datetime import timedelta
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.web.auth.hosts import House
from app.web.pages import static


def login_page(
    *, status: int = 200, said: str = "", link: str = "", onward: str = "/", github: bool = False
) -> Response:
    """Answer with the login page: `said` is what went wrong, `link` the secret that the button sends."""
    template = _templates().get_template("login.html")
    return HTMLResponse(template.render(said=said, link=link, onward=onward, github=github), status)


def let_in(house: House, secret: str, lifetime: timedelta, onward: str) -> Response:
    """Send somebody on with a session. The cookie is for nobody's scripts and no other site's requests."""
    answer = RedirectResponse(onward, 303)
    answer.set_cookie(
        house.cookie,
        secret,
        max_age=int(lifetime.total_seconds()),
        path="/",
        secure=house.encrypted,
        httponly=True,
        samesite="lax",
    )
    return answer


def let_out(house: House) -> Response:
    """Send somebody to the login page, without a session."""
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(house.cookie, path="/", secure=house.encrypted, httponly=True, samesite="lax")
    return answer


def source_of(request: Request) -> str:
    """Return where a request comes from, as far as that is known."""
    return request.client.host if request.client else ""


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("app.web.auth"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = static.address
    return made
