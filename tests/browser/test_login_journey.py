"""Coming in, acting and going out again in a real browser: by a link on this machine, and by way of GitHub."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from app.domain.credentials import link
from app.domain.facts import CommandGiven
from app.domain.ids import Repository
from app.domain.verbs import Stop
from localhub.client import HubControl
from localhub.serve import running_hub
from tests.cli.house import House
from tests.web import serving
from tests.web.serving import Web

pytestmark = pytest.mark.browser
SECRET = "the client secret of this App"


async def commands(web: Web) -> list[CommandGiven]:
    assert web.ledger is not None
    rows = await web.ledger.inbox_of("acme/clock", 12)
    return [row.fact for row in rows if isinstance(row.fact, CommandGiven)]


async def test_the_owner_comes_by_a_link_acts_and_goes(tmp_path: Path, page: Page, look):
    chosen = serving.settings(tmp_path)
    async with serving.served(chosen) as web:
        assert web.ledger is not None
        base = f"http://localhost:{web.port}"
        job = await House(chosen, web.ledger).open_job()

        await page.goto(f"{base}/jobs/{job.id}")
        await expect(page.get_by_text("handoff login")).to_be_visible()
        await look(page, "login")

        secret = await web.ledger.grant(link("ada"))
        await page.goto(f"{base}/login?link={secret}&next=/jobs/{job.id}")
        await look(page, "login-by-link")
        await page.click("#log-in")
        await expect(page).to_have_url(f"{base}/jobs/{job.id}")

        await page.click("#stop summary")
        await page.click("#stop form button")
        await expect(page.get_by_text("I was asked to stop this")).to_be_visible()
        assert [(fact.command, fact.from_owner) for fact in await commands(web)] == [(Stop(), True)]

        await page.click("text=Log out")
        await page.goto(f"{base}/jobs/{job.id}")
        await expect(page).to_have_url(f"{base}/login?next=/jobs/{job.id}")


async def test_another_site_cannot_act_with_somebodys_login(tmp_path: Path, browser: Browser):
    """The cookie stays at home, and what a forged form would do is not done."""
    chosen = serving.settings(tmp_path)
    async with serving.served(chosen) as web, running_hub(tmp_path / "elsewhere") as elsewhere:
        assert web.ledger is not None
        job = await House(chosen, web.ledger).open_job()
        page = await browser.new_page()
        await page.goto(f"http://localhost:{web.port}/login?link={await web.ledger.grant(link('ada'))}")
        await page.click("#log-in")
        await page.goto(f"{elsewhere.url}/_hub/state")
        await page.set_content(
            f'<form method="post" action="http://localhost:{web.port}/jobs/{job.id}/stop"><button>Win</button></form>'
        )
        await page.click("button")
        await expect(page.get_by_role("heading", name="Log in")).to_be_visible()
        assert await commands(web) == []


async def test_somebody_comes_by_github_and_sees_their_own(tmp_path: Path, page: Page, look):
    async with running_hub(tmp_path / "hub") as hub, HubControl(hub.url) as control:
        app = await control.add_app("handoff", client_secret=SECRET)
        await control.add_user("ada")
        made = await control.add_repository(
            "acme/clock", private=True, collaborators={"ada": "write"}, install_app="handoff"
        )
        chosen = serving.settings(
            tmp_path,
            client_id=app["client_id"],
            client_secret=SECRET,
            github_url=hub.url,
            github_git_url=hub.url,
        )
        async with serving.served(chosen) as web:
            assert web.ledger is not None
            base = f"http://localhost:{web.port}"
            await control.change_app(app["id"], callback_urls=[f"{base}/login/github/callback"])
            house = House(chosen, web.ledger)
            theirs = Repository(id=made["id"], owner="acme", name="clock", installation_id=1)
            job = await house.open_job(job="jseen", repository=theirs)
            other = await house.open_job(job="jother", number=13)

            await page.goto(f"{base}/jobs/{job.id}")
            await look(page, "login-with-github")
            await page.click("#with-github")
            await expect(page.get_by_text("would like to know who you are")).to_be_visible()
            await page.click("#allow")
            await expect(page).to_have_url(f"{base}/jobs/{job.id}")
            await expect(page.get_by_role("heading", name=job.snapshot.title)).to_be_visible()
            await page.goto(f"{base}/jobs/{other.id}")
            await expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
