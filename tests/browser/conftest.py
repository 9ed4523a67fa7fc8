"""A real Chromium, and programs that it looks at. Pages that it sees are kept as pictures where SCREENSHOTS names a folder."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

ROOT = Path(__file__).parents[2]
QUIET = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE_SECONDS = 120.0
TOO_WIDE = "document.documentElement.scrollWidth > window.innerWidth + 1"

expect.set_options(timeout=60_000)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "Chromium is missing: apt install chromium"
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=program, args=QUIET)
        yield chromium
        await chromium.close()


@pytest.fixture
async def page(browser: Browser) -> Page:
    """A page that takes no error of its own for granted."""
    opened = await browser.new_page(viewport={"width": 1200, "height": 900})
    opened.set_default_timeout(PATIENCE_SECONDS * 1000)
    return opened


Look = Callable[[Page, str], Awaitable[None]]


@pytest.fixture
def look() -> Look:
    """Keep what a page looks like: as it is, and on a phone in the dark. It must never be wider than the phone."""
    folder = os.environ.get("SCREENSHOTS")

    async def keep(page: Page, name: str) -> None:
        if folder:
            await page.screenshot(path=Path(folder) / f"{name}.png")
        before = page.viewport_size
        await page.emulate_media(color_scheme="dark")
        await page.set_viewport_size({"width": 390, "height": 844})
        with contextlib.suppress(PlaywrightTimeout):  # a page may need a moment to lay itself out anew
            await page.wait_for_function(f"!({TOO_WIDE})", timeout=5000)
        too_wide = await page.evaluate(TOO_WIDE)
        if folder:
            await page.screenshot(path=Path(folder) / f"{name}-phone.png")
        await page.emulate_media(color_scheme="light")
        assert before is not None
        await page.set_viewport_size(before)
        assert not too_wide, f"{name} has to be scrolled sideways on a phone"

    return keep


class Program:
    """A program of ours, and everything that it has said."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.said = ""

    async def until(self, words: str) -> str:
        """Wait until it has said something, and return all that it has said."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            while words not in self.said:
                line = await self._process.stdout.readline()
                assert line, f"it ended without saying {words!r}:\n{self.said}"
                self.said += line.decode()
        return self.said


@asynccontextmanager
async def running(*command: str, environment: dict[str, str], folder: Path) -> AsyncIterator[Program]:
    """Run one of our modules until the test is over; what it keeps for a while is kept in `folder`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, cwd=ROOT, stdout=PIPE, stderr=STDOUT,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8", **environment},
    )  # fmt: skip
    program = Program(process)
    try:
        yield program
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
