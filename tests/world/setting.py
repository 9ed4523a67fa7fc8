"""Sets a story up: a pretend GitHub with an App, people and a repository; Handoff; and a scripted agent.

At the end of every story the world asserts that nothing is left over: no request that GitHub would not know, no
letter unread.
"""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from app.config import WebSettings, WorkerSettings
from app.domain.facts import TimerRang
from app.domain.holds import HoldKind
from app.domain.ids import Actor
from app.domain.job import Job, Phase
from app.ledger.store import Ledger
from localhub.serve import RunningHub, running_hub
from tests.world.handoff import web_running, worker_running
from tests.world.hub import People
from tests.world.repository import FILES, git, make_repository
from tests.world.scripts import Scripts

ROOT = Path(__file__).parents[2]
SECRET = "a-webhook-secret-of-the-tests-0123456789"
ROLES = {"ada": "admin", "lin": "write", "tom": "triage", "rae": "read"}


class Story(People):
    """A story's verbs: those of people, of the agent, and a look into the ledger."""

    def __init__(
        self, hub: RunningHub, *, agent: Scripts, ledger: Ledger, webhook_url: str, data: Path
    ) -> None:
        super().__init__(hub.url, "acme/clock")
        self.hub = hub.hub
        self.agent = agent
        self.ledger = ledger
        self.webhook_url = webhook_url
        self.data = data

    async def hand_over(self, title: str = "Count hours", body: str = "Please.", *, by: str = "ada") -> int:
        number = await self.open_issue(title, body, by=by)
        await self.label(number, by=by)
        return number

    async def job(self, number: int) -> Job | None:
        found = [job for job in await self.ledger.jobs() if job.number == number]
        return max(found, key=lambda job: job.opened_at, default=None)

    async def until_phase(self, number: int, phase: Phase) -> Job:
        async def seen() -> Job | None:
            job = await self.job(number)
            return job if job is not None and job.phase is phase and not await self.undone(job) else None

        return await self.until(f"#{number} to be {phase}", seen)

    async def until_held(self, number: int) -> Job:
        async def seen() -> Job | None:
            job = await self.job(number)
            asked = job is not None and any(hold.kind is HoldKind.ANSWER for hold in job.holds)
            return job if asked and not await self.undone(job) else None

        return await self.until(f"#{number} to need a person", seen)

    async def until_ignored(self, number: int) -> str:
        async def seen() -> str | None:
            rows = await self.ledger.inbox_of(self.repository, number, 50)
            people = (row for row in rows if row.state == "ignored" and not row.fact.by.is_bot)
            return next((row.because for row in people), None)

        return await self.until(f"#{number} to be ignored", seen)

    async def undone(self, job: Job) -> list[str]:
        rows = await self.ledger.effects(job.id)
        return [row.key for row in rows if row.state in {"waiting", "claimed"}]

    async def pull_of(self, job: Job) -> dict[str, Any]:
        assert job.work.pull_request is not None
        return next(pull for pull in await self.pulls() if pull["number"] == job.work.pull_request.number)

    async def nothing_is_left_over(self) -> None:
        assert await self.problems() == [], "a request or an answer that GitHub would not know"

        async def quiet() -> bool:
            backlog = await self.ledger.backlog()
            return (backlog.deliveries, backlog.letters) == (0, 0)

        await self.until("everything to be taken in", quiet)

    async def quiet(self) -> None:
        """Wait until everything that was sent is taken in and nothing is left to do about it."""

        async def nothing() -> bool:
            backlog = await self.ledger.backlog()
            return (backlog.deliveries, backlog.letters, backlog.effects) == (0, 0, 0)

        for _ in range(2):  # what is answered now may make GitHub send something once more
            await self.post("/_hub/idle?seconds=30")
            await self.until("everything to be quiet", nothing)

    async def looked_around(self) -> None:
        """Wait until the worker has asked what it asks of GitHub at its start, and forget those questions."""

        async def looked() -> bool:
            paths = {entry["path"] for entry in await self.log()}
            return {f"/repos/{self.repository}/issues", "/app/hook/deliveries"} <= paths

        await self.until("what is asked once, at the start of a worker", looked)
        await self.http.delete("/_hub/log")

    async def time_passes(self, job: Job, key: str) -> None:
        """The time of a job's timer comes: the same fact that the timer itself would become."""
        fact = TimerRang(
            act_key=f"timer:{job.id}:{key}:early",
            repository=job.repository,
            number=job.number,
            by=Actor(login="handoff", id=0, is_bot=True),
            at=datetime.now(UTC),
            job=job.id,
            key=key,
        )
        assert await self.ledger.hear(fact, "timer")

    async def commits(self, job: Job) -> list[str]:
        """The commits of a job's branch on GitHub: author and message."""
        path = Path((await self.state())["path"])
        told = git(
            path, "log", "--format=%an <%ae>%n%B%x00", f"{job.snapshot.default_branch}..{job.work.branch}"
        )
        return [each.strip() for each in told.split("\0") if each.strip()]


@contextlib.asynccontextmanager
async def telling(
    folder: Path,
    redis_url: str,
    files: dict[str, str] | None = None,
    *,
    empty: bool = False,
    private: bool = False,
    clock: timedelta = timedelta(),
    source: Path | None = None,
    webhooks: bool = True,
    **settings: Any,
) -> AsyncIterator[Story]:
    """Set the world up, let the story be told, and take it down.

    `source` is a git repository to tell it about instead of the small one, and `settings` are the worker's own.
    Without `webhooks` GitHub tells us nothing: we must ask.
    """
    common: dict[str, Any] = {"data": folder / "data", "redis_url": redis_url}
    common["data"].mkdir(parents=True)
    if source is None and not empty:
        source = make_repository(folder / "source", _kept(FILES | (files or {})))
    async with running_hub(folder / "hub") as hub, contextlib.AsyncExitStack() as stack:
        scripts = Scripts(folder / "scripts")
        web = WebSettings(webhook_secret=SECRET, port=0, **common)
        port = await stack.enter_async_context(web_running(web))
        webhook_url = f"http://127.0.0.1:{port}/webhooks/github"
        app = await register(hub.url, webhook_url if webhooks else "", source, private=private)
        chosen = {
            "agent": f"scripted:{scripts.folder}",
            "writes_per_minute": 500,
            "lease_seconds": 5,
            "runs": 4,
            # Only the stories about it want a pull request that nobody asked for.
            "onboarding": "off",
            # Only the stories without webhooks ask GitHub for news.
            "pull": "off",
            # What a story leaves alive is not to live through the next one.
            "unattended_seconds": 3,
            **settings,
        }
        worker = WorkerSettings(**app_settings(app, hub.url, folder), **common, **chosen)
        ledger = await Ledger.open(worker.database)
        stack.push_async_callback(ledger.close)
        await stack.enter_async_context(worker_running(worker, now=lambda: datetime.now(UTC) + clock))
        story = Story(hub, agent=scripts, ledger=ledger, webhook_url=webhook_url, data=common["data"])
        stack.push_async_callback(story.http.aclose)
        yield story
        await story.nothing_is_left_over()


def app_settings(app: dict[str, Any], url: str, folder: Path) -> dict[str, Any]:
    """The settings that say who we are on this GitHub."""
    key = folder / "app.pem"
    key.write_text(app["pem"])
    key.chmod(0o600)
    return {
        "app_id": app["id"],
        "app_slug": "handoff",
        "private_key_file": key,
        "github_url": url,
        "github_git_url": url,
    }


async def register(url: str, webhook_url: str, source: Path | None, *, private: bool) -> dict[str, Any]:
    """Make the App, the people and the repository."""
    people = People(url, "acme/clock")
    manifest = yaml.safe_load((ROOT / "app.yml").read_text())
    app: dict[str, Any] = await people.post(
        "/_hub/apps",
        {
            "slug": "handoff",
            "name": "Handoff",
            "permissions": manifest["default_permissions"],
            "events": manifest["default_events"],
            "webhook_url": webhook_url,
            "webhook_secret": SECRET,
        },
    )
    for login in (*ROLES, "zed"):
        await people.post("/_hub/users", {"login": login})
    await people.post(
        "/_hub/repositories",
        {
            "owner": "acme",
            "name": "clock",
            "private": private,
            "collaborators": ROLES,
            "install_app": "handoff",
        }
        | ({"from_path": str(source)} if source else {}),
    )
    await people.http.aclose()
    return app


def _kept(files: dict[str, str | None]) -> dict[str, str]:
    """The files that a story wants; None takes one of the usual ones away."""
    return {name: text for name, text in files.items() if text is not None}
