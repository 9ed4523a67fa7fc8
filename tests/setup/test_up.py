"""`handoff up` from nothing: the real command, its real processes, and one person with a browser."""

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.cli.up import free_port
from localhub.serve import running_hub
from tests.setup.browser import Browser
from tests.world.hub import People
from tests.world.repository import FILES, make_repository
from tests.world.scripts import Scripts

SECONDS = 60


class Up:
    """The command, running in a folder of its own."""

    def __init__(self, folder: Path, **said: str) -> None:
        ours = {n: v for n, v in os.environ.items() if not n.startswith("HANDOFF_") or n == "HANDOFF_CAGE"}
        self.log = folder / "up.log"
        self.data = folder / "data"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "app.cli", "up"],
                cwd=folder,
                env={**ours, "HANDOFF_DATA": str(self.data), "HANDOFF_PORT": "0", **said},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        return self.log.read_text()

    async def says(self, pattern: str) -> re.Match[str]:
        async with asyncio.timeout(SECONDS):
            while True:
                if (found := re.search(pattern, self.said)) is not None:
                    return found
                assert self.process.poll() is None, self.said
                await asyncio.sleep(0.05)

    async def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        return await asyncio.to_thread(self.process.wait, SECONDS)

    def family(self) -> Iterator[Path]:
        """The processes that the command has started, as folders of /proc."""
        found = {self.process.pid}
        for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda each: int(each.name)):
            with contextlib.suppress(OSError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if parent in found:
                    found.add(int(folder.name))
                    yield folder


@contextlib.asynccontextmanager
async def up(folder: Path, **said: str) -> AsyncIterator[Up]:
    command = Up(folder, **said)
    try:
        yield command
    finally:
        await command.stop()


async def test_one_link_is_printed_and_starting_again_prints_another(tmp_path: Path):
    async with up(tmp_path) as command:
        await command.says(r"starting again prints a fresh link\.\n")
        (first,) = re.findall(r"https?://\S+", command.said)
        assert re.fullmatch(r"http://localhost:\d+/setup\?token=[\w-]{43}", first)
        assert await command.stop(signal.SIGINT) == 0
    assert "Traceback" not in command.said
    assert not (tmp_path / "data" / "registration.json").exists()

    async with up(tmp_path) as command:
        port, token = (await command.says(r"localhost:(\d+)/setup\?token=(\S+)")).groups()
        assert not first.endswith(token)
        (tmp_path / "other").mkdir()
        async with up(tmp_path / "other", HANDOFF_PORT=port) as second:
            assert await asyncio.to_thread(second.process.wait, SECONDS) == os.EX_CONFIG
            assert f"127.0.0.1:{port} cannot be listened on" in second.said
        assert await command.stop(signal.SIGTERM) == 0


async def test_a_setting_that_is_wrong_is_said_before_the_link(tmp_path: Path):
    async with up(tmp_path, HANDOFF_PORT="http") as command:
        assert await asyncio.to_thread(command.process.wait, SECONDS) == 2
    assert "HANDOFF_PORT is wrong" in command.said
    assert "token=" not in command.said


async def test_an_agent_that_could_not_be_kept_is_asked_for_before_the_link(tmp_path: Path):
    (tmp_path / "mine.toml").write_text('label = "robot"\n')
    async with up(tmp_path, HANDOFF_CONFIG=str(tmp_path / "mine.toml")) as command:
        assert await asyncio.to_thread(command.process.wait, SECONDS) == 2
    assert f'Write agent = "claude", or another one, into {tmp_path}/mine.toml' in command.said


@pytest.mark.slow
async def test_from_nothing_to_a_labelled_issue(tmp_path: Path):
    """The whole journey: the link, GitHub's button, installing, and the first label is taken up."""
    port = free_port("127.0.0.1")
    scripts = Scripts(tmp_path / "scripts")
    source = make_repository(tmp_path / "source", FILES)
    browser = Browser()
    async with (
        running_hub(tmp_path / "hub") as hub,
        contextlib.aclosing(browser.client),  # type: ignore[type-var]
        up(
            tmp_path,
            HANDOFF_PORT=str(port),
            HANDOFF_PUBLIC_URL=f"http://localhost:{port}",
            HANDOFF_GITHUB_URL=hub.url,
            HANDOFF_GITHUB_GIT_URL=hub.url,
            HANDOFF_RUNS="1",
        ) as command,
    ):
        people = People(hub.url, "ada/clock")
        await people.post("/_hub/users", {"login": "ada"})
        await people.post("/_hub/repositories", {"owner": "ada", "name": "clock", "from_path": str(source)})

        await browser.open((await command.says(r"http://\S+token=\S+"))[0])
        await browser.send(
            "/setup/register", agent="own", agent_line=f"scripted:{scripts.folder}", name="Helper"
        )
        await browser.send("/settings/apps/new")
        await browser.send("/settings/apps/create")
        assert "Helper is registered" in browser.page.text

        await command.says(r"worker +\|.* action=start")
        await browser.open(f"http://localhost:{port}/setup/done")
        assert "Helper is connected" in browser.page.text, "the person is still logged in"
        for path in ("/setup", "/setup/registered?code=c&state=s"):
            assert (await browser.client.get(f"http://localhost:{port}{path}")).status_code == 404

        await browser.open(browser.page.links["Install Helper"])
        repository = hub.hub.world.repository("ada", "clock")
        assert repository is not None
        await browser.send("/installations", **{f"repository_{repository.id}": "1"})
        assert "GitHub says that it is installed." in browser.page.text

        number = await people.open_issue("Count hours")
        await people.label(number)
        await people.until("a comment that says where it stands", lambda: people.comments(number))

        secrets = [path.read_text().strip() for path in (command.data / "secrets").iterdir()]
        for process in command.family():
            with contextlib.suppress(OSError):
                seen = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
                assert [each for each in secrets if each.encode() in seen] == []
        await people.http.aclose()
        assert await command.stop() == 0
    assert len(secrets) == 3
    assert [each for each in secrets if each in command.said] == []
    assert "Traceback" not in command.said
