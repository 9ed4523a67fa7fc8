"""The first journey of a newcomer: the demo, in a browser. Label an issue, read the pull request, leave a review."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Look, Program, running

pytestmark = pytest.mark.browser

SOON = 90_000.0
"""Milliseconds in which what was asked for has to be there, on a busy machine."""


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Program]:
    async with running("localhub.demo", environment={}, folder=tmp_path) as program:
        await program.until("Press Ctrl-C here to end.")
        yield program


def link(demo: Program, what: str) -> str:
    found = re.search(rf"{what}\s+(http\S+)", demo.said)
    assert found, f"the demo printed no link for {what!r}:\n{demo.said}"
    return found[1]


async def until_there(page: Page, words: str) -> None:
    """Look at the page again and again, as a person would, until something is on it."""
    for _ in range(60):
        if await page.get_by_text(words).count():
            return
        await page.wait_for_timeout(1000)
        await page.reload()
    raise AssertionError(f"{words!r} never came: {await page.inner_text('body')}")


async def test_label_an_issue_read_its_pull_request_review_it_and_see_it_revised(
    demo: Program, page: Page, look: Look
):
    await page.goto(link(demo, "Hand over an issue"))
    await page.get_by_role("button", name="+ handoff").click()
    await until_there(page, "this is ready for you")
    await look(page, "issue")

    await page.get_by_role("link", name=re.compile(r"^#\d+$")).last.click()
    await expect(page.get_by_role("heading", name="How it was checked")).to_be_visible()
    await look(page, "pull-request")

    await page.get_by_role("link", name="Read the changes").click()
    for place, words in enumerate(("Please say why.", "And what of this?")):
        await page.locator("summary", has_text="+").nth(place).click()
        await page.locator('textarea[name^="c:"]:visible').nth(place).fill(words)
    await look(page, "review")
    await page.get_by_role("button", name="Submit review").click()

    await until_there(page, "I have taken up")
    await look(page, "revised")
    merging = page.url

    await page.goto(link(demo, "See Handoff's desk"))
    await page.get_by_role("button").first.click()
    await expect(page.get_by_role("heading", name="Needs you")).to_be_visible()
    await look(page, "desk")
    await page.get_by_role("link", name="Nothing tests durations", exact=False).first.click()
    await expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    await look(page, "job")

    await page.goto(merging)
    await page.get_by_role("button", name="Merge pull request").click()
    await expect(page.get_by_text("Merged", exact=True).first).to_be_visible()
