"""Coming in by a link that works once, staying in, acting, and going out again."""

import re
from datetime import timedelta

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.domain.credentials import CredentialKind, Grant, link, token
from app.domain.errors import TryAgain
from app.web.auth.forgery import token_of
from app.web.auth.hosts import House
from app.web.auth.onward import onward
from app.web.auth.who import Who
from app.web.guard import Guard
from app.web.viewer import viewer_of
from tests.web.serving import Web

COOKIE = "handoff-0"


async def who(request: Request) -> Response:
    """Say who was let in, and what came through the gate."""
    viewer = viewer_of(request)
    form = (await request.body()).decode()
    return JSONResponse({"name": viewer.name, "login": viewer.login, "csrf": viewer.csrf, "body": form})


@pytest.fixture
async def house(web: Web) -> Web:
    """A web process with one more page, that says who looks at it."""
    assert web.app is not None
    web.app.router.routes.insert(0, Route("/who", who, methods=["GET", "POST"]))
    return web


async def new_link(web: Web) -> str:
    assert web.ledger is not None
    return await web.ledger.grant(link("ada"))


async def test_looking_at_a_link_does_not_use_it_up(house: Web):
    secret = await new_link(house)
    for _ in range(3):  # a chat shows a preview, a scanner looks, then the person does
        page = await house.client.get("/login", params={"link": secret})
        assert page.status_code == 200
        assert f'name="link" value="{secret}"' in page.text
    answer = await house.client.post("/login", data={"link": secret, "next": "/who"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/who")
    assert (await house.client.get("/who")).json()["name"] == "ada"


async def test_a_link_works_once(house: Web):
    secret = await new_link(house)
    assert (await house.client.post("/login", data={"link": secret})).status_code == 303
    house.client.cookies.clear()
    again = await house.client.post("/login", data={"link": secret})
    assert again.status_code == 403
    assert "used already" in again.text
    assert "set-cookie" not in again.headers
    assert (await house.client.get("/who")).status_code == 303


async def test_a_link_that_is_too_old_is_no_link(house: Web):
    assert house.ledger is not None
    over = Grant(kind=link("ada").kind, name="ada", lifetime=timedelta(seconds=-1))
    answer = await house.client.post("/login", data={"link": await house.ledger.grant(over)})
    assert answer.status_code == 403


async def test_neither_a_token_nor_a_session_is_a_link(house: Web):
    assert house.ledger is not None
    browser = await house.log_in()
    for secret in (await house.ledger.grant(token("ci")), browser.cookies[COOKIE], ""):
        assert (await house.client.post("/login", data={"link": secret})).status_code == 403
    await browser.aclose()


async def test_a_link_is_neither_a_session_nor_a_token(house: Web):
    secret = await new_link(house)
    for headers in ({"Cookie": f"{COOKIE}={secret}"}, {"Authorization": f"Bearer {secret}"}):
        assert (await house.client.get("/who", headers=headers)).status_code in {303, 401}


async def test_the_cookie_is_for_nobody_elses_eyes(house: Web):
    answer = await house.client.post("/login", data={"link": await new_link(house)})
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("handoff-0=handoff_")
    assert {"httponly", "samesite=lax", "path=/", "max-age=2592000"} <= set(cookie.split("; "))


def test_over_tls_the_cookie_is_bound_to_our_host():
    house = House(public_url="https://handoff.example.com", host="0.0.0.0", port=8080)  # noqa: S104
    assert (house.encrypted, house.cookie) == (True, "__Host-handoff")
    assert house.knows(["handoff.example.com"])
    assert not house.knows(["0.0.0.0:8080"])
    assert not house.knows(["handoff.example.com", "localhost"])


async def test_only_digests_are_kept(house: Web):
    secret = await new_link(house)
    browser = await house.log_in()
    stored = b"".join(part.read_bytes() for part in house.database.parent.glob("handoff.db*"))
    assert b"credentials" in stored
    assert secret.encode() not in stored
    assert browser.cookies[COOKIE].encode() not in stored
    await browser.aclose()


async def test_an_act_needs_what_only_our_pages_know(house: Web):
    browser = await house.log_in()
    csrf = (await browser.get("/who")).json()["csrf"]
    form = await browser.post("/who", data={"do": "it", "csrf": csrf})
    header = await browser.post("/who", json={"do": "it"}, headers={"X-CSRF-Token": csrf})
    assert form.json()["body"] == f"do=it&csrf={csrf}"
    assert header.json()["body"] == '{"do":"it"}'
    for wrong in ({}, {"csrf": ""}, {"csrf": csrf[:-1]}, {"csrf": token_of("another session")}):
        answer = await browser.post("/who", data={"do": "it", **wrong})
        assert answer.status_code == 403, wrong
        assert "I did nothing" in answer.text
    await browser.aclose()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
    ],
)
async def test_an_act_from_another_site_is_refused_even_with_the_token(house: Web, headers: dict[str, str]):
    browser = await house.log_in()
    csrf = (await browser.get("/who")).json()["csrf"]
    assert (await browser.post("/who", data={"csrf": csrf}, headers=headers)).status_code == 403
    ours = {"Sec-Fetch-Site": "same-origin", "Origin": house.url}
    assert (await browser.post("/who", data={"csrf": csrf}, headers=ours)).status_code == 200
    await browser.aclose()


async def test_another_site_cannot_log_a_browser_in(house: Web):
    secret = await new_link(house)
    headers = {"Origin": "https://evil.example.com", "Sec-Fetch-Site": "cross-site"}
    answer = await house.client.post("/login", data={"link": secret}, headers=headers)
    assert answer.status_code == 403
    assert (await house.client.post("/login", data={"link": secret})).status_code == 303


async def test_a_program_needs_no_such_proof(house: Web):
    assert house.ledger is not None
    bearer = {"Authorization": f"Bearer {await house.ledger.grant(token('ci'))}"}
    answer = await house.client.post("/who", content=b"do it", headers=bearer)
    assert answer.json() == {"name": "ci", "login": "", "csrf": "", "body": "do it"}


async def test_logging_out_ends_the_session_everywhere(house: Web):
    browser = await house.log_in()
    session = browser.cookies[COOKIE]
    csrf = (await browser.get("/who")).json()["csrf"]
    assert (await browser.post("/logout")).status_code == 403
    answer = await browser.post("/logout", data={"csrf": csrf})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert COOKIE not in browser.cookies
    stolen = await house.client.get("/who", headers={"Cookie": f"{COOKIE}={session}"})
    assert stolen.status_code == 303
    await browser.aclose()


async def test_logging_in_again_ends_the_session_before_it(house: Web):
    browser = await house.log_in()
    before = browser.cookies[COOKIE]
    await browser.post("/login", data={"link": await new_link(house)})
    assert browser.cookies[COOKIE] != before
    stale = await house.client.get("/who", headers={"Cookie": f"{COOKIE}={before}"})
    assert stale.status_code == 303
    await browser.aclose()


async def test_whoever_guesses_has_to_wait(house: Web):
    answers = [(await house.client.post("/login", data={"link": "guess"})).status_code for _ in range(21)]
    assert answers == [403] * 20 + [429]


async def test_a_form_too_large_for_a_person_is_not_read(house: Web):
    browser = await house.log_in()
    csrf = (await browser.get("/who")).json()["csrf"]
    answer = await browser.post("/who", data={"csrf": csrf, "more": "x" * 1024 * 1024})
    assert answer.status_code == 413
    await browser.aclose()


class Away:
    """A ledger whose database does not answer."""

    async def credential(self, _secret: str, _kind: CredentialKind) -> None:
        raise TryAgain("The database could not do this just now.")


async def test_a_ledger_that_cannot_be_asked_lets_nobody_in():
    async def inside(*_: object) -> None:
        raise AssertionError("somebody was let in")

    guard = Guard(inside, who=Who(Away(), COOKIE), house=House(public_url=None, host="127.0.0.1", port=0))
    transport = httpx.ASGITransport(guard)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as browser:
        for headers in ({"Cookie": f"{COOKIE}=handoff_x"}, {"Authorization": "Bearer handoff_x"}):
            answer = await browser.get("/", headers=headers)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize(
    ("wanted", "to"),
    [
        ("/jobs/jabc?tab=log", "/jobs/jabc?tab=log"),
        ("/", "/"),
        (None, "/"),
        ("", "/"),
        ("//evil.example.com", "/"),
        ("/\\evil.example.com", "/"),
        ("https://evil.example.com", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("/a\n", "/"),
        ("javascript:alert(1)", "/"),
        ("/" + "a" * 500, "/"),
    ],
)
def test_after_the_login_people_stay_with_us(wanted: str | None, to: str):
    assert onward(wanted) == to


async def test_what_the_address_says_is_text_on_the_page(house: Web):
    sly = '"><script>alert(1)</script>'
    page = await house.client.get("/login", params={"link": sly, "next": f"/{sly}"})
    assert "<script" not in page.text
    assert not re.search(r"<[^>]+\son\w+=", page.text)


async def test_the_login_page_says_how_to_get_in(web: Web):
    page = await web.client.get("/login")
    assert "handoff login" in page.text
    assert "GitHub" not in page.text
