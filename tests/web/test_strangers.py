"""What somebody without a login gets, on every route there is: health, the login, and nothing else."""

import re
from collections.abc import Iterator

import httpx
import pytest
from starlette.routing import BaseRoute, Mount, Route

from app.domain.credentials import token
from app.web.guard import HEALTH, LOGIN, STATIC
from tests.web.serving import PATH, Web

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OPEN = HEALTH | LOGIN | {PATH}


def places(routes: list[BaseRoute], below: str = "") -> Iterator[str]:
    """Every place that a request may reach; a route of a kind that we cannot look into is an error."""
    for route in routes:
        if isinstance(route, Mount):
            assert route.routes or (below + route.path + "/").startswith(STATIC), route.path
            yield from places(route.routes, below + route.path)
            yield f"{below}{route.path}/anything"
        else:
            assert isinstance(route, Route), f"a route of a kind that this test does not look into: {route!r}"
            yield below + re.sub(r"\{\w+(:\w+)?\}", "1", route.path)


def closed(web: Web) -> list[str]:
    assert web.app is not None
    every = {*places(web.app.routes), "/", "/docs", "/openapi.json", "/.env", "/nowhere/at/all"}
    return sorted(path for path in every if path not in OPEN and not path.startswith(STATIC))


def is_refusal(answer: httpx.Response) -> bool:
    if answer.status_code == 303:
        return answer.headers["location"].startswith("/login") and answer.text in {"", "Please log in."}
    return answer.status_code == 401


async def test_a_stranger_gets_nothing_from_any_route(web: Web):
    for path in closed(web):
        for method in METHODS:
            answer = await web.client.request(method, path)
            assert is_refusal(answer), f"{method} {path}: {answer.status_code}"


async def test_a_wrong_token_and_a_wrong_cookie_get_nothing_from_any_route(web: Web):
    strange = {"Authorization": "Bearer handoff_of_somebody_else"}, {"Cookie": "handoff-0=handoff_guessed"}
    for path in closed(web):
        for headers in strange:
            for method in ("GET", "POST"):
                answer = await web.client.request(method, path, headers=headers)
                assert is_refusal(answer), f"{method} {path}: {answer.status_code}"


async def test_nothing_that_a_stranger_posts_is_done(web: Web):
    assert web.ledger is not None
    before = await web.ledger.backlog()
    for path in closed(web):
        await web.client.post(path, data={"csrf": "guessed"}, headers={"X-CSRF-Token": "guessed"})
    assert await web.ledger.backlog() == before
    assert not (await web.ledger.switch("stop")).on


async def test_what_is_open_is_known_by_name(web: Web):
    assert web.app is not None
    every = {path for path in places(web.app.routes) if not path.startswith(STATIC)}
    assert OPEN - every == {"/login/github", "/login/github/callback"}, "GitHub's road is closed here"
    assert {
        PATH, "/healthz", "/readyz", "/login", "/login/github", "/login/github/callback",
    } == OPEN  # fmt: skip


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/", "/login"),
        ("/jobs/jabc", "/login?next=/jobs/jabc"),
        ("/jobs/jabc?tab=log&x=%20", "/login?next=/jobs/jabc%3Ftab%3Dlog%26x%3D%2520"),
    ],
)
async def test_a_person_is_shown_the_way_and_comes_back_to_where_they_wanted(web: Web, path: str, to: str):
    answer = await web.client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, to)


async def test_a_program_is_told_what_it_needs(web: Web):
    answer = await web.client.get("/api/v1/jobs")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="handoff"'
    assert "handoff token create NAME" in answer.json()["message"]


async def test_a_stream_and_a_part_of_a_page_are_not_sent_the_login_page(web: Web):
    stream = await web.client.get("/events", headers={"Accept": "text/event-stream"})
    part = await web.client.get("/", headers={"HX-Request": "true"})
    assert stream.status_code == 401
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/login")


async def test_a_token_is_let_in_until_it_is_revoked(web: Web):
    assert web.ledger is not None
    bearer = {"Authorization": f"Bearer {await web.ledger.grant(token('ci'))}"}
    assert (await web.client.get("/nowhere", headers=bearer)).status_code == 404
    await web.ledger.revoke_token("ci")
    assert (await web.client.get("/nowhere", headers=bearer)).status_code == 401


@pytest.mark.parametrize(
    "host", ["rebound.example.com", "", "localhost.example.com:8080", "[::2]", "[", "169.254.169.254"]
)
async def test_by_a_strange_name_nobody_is_let_in(web: Web, host: str):
    assert web.ledger is not None
    bearer = {"Authorization": f"Bearer {await web.ledger.grant(token('ci'))}"}
    for path in ("/", "/login", "/nowhere"):
        answer = await web.client.get(path, headers={**bearer, "Host": host})
        assert answer.status_code in {400, 421}, answer.text
    assert (await web.client.get("/healthz", headers={"Host": host or "x"})).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "LOCALHOST"])
async def test_by_a_name_of_this_machine_everybody_is_heard(web: Web, host: str):
    assert (await web.client.get("/login", headers={"Host": host})).status_code == 200
