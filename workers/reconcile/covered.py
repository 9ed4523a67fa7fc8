"""Which repositories we are installed on; those that are new to us become facts, as with a webhook."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.ids import Repository
from app.github.inbound_installations import installations
from app.github.shapes import Installation
from workers.tools import Tools


@dataclass(frozen=True, slots=True)
class Covered:
    """The repositories, and when we looked."""

    repositories: tuple[Repository, ...]
    at: datetime


async def covered(tools: Tools, *, tell: bool) -> Covered:
    """Return the repositories of every installation that is not suspended; with `tell` the new ones become facts."""
    at, found = tools.now(), list[Repository]()
    for installation in await tools.github.installations():
        if installation.suspended_at is None:
            repositories = await tools.github.repositories_of(installation.id)
            found += repositories
            if tell:
                await _tell(tools, installation, repositories, at)
    return Covered(tuple(found), at)


async def _tell(
    tools: Tools, installation: Installation, repositories: list[Repository], at: datetime
) -> None:
    facts = installations(repositories, by=installation.account, at=at)
    known = await tools.ledger.heard([fact.act_key for fact in facts])
    new = [fact.repository for fact in facts if fact.act_key not in known]
    for fact in installations(new, by=installation.account, at=at):
        if await tools.ledger.hear(fact, "poll"):
            tools.nudge()
