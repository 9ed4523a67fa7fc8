"""GitHub's page on which a person lets an App know who they are, and the exchange behind it."""

import json
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from localhub.errors import Refusal
from localhub.operations import authorizing
from localhub.operations.authorizing import TOKEN_LIFETIME, Denied
from localhub.pages.asking import form_of, hub_of
from localhub.pages.person import acting_person
from localhub.pages.rendering import render
from localhub.pages.routing import page

ASKED = ("client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method")


@page("GET", "/login/oauth/authorize")
async def ask(request: Request) -> Response:
    """Who asks, and two buttons."""
    asked = {name: request.query_params[name] for name in ASKED if name in request.query_params}
    app, _ = authorizing.app_for(hub_of(request), asked)
    return render(request, "authorize.html", app=app, asked=asked, person=acting_person(request))


@page("POST", "/login/oauth/authorize")
async def answer(request: Request) -> Response:
    """The buttons: the person goes back with a code, or with a no."""
    form = await form_of(request)
    _, back = authorizing.app_for(hub_of(request), form)
    state = {"state": form["state"]} if "state" in form else {}
    if "allow" not in form:
        told = {"error": "access_denied", "error_description": "The user has denied your application access."}
        return RedirectResponse(f"{back}?{urlencode({**told, **state})}", 302)
    code = authorizing.allow(hub_of(request), acting_person(request), form)
    return RedirectResponse(f"{back}?{urlencode({'code': code, **state})}", 302)


@page("POST", "/login/oauth/access_token")
async def exchange(request: Request) -> Response:
    """The code for a token. What is wrong is said in the body, with status 200, as GitHub does."""
    try:
        token = authorizing.exchange(hub_of(request), await _fields(request))
    except Denied as denied:
        return _said(request, {"error": str(denied), "error_description": "See the documentation."})
    told: dict[str, str | int] = {"access_token": token.value, "scope": "", "token_type": "bearer"}
    return _said(request, {**told, "expires_in": int(TOKEN_LIFETIME.total_seconds())})


async def _fields(request: Request) -> dict[str, str]:
    if "json" not in request.headers.get("content-type", ""):
        return {**dict(parse_qsl(request.url.query)), **await form_of(request)}
    try:
        document = json.loads(await request.body())
    except ValueError as error:
        raise Refusal(400, "Problems parsing JSON") from error
    return {name: str(value) for name, value in document.items()} if isinstance(document, dict) else {}


def _said(request: Request, told: dict[str, str | int]) -> Response:
    if "json" in request.headers.get("accept", ""):
        return JSONResponse(told)
    return Response(urlencode(told), media_type="application/x-www-form-urlencoded")
