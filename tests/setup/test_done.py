"""The last page of setting up: behind the login, only for the owner, with what the doctor saw."""

import asyncio
import importlib.util
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest_asyncio
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from app.config.registration import Registration, register
from app.web.setup.checkup import DOCTOR, Checkup
from app.web.setup.done import Done
from app.web.viewer import Viewer
from tests.setup.browser import Reader
from workers.doctor.finding import problem, unknown, warning, well
from workers.doctor.show import as_json

OWNER = Viewer(name="ada", csrf="forms-know-this")
GUEST = Viewer(name="lin", login="lin", repositories=frozenset({1}))
FINDINGS = (
    well("clock", "The clock is right."),
    problem("key", "The <b>key</b> is gone.", "Run `handoff up` again."),
    warning("cage", "The cage is weak.", "Install bubblewrap."),
    unknown("disk", "The disk could not be looked at."),
)


def doctor_saying(text: str, *, exit_code: int = 0, error: str = "") -> Sequence[str]:
    """Another program in the doctor's place."""
    code = f"import sys; print({text!r}); print({error!r}, file=sys.stderr); sys.exit({exit_code})"
    return [sys.executable, "-I", "-S", "-c", code]


class As:
    """In the guard's place: whoever asks is this viewer."""

    def __init__(self, app: ASGIApp, viewer: Viewer) -> None:
        self.app, self.viewer = app, viewer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["viewer"] = self.viewer
        await self.app(scope, receive, send)


@pytest_asyncio.fixture
async def data(tmp_path: Path) -> AsyncIterator[Path]:
    register(
        tmp_path / "data",
        Registration(
            app_id=1,
            slug="helper",
            name="Helper",
            client_id="Iv1",
            html_url="https://github.com/apps/helper",
            owner="ada",
        ),
        private_key="-----BEGIN PRIVATE KEY-----",
        webhook_secret="w" * 40,
        client_secret="c" * 40,
    )
    yield tmp_path / "data"


def browser_of(data: Path, command: Sequence[str], viewer: Viewer = OWNER) -> httpx.AsyncClient:
    done = Done(data, github="https://github.com", told=False, checkup=Checkup(command))
    transport = httpx.ASGITransport(As(Starlette(routes=done.routes()), viewer))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", follow_redirects=True)


async def until_checked(browser: httpx.AsyncClient) -> str:
    async with asyncio.timeout(60):
        while True:
            part = await browser.get("/setup/done/checks", headers={"HX-Request": "true"})
            if "hx-trigger" not in part.text:
                return part.text
            await asyncio.sleep(0.02)


async def test_it_leads_to_installing_and_to_trying(data: Path):
    async with browser_of(data, doctor_saying("{}")) as browser:
        page = Reader((await browser.get("/setup/done")).text)
        assert page.links["Install Helper"] == "https://github.com/apps/helper/installations/new"
        assert page.links["Go to ada on GitHub"] == "https://github.com/ada"
        assert "put the label handoff on it" in page.text
        assert "Within a minute" in page.text
        await until_checked(browser)


async def test_after_installing_it_says_so_and_checks_anew(data: Path):
    async with browser_of(data, doctor_saying(as_json(FINDINGS))) as browser:
        await browser.get("/setup/done")
        answer = await browser.get("/setup/done?installation_id=1&setup_action=install")
        assert str(answer.url).endswith("/setup/done?installed"), "loading it again begins nothing"
        page = Reader(answer.text)
        assert "GitHub says that it is installed." in page.text
        assert "Choose other repositories" in page.links
        await until_checked(browser)


async def test_findings_come_worst_first_with_what_to_do(data: Path):
    async with browser_of(data, doctor_saying(as_json(FINDINGS), exit_code=1)) as browser:
        await browser.get("/setup/done")
        html = await until_checked(browser)
        text = Reader(html).text
        assert "One thing keeps Handoff from working." in text
        places = [text.index(said) for said in ("key", "The cage is weak", "The disk could", "The clock")]
        assert places == sorted(places)
        assert "<code>handoff up</code>" in html
        assert "&lt;b&gt;key&lt;/b&gt;" in html
        assert OWNER.csrf in html


async def test_looking_again_is_a_form(data: Path):
    async with browser_of(data, doctor_saying(as_json([well("clock", "The clock is right.")]))) as browser:
        await browser.get("/setup/done")
        await until_checked(browser)
        answer = await browser.post("/setup/done/checks", data={"csrf": OWNER.csrf})
        assert "I am looking" in Reader(answer.text).text
        assert "Nothing keeps Handoff from working." in Reader(await until_checked(browser)).text


async def test_a_doctor_that_cannot_look_is_said_with_the_next_step(data: Path):
    refusal = "HANDOFF_AGENT is not set."
    async with browser_of(data, doctor_saying("", exit_code=2, error=refusal)) as browser:
        await browser.get("/setup/done")
        text = Reader(await until_checked(browser)).text
        assert f"The checks could not be made. {refusal} Run handoff doctor in a terminal" in text


async def test_a_traceback_is_not_shown(data: Path):
    async with browser_of(data, [sys.executable, "-I", "-S", "-c", "1 / 0"]) as browser:
        await browser.get("/setup/done")
        text = Reader(await until_checked(browser)).text
        assert "The checks could not be made. Run handoff doctor" in text


async def test_only_the_owner_of_the_machine_sees_it(data: Path):
    async with browser_of(data, doctor_saying("{}"), GUEST) as browser:
        assert (await browser.get("/setup/done")).status_code == 404
        assert (await browser.get("/setup/done/checks", headers={"HX-Request": "1"})).status_code == 404
        assert (await browser.post("/setup/done/checks")).status_code == 404


def test_the_doctor_is_there_by_the_name_it_is_started_by():
    module = DOCTOR[DOCTOR.index("-m") + 1]
    assert importlib.util.find_spec(f"{module}.__main__") is not None
