"""Asking with a memory: ETags of what was dealt with, cursors, and putting facts into the inbox once. It asks nothing."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TypeVar

from pydantic import TypeAdapter

from app.domain.commands import commands_of
from app.domain.facts import Fact
from workers.tools import Tools

ETAGS_MAX = 20_000

_Value = TypeVar("_Value")


class Asking:
    """What a worker that asks for news needs besides its tools."""

    def __init__(self, tools: Tools, *, patience: timedelta = timedelta()) -> None:
        """Keep the parts; a label that is younger than `patience` is left to its webhook."""
        self.tools = tools
        self.patience = patience
        self._etags: dict[str, str] = {}

    def etag(self, question: str) -> str | None:
        """Return the ETag of the last answer to a question that was dealt with."""
        return self._etags.get(question)

    def dealt_with(self, question: str, etag: str | None) -> None:
        """Keep the ETag of an answer, now that nothing of it can be lost any more."""
        if len(self._etags) >= ETAGS_MAX:
            self._etags.clear()
        if etag is not None:
            self._etags[question] = etag

    async def hear(self, facts: Iterable[Fact]) -> None:
        """Put facts into the inbox, each after the commands that it holds, as with deliveries."""
        new = False
        for fact in facts:
            for each in (*commands_of(fact), fact):
                new |= await self.tools.ledger.hear(each, "poll")
        if new:
            self.tools.nudge()

    async def is_heard(self, act_key: str) -> bool:
        """Whether an act is known, so that nothing need be asked about it."""
        return act_key in await self.tools.ledger.heard([act_key])

    async def progress(self, key: str, shape: type[_Value]) -> _Value | None:
        """Return how far something was read."""
        value = await self.tools.ledger.cursor(key)
        return None if value is None else TypeAdapter(shape).validate_python(value)

    async def keep_progress(self, key: str, progress: object) -> None:
        """Keep how far something was read."""
        value = TypeAdapter(type(progress)).dump_python(progress, mode="json")
        await self.tools.ledger.keep_cursor(key, value)
