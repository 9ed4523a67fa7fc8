"""Coming in by way of GitHub, which localhub plays: its pages in a browser, its exchange, its word for who sees what."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.web.auth.hosts import House
from app.web.auth.trip import LIFETIME_SECONDS, Trip, seal, unseal
from app.web.viewer import viewer_of
from localhub.client import HubControl
from localhub.serve import running_hub
from tests.web import serving
from tests.web.serving import Web

SECRET = "the client secret of this App"
COOKIE = "handoff-0"


async def who(request: Request) -> Response:
    viewer = viewer_of(request)
    seen = None if viewer.repositories is None else sorted(viewer.repositories)
    return JSONResponse({"login": viewer.login, "account": viewer.account, "sees": seen})


@dataclass
class Stage:
    """A Handoff whose people come by GitHub, and the browser of one of them."""

    web: Web
    control: HubControl
    hub: str
    app: dict[str, Any]
    repositories: dict[str, int]
    browser: httpx.AsyncClient

    def be(self, login: str) -> None:
        self.browser.cookies.set("localhub_person", login)

    async def leave(self, **query: str) -> httpx.Response:
        """Press *Log in with GitHub*: the answer is GitHub's page."""
        sent = await self.browser.get(f"{self.web.url}/login/github", params=query)
        assert sent.status_code == 303, sent.text
        return await self.browser.get(sent.headers["location"], headers={"Accept": "text/html"})

    async def decide(self, page: httpx.Response, button: str = "allow") -> str:
        """Press a button there; return where GitHub sends the browser."""
        asked = dict(parse_qsl(page.url.query.decode()))
        answer = await self.browser.post(
            f"{self.hub}/login/oauth/authorize",
            data={**asked, button: "yes"},
            headers={"Accept": "text/html"},
        )
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    async def log_in(self, login: str, **query: str) -> httpx.Response:
        self.be(login)
        return await self.browser.get(await self.decide(await self.leave(**query)))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with running_hub(tmp_path / "hub") as hub, HubControl(hub.url) as control:
        app = await control.add_app("handoff", client_secret=SECRET)
        for login in ("ada", "bert", "mallory"):
            await control.add_user(login)
        made = {}
        for name, private, people in (
            ("clock", True, {"ada": "write", "bert": "read"}),
            ("open", False, {"ada": "write"}),
            ("vault", True, {}),
        ):
            made[name] = await control.add_repository(
                f"acme/{name}", private=private, collaborators=people, install_app="handoff"
            )
        await control.add_repository("acme/elsewhere", private=True, collaborators={"mallory": "admin"})
        chosen = serving.settings(
            tmp_path,
            client_id=app["client_id"],
            client_secret=SECRET,
            github_url=hub.url,
            github_git_url=hub.url,
        )
        async with serving.served(chosen) as web, httpx.AsyncClient(timeout=30, trust_env=False) as browser:
            assert web.app is not None
            web.app.router.routes.insert(0, Route("/who", who))
            await control.change_app(
                app["id"], callback_urls=[f"http://127.0.0.1:{web.port}/login/github/callback"]
            )
            yield Stage(web, control, hub.url, app, {name: one["id"] for name, one in made.items()}, browser)
        problems = [(e["method"], e["path"], e["problems"]) for e in await control.log(problems=True)]
        assert problems == []


async def test_somebody_with_access_sees_what_they_see_on_github(stage: Stage):
    answer = await stage.log_in("ada", next="/who")
    assert (answer.status_code, answer.headers["location"]) == (303, "/who")
    seen = (await stage.browser.get(f"{stage.web.url}/who")).json()
    ours = sorted([stage.repositories["clock"], stage.repositories["open"]])
    assert (seen["login"], seen["sees"]) == ("ada", ours)
    assert seen["account"] > 0
    assert "max-age=43200" in answer.headers["set-cookie"].lower()


async def test_that_a_repository_is_public_shows_it_to_nobody(stage: Stage):
    await stage.log_in("bert")
    seen = (await stage.browser.get(f"{stage.web.url}/who")).json()
    assert seen["sees"] == [stage.repositories["clock"]]


async def test_somebody_without_access_is_told_kindly_and_let_in_nowhere(stage: Stage):
    answer = await stage.log_in("mallory")
    assert answer.status_code == 403
    assert "Hello @mallory" in answer.text
    assert "Ask an owner of the repository" in answer.text
    assert COOKIE not in stage.browser.cookies
    assert (await stage.browser.get(f"{stage.web.url}/who")).status_code == 303


async def test_whoever_says_no_on_github_is_not_let_in(stage: Stage):
    stage.be("ada")
    answer = await stage.browser.get(await stage.decide(await stage.leave(), "deny"))
    assert answer.status_code == 403
    assert "You told GitHub not to" in answer.text


async def test_nobody_comes_back_twice(stage: Stage):
    stage.be("ada")
    back = await stage.decide(await stage.leave())
    assert (await stage.browser.get(back)).status_code == 303
    stage.browser.cookies.delete(COOKIE)
    assert (await stage.browser.get(back)).status_code == 403
    assert COOKIE not in stage.browser.cookies


async def test_a_return_that_another_browser_began_lets_nobody_in(stage: Stage):
    """Somebody sends their own return to a victim, who would then work in a stranger's name."""
    stage.be("bert")
    back = await stage.decide(await stage.leave())
    async with httpx.AsyncClient(timeout=30, trust_env=False) as victim:
        assert (await victim.get(back)).status_code == 403
        await victim.get(f"{stage.web.url}/login/github")
        answer = await victim.get(back)
        assert answer.status_code == 403
        assert COOKIE not in victim.cookies


async def test_a_code_without_its_verifier_is_worth_nothing(stage: Stage):
    stage.be("ada")
    stolen = parse_qs(urlsplit(await stage.decide(await stage.leave())).query)["code"][0]
    again = await stage.leave()
    state = parse_qs(again.url.query.decode())["state"][0]
    callback = f"{stage.web.url}/login/github/callback?{urlencode({'code': stolen, 'state': state})}"
    answer = await stage.browser.get(callback)
    assert answer.status_code == 403
    assert "does not know this login any more" in answer.text


async def test_github_is_asked_for_as_long_as_its_token_is_needed_and_no_longer(stage: Stage):
    await stage.log_in("ada")
    stored = b"".join(part.read_bytes() for part in stage.web.database.parent.glob("handoff.db*"))
    assert b"ghu_" not in stored
    asked = [e["path"] for e in await stage.control.log() if e["actor"] == "user"]
    assert asked.count("/user") == 1


async def test_a_github_that_stumbles_is_said_kindly(stage: Stage):
    await stage.control.add_fault("error_before", match={"path_regex": "^/user$"}, status=502)
    answer = await stage.log_in("ada")
    assert answer.status_code == 503
    assert "Please try again in a minute" in answer.text


async def test_settings_that_do_not_agree_are_said_to_whoever_can_mend_them(stage: Stage, tmp_path: Path):
    chosen = serving.settings(
        tmp_path / "other",
        client_id=stage.app["client_id"],
        client_secret="not the secret of this App",
        github_url=stage.hub,
        github_git_url=stage.hub,
    )
    (tmp_path / "other").mkdir()
    async with serving.served(chosen) as web:
        await stage.control.change_app(
            stage.app["id"], callback_urls=[f"http://127.0.0.1:{web.port}/login/github/callback"]
        )
        stage.web = web
        answer = await stage.log_in("ada")
    assert answer.status_code == 403
    assert "HANDOFF_CLIENT_SECRET" in answer.text


async def test_the_login_page_offers_it(stage: Stage):
    page = await stage.browser.get(f"{stage.web.url}/login", params={"next": "/jobs/jabc?x=1"})
    assert 'href="/login/github?next=/jobs/jabc%3Fx%3D1"' in page.text


def test_people_are_sent_off_from_where_github_sends_them_back():
    here = House(public_url=None, host="127.0.0.1", port=8080)
    assert here.address("127.0.0.1:8080") == "http://localhost:8080"
    public = House(public_url="https://handoff.example.com", host="127.0.0.1", port=8080)
    assert public.address("localhost:8080") == "https://handoff.example.com"


TRIP = Trip(state="s", verifier="v", onward="/", until=1000 + LIFETIME_SECONDS)


@pytest.mark.parametrize(
    ("sealed", "state", "now"),
    [
        (seal(TRIP, "key"), "another", 1000.0),
        (seal(TRIP, "key"), "", 1000.0),
        (seal(TRIP, "key"), "s", 1000.0 + LIFETIME_SECONDS),
        (seal(TRIP, "another key"), "s", 1000.0),
        (seal(TRIP, "key")[1:], "s", 1000.0),
        ("", "s", 1000.0),
        ("ü.ü", "s", 1000.0),
    ],
)
def test_a_trip_that_is_not_ours_is_no_trip(sealed: str, state: str, now: float):
    assert unseal(sealed, "key", state=state, now=now) is None
    assert unseal(seal(TRIP, "key"), "key", state="s", now=1000.0) == TRIP
