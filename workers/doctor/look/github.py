"""Looks at GitHub: the App, its clock, its hook, its installations and their repositories. Writes nothing there."""

import contextlib
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import httpx

from app.config import WorkerSettings
from app.domain.errors import HandoffError
from app.domain.policy import PATH
from app.domain.redaction import Redactor
from app.github.auth import AppKey, Clock
from app.github.client import Door, RepositoryDoor
from app.github.connection import Connection
from app.github.pacing import Pacing, Rates
from app.github.shapes import Installation
from workers.doctor.judge.repositories import RepositorySeen

REPOSITORIES_MAX = 30
WORKFLOWS_MAX = 30
WORKFLOWS = ".github/workflows"


@dataclass(slots=True)
class Noting(httpx.AsyncBaseTransport):
    """A transport that notes how far our clock is ahead of what each answer says it is."""

    inner: httpx.AsyncBaseTransport
    clock: Clock
    seconds_ahead: float | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass on."""
        response = await self.inner.handle_async_request(request)
        with contextlib.suppress(KeyError, ValueError):
            theirs = parsedate_to_datetime(response.headers["date"])
            self.seconds_ahead = self.clock().timestamp() - theirs.timestamp()
        return response

    async def aclose(self) -> None:
        """Pass on."""
        await self.inner.aclose()


@dataclass(frozen=True, slots=True)
class View:
    """GitHub, opened for looking."""

    door: Door
    noting: Noting = field(repr=False)


@contextlib.asynccontextmanager
async def github(
    settings: WorkerSettings, key: AppKey, redactor: Redactor, now: Clock
) -> AsyncIterator[View]:
    """Open GitHub as the App. Nothing is asked yet, and no Redis is needed."""
    noting = Noting(httpx.AsyncHTTPTransport(), now)
    pacing = Pacing(None, Rates(), seconds=time.monotonic)
    async with Connection(
        pacing=pacing,
        clock=now,
        base_url=settings.github_url,
        user_agent=settings.app_slug,
        transport=noting,
    ) as connection:
        yield View(Door(connection, key, clock=now, redactor=redactor), noting)


async def repositories(view: View, installations: Iterable[Installation]) -> tuple[list[RepositorySeen], int]:
    """Look at the repositories of some installations; return also how many more there are than were looked at."""
    seen: list[RepositorySeen] = []
    left_out = 0
    for installation in installations:
        try:
            covered = await view.door.repositories_of(installation.id)
        except HandoffError as error:
            seen.append(RepositorySeen(name=installation.account.login, because=str(error)))
            continue
        for each in covered:
            if len(seen) < REPOSITORIES_MAX:
                seen.append(await _repository(view.door.at(each), each.full_name))
            else:
                left_out += 1
    return seen, left_out


async def _repository(at: RepositoryDoor, name: str) -> RepositorySeen:
    try:
        info = await at.code.info()
        if info.archived:
            return RepositorySeen(name=name, archived=True)
        return RepositorySeen(
            name=name,
            page=info.html_url,
            configuration=await at.code.file_at(PATH, info.default_branch),
            labels=await at.issues.labels(),
            workflows=await _workflows(at, info.default_branch),
        )
    except HandoffError as error:
        return RepositorySeen(name=name, because=str(error))


async def _workflows(at: RepositoryDoor, branch: str) -> dict[str, str]:
    paths = [path for path in await at.code.files_in(WORKFLOWS, branch) if path.endswith((".yml", ".yaml"))]
    texts = {path: await at.code.file_at(path, branch) for path in sorted(paths)[:WORKFLOWS_MAX]}
    return {path: text for path, text in texts.items() if text is not None}
