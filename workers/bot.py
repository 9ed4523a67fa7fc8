"""The account under which the App acts, asked for once per process: its id makes commits point at it."""

import asyncio

from app.domain.ids import Actor, Repository
from app.github.client import Door


class BotAccount:
    """Our bot user; the login is `slug[bot]`, which no person can take because of the brackets."""

    def __init__(self, github: Door, slug: str) -> None:
        self._github = github
        self._slug = slug
        self._known: Actor | None = None
        self._asking = asyncio.Lock()  # many runs begin at once, and each wants to know

    async def known(self, repository: Repository) -> Actor:
        """Return the account. Any repository where the App is installed will do to ask in."""
        async with self._asking:
            if self._known is None:
                self._known = await self._github.at(repository).code.bot(self._slug)
        return self._known

    async def email(self, repository: Repository) -> str:
        """Return the address that makes GitHub show our account beside a commit."""
        bot = await self.known(repository)
        return f"{bot.id}+{bot.login}@users.noreply.github.com"
