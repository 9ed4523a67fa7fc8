"""The second journey of a newcomer: one's own repository, in three steps and without a public address."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from localhub.serve import running_hub
from tests.browser.conftest import Look, Program, running
from tests.world.hub import People
from tests.world.repository import FILES, make_repository
from tests.world.scripts import Scripts

pytestmark = pytest.mark.browser


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[People]:
    """A GitHub with ada, and a repository of hers."""
    source = make_repository(tmp_path / "source", FILES)
    async with running_hub(tmp_path / "hub") as hub:
        ada = People(hub.url, "ada/clock")
        await ada.post("/_hub/users", {"login": "ada"})
        await ada.post("/_hub/repositories", {"owner": "ada", "name": "clock", "from_path": str(source)})
        yield ada
        await ada.http.aclose()


@pytest.fixture
async def handoff(tmp_path: Path, people: People) -> AsyncIterator[Program]:
    """`handoff up` with nothing configured but where this GitHub is."""
    environment = {
        "HANDOFF_DATA": str(tmp_path / "data"),
        "HANDOFF_PORT": "0",
        "HANDOFF_GITHUB_URL": people.url,
        "HANDOFF_GITHUB_GIT_URL": people.url,
        "HANDOFF_PULL_SECONDS": "5",
    }
    async with running("app.cli", "up", environment=environment, folder=tmp_path) as program:
        yield program


async def test_from_one_link_to_the_first_pull_request(
    tmp_path: Path, people: People, handoff: Program, page: Page, look: Look
):
    scripts = Scripts(tmp_path / "scripts")
    said = await handoff.until("token=")
    await page.goto(re.findall(r"http://\S+token=\S+", said)[0])
    await look(page, "set-up")

    await page.get_by_label("Name of the App").fill("Clockmaker")
    await page.get_by_label("another", exact=False).last.check()
    await page.locator('[name="agent_line"]').fill(f"scripted:{scripts.folder}")
    await page.get_by_role("button", name="Go on").click()
    await look(page, "set-up-permissions")
    await page.get_by_role("button", name="Go to GitHub").click()
    await page.get_by_role("button", name="Create GitHub App").click()

    await page.wait_for_url("**/setup/done", timeout=60_000)
    await expect(page.get_by_role("heading", name="Clockmaker is connected")).to_be_visible()
    await page.get_by_role("link", name="Install Clockmaker").click()
    await page.get_by_label("ada/clock").check()
    await page.get_by_role("button", name="Install").click()
    await expect(page.get_by_text("GitHub says that it is installed.")).to_be_visible()
    await expect(page.get_by_text("Check again")).to_be_visible()
    await look(page, "set-up-done")

    number = await people.open_issue("Count hours")
    await page.goto(f"{people.url}/ada/clock/issues/{number}")
    await page.get_by_text("Another label").click()
    await page.locator('input[name="label"]:visible').fill("handoff")
    await page.locator('input[name="label"]:visible').press("Enter")

    async def ready() -> bool:
        return any("this is ready for you" in comment for comment in await people.comments(number))

    await people.until("the pull request to be ready, found by asking for news", ready)

    await page.goto(f"{home_of(handoff)}/")
    await expect(page.get_by_role("link", name="Count hours")).to_be_visible()
    await look(page, "desk-after-set-up")


def home_of(handoff: Program) -> str:
    found = re.search(r"(http://localhost:\d+)/setup", handoff.said)
    assert found
    return found[1]
