"""A story in which anything may be killed at any moment, and what has to be true of the world afterwards."""

import asyncio
import contextlib
import itertools
import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr
from redis.asyncio import Redis

from app.domain.job import Job, Phase
from app.github.auth import AppKey
from app.ledger.store import Ledger
from localhub.client import HubControl
from localhub.serve import RunningHub
from tests.world.processes import Installation, Process
from tests.world.scripts import Scripts
from tests.world.setting import Story

BOT = "handoff[bot]"
SETTLED = {"done", "superseded"}
DEADLINE_SECONDS = 120.0


class Upheaval(Story):
    """A story in which anything may be killed at any moment."""

    def __init__(
        self,
        hub: RunningHub,
        installation: Installation,
        app: dict[str, Any],
        *,
        agent: Scripts,
        ledger: Ledger,
    ) -> None:
        webhook_url = f"{installation.url}/webhooks/github"
        super().__init__(hub, agent=agent, ledger=ledger, webhook_url=webhook_url, data=installation.data)
        self.hub = HubControl(hub.url)
        self.installation = installation
        self._key = AppKey(str(app["id"]), SecretStr(app["pem"]))
        self._titles = itertools.count(1)

    async def write_issue(self) -> int:
        """Open an issue that wants a file of its own; nobody has labelled it yet."""
        title = f"Task {next(self._titles)}"
        self.agent.agent_writes({f"{title}.txt": f"{title}\n"}, about=f"{title}\n")
        return await self.open_issue(title)

    async def held(self, *holds: int) -> None:
        for hold in holds:
            found = await self.hub.held(hold, seconds=60)
            assert found["state"] == "reached", f"hold {found}:\n{self.installation.last_words()}"

    async def drop(self, *holds: int) -> None:
        for hold in holds:
            await self.hub.drop(hold)

    @contextlib.asynccontextmanager
    async def standby(self) -> AsyncIterator[None]:
        """A second worker that has come up, beside the one that is there."""
        before = {each.id for each in await self.ledger.workers()}

        async def greeted() -> bool:
            return not {each.id for each in await self.ledger.workers()} <= before

        worker = self.installation.another_worker("standby")
        await worker.start()
        try:
            await self.until("a second worker", greeted)
            yield
        finally:
            await worker.stop()

    @contextlib.asynccontextmanager
    async def frozen(self, worker: Process) -> AsyncIterator[None]:
        """A worker that stands still. It is never caught with SQLite's write lock, which would freeze everybody."""
        worker.freeze()
        while not await asyncio.to_thread(self._may_write):
            worker.thaw()
            await asyncio.sleep(0.05)
            worker.freeze()
        try:
            yield
        finally:
            if worker.runs:
                worker.thaw()

    def _may_write(self) -> bool:
        path = self.installation.data / "handoff.db"
        with contextlib.closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as database:
            try:
                database.execute("BEGIN IMMEDIATE")
                database.execute("ROLLBACK")
            except sqlite3.OperationalError:
                return False
        return True

    @contextlib.asynccontextmanager
    async def forgetful_redis(self) -> AsyncIterator[Callable[[], int]]:
        """A Redis that loses everything several times a second, for a while; yields how often it did."""
        times = 0

        async def forget() -> None:
            nonlocal times
            async with Redis.from_url(self.installation.redis_url) as redis:
                for _ in range(20):
                    await redis.flushall()
                    times += 1
                    await asyncio.sleep(0.2)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(forget())
            yield lambda: times

    async def until_agent_says(self, words: str, number: int) -> str:
        """Wait until an issue's agent has said something in its cage, and return its run."""

        async def said() -> str | None:
            job = await self.job(number)
            if job is None or job.run is None:
                return None
            told = (self.installation.data / "runs" / job.run.id).glob("cages/*/output.log")
            return job.run.id if any(words in each.read_text() for each in told) else None

        return str(await self.until(f"the agent to say {words}", said))

    async def failed_deliveries(self) -> list[dict[str, Any]]:
        """The last attempt of each delivery that never arrived, as the App's page lists them."""
        await self.hub.idle(seconds=60)
        attempts = (await self.get("/_hub/state"))["apps"][0]["deliveries"]
        arrived = {each["guid"] for each in attempts if each["status"] == "OK"}
        return list({each["guid"]: each for each in attempts if each["guid"] not in arrived}.values())

    async def press_redeliver(self) -> int:
        """Press the button beside every failed delivery, as often as it takes; return how many there were."""
        pressed = set()
        while failed := await self.failed_deliveries():
            for each in failed:
                await self._redeliver(each["id"])
                pressed.add(each["guid"])
        return len(pressed)

    async def _redeliver(self, delivery: int) -> None:
        bearer = f"Bearer {self._key.jwt(datetime.now(UTC))}"
        answer = await self.http.post(
            f"/app/hook/deliveries/{delivery}/attempts", headers={"Authorization": bearer}
        )
        assert answer.status_code == 202, answer.text

    async def ends_as_if_nothing_had_happened(self, *numbers: int) -> None:
        """Every issue gets to its review, and of everything on GitHub there is exactly one."""
        jobs = [await self.until_phase(number, Phase.IN_REVIEW) for number in numbers]
        await self.press_redeliver()
        await self.nothing_is_left_over()
        for number, job in zip(numbers, jobs, strict=True):
            assert [each.id for each in await self.ledger.jobs_of(self.repository, number)] == [job.id]
            await self._one_of_everything(job)

    async def revised_once(self, number: int) -> dict[str, Any]:
        """The pull request has taken one review in, and says so once; return it as it is on GitHub."""

        async def taken_in() -> Job | None:
            job = await self.job(number)
            done = job is not None and job.revisions == 1 and job.phase is Phase.IN_REVIEW
            return job if done and not await self.undone(job) else None

        job = await self.until("the review to be taken in", taken_in)
        await self.press_redeliver()
        await self.nothing_is_left_over()
        pull = await self.pull_of(job)
        assert pull["head"]["sha"] == job.work.head_sha
        assert len(await self.commits(job)) == 2
        told = [each for each in pull["comment_list"] if "kind:SayRevised" in each["body"]]
        assert len(told) == 1
        return pull

    async def _one_of_everything(self, job: Job) -> None:
        state = await self.state()
        issue = state["issues"][str(job.number)]
        branches = [ref for ref in state["refs"] if ref.startswith(f"refs/heads/handoff/{job.number}-")]
        pulls = [each for each in state["pulls"].values() if each["head"]["ref"] == job.work.branch]
        checks = [each for each in state["check_runs"] if each["external_id"] == job.id]
        assert branches == [f"refs/heads/{job.work.branch}"]
        assert len(await self.commits(job)) == 1
        assert [(pull["draft"], pull["state"]) for pull in pulls] == [(False, "open")]
        assert [person["login"] for person in pulls[0]["requested_reviewers"]] == ["ada"]
        assert [(each["user"]["login"], each["state"]) for each in pulls[0]["reviews"]] == [
            (BOT, "COMMENTED")
        ]
        assert [(each["status"], each["conclusion"]) for each in checks] == [("completed", "success")]
        assert [each["head_sha"] for each in checks] == [pulls[0]["head"]["sha"]]
        assert [(each["user"], each["content"]) for each in issue["reaction_list"]] == [(BOT, "eyes")]
        assert [each["user"]["login"] for each in issue["comment_list"]] == [BOT, BOT]
        kinds = [re.findall(r"kind:(\w+)", each["body"]) for each in issue["comment_list"]]
        assert kinds == [["status"], ["SayReady"]]
        assert [row.state for row in await self.ledger.effects(job.id) if row.state not in SETTLED] == []
        assert [run.state for run in await self.ledger.runs(job.id) if run.state != "ended"] == []

    async def until(self, what: str, seen: Any, *, seconds: float = DEADLINE_SECONDS) -> Any:
        return await super().until(what, seen, seconds=seconds)

    async def conversation(self) -> str:
        return f"{await super().conversation()}\n{self.installation.last_words()}"
