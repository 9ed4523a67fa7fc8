"""Stopping a request in mid-flight, so that a test can kill a process at exactly that point."""

import asyncio
import itertools
import re
from typing import Literal

from pydantic import BaseModel, ConfigDict


class HoldRequest(BaseModel):
    """Which request to hold: the `nth` from now that matches, before or after it is performed."""

    model_config = ConfigDict(extra="forbid")
    method: str | None = None
    path_regex: str
    nth: int = 1
    after: bool = False


class Hold:
    """One hold and where it stands."""

    def __init__(self, hold_id: int, wanted: HoldRequest) -> None:
        self.id = hold_id
        self.wanted = wanted
        self.seen = 0
        self.method = ""
        self.path = ""
        self.reached = asyncio.Event()
        self._verdict: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def counts(self, method: str, path: str) -> bool:
        """Count a matching request; whether it is the one to hold."""
        if self.wanted.method not in (None, method) or not re.search(self.wanted.path_regex, path):
            return False
        self.seen += 1
        return self.seen == self.wanted.nth

    async def wait(self, method: str, path: str) -> bool:
        """Hold the request; True when it is to be answered, False when its connection is to be cut."""
        self.method, self.path = method, path
        self.reached.set()
        return await asyncio.shield(self._verdict)

    def settle(self, *, answer: bool) -> None:
        """Let the held request go on, or cut it."""
        if not self._verdict.done():
            self._verdict.set_result(answer)

    @property
    def state(self) -> Literal["waiting", "reached", "released", "dropped"]:
        """Where it stands."""
        if self._verdict.done():
            return "released" if self._verdict.result() else "dropped"
        return "reached" if self.reached.is_set() else "waiting"

    def describe(self) -> dict[str, object]:
        """For the control API."""
        return {
            "id": self.id, "state": self.state, "seen": self.seen, "method": self.method, "path": self.path,
            **self.wanted.model_dump(include={"nth", "after", "path_regex"}),
        }  # fmt: skip


class Holds:
    """All holds of a hub."""

    def __init__(self) -> None:
        self.holds: dict[int, Hold] = {}
        self._ids = itertools.count(1)

    def add(self, wanted: HoldRequest) -> Hold:
        """Begin to watch for a request."""
        hold = Hold(next(self._ids), wanted)
        self.holds[hold.id] = hold
        return hold

    async def stop(self, method: str, path: str, *, after: bool) -> bool:
        """Wait in whatever holds this request; False when its connection is to be cut."""
        hits = [h for h in self.holds.values() if h.wanted.after is after and h.counts(method, path)]
        verdicts = [await hold.wait(method, path) for hold in hits if hold.state == "waiting"]
        return all(verdicts)

    def drop_all(self) -> None:
        """Cut everything that is held; used when the hub stops."""
        for hold in self.holds.values():
            hold.settle(answer=False)
        self.holds.clear()
