"""Keeps one program running: starts it, waits until it is ready, starts it again as the rules say, stops it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from app.cli.restarts import GiveUp, Restart, RestartPolicy, after_end, how
from app.domain.errors import HandoffError
from app.embedded.child import Child

READY_POLL_SECONDS = 0.05

Say = Callable[[str], None]


async def at_once() -> bool:
    """Be the readiness of a program that has none to wait for."""
    return True


async def nothing() -> None:
    """Be the preparation of a program that needs none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One child to be.

    `environment` is all it gets, nothing is inherited. `prepare` runs before every start, and may refuse it
    with one of our errors. `ready` is asked again and again until it is true; an exception counts as *not yet*.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    prepare: Callable[[], Awaitable[None]] = nothing
    ready: Callable[[], Awaitable[bool]] = at_once
    ready_seconds: float = 30.0
    grace_seconds: float = 10.0


class Keeper:
    """The care for one program. `up` is set once it has been ready for the first time."""

    def __init__(self, program: Program, say: Say, policy: RestartPolicy) -> None:
        self._program, self._say, self._policy = program, say, policy
        self._child: Child | None = None
        self._task: asyncio.Task[str] | None = None
        self._winding_up = False
        self.up = asyncio.Event()

    def start(self) -> asyncio.Task[str]:
        """Begin. The task ends only if the program cannot be kept running, and then with the reason."""
        self._task = asyncio.create_task(self._keep(), name=self._program.name)
        return self._task

    def wind_up(self) -> None:
        """Do not start it again should it end now."""
        self._winding_up = True

    async def stop(self) -> None:
        """Stop the program, and return when it is gone."""
        self.wind_up()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def kill(self) -> None:
        """Kill the program now, whatever grace it was given."""
        self.wind_up()
        if self._child is not None:
            self._child.kill()

    async def _keep(self) -> str:
        lifetimes: list[float] = []
        while True:
            try:
                await self._program.prepare()
            except HandoffError as refusal:
                return str(refusal)
            exit_code, lived = await self._live()
            if self._winding_up:
                return f"{self._program.name} ended {how(exit_code)}."
            lifetimes = [*lifetimes[-self._policy.attempts :], lived]
            match after_end(self._program.name, exit_code, lifetimes, self._policy):
                case GiveUp(because):
                    return because
                case Restart(after_seconds):
                    self._say(f"It ended {how(exit_code)}; I start it again in {after_seconds:g} s.")
                    await asyncio.sleep(after_seconds)

    async def _live(self) -> tuple[int, float]:
        """Run the program once; return its exit code and how many seconds it lived after being ready."""
        clock = asyncio.get_running_loop().time
        child = self._child = await Child.start(self._program.command, self._program.environment, self._say)
        ended = asyncio.create_task(child.wait())
        try:
            if not await self._becomes_ready(ended):
                return await child.stop(self._program.grace_seconds), 0.0
            since = clock()
            self.up.set()
            return await asyncio.shield(ended), clock() - since
        finally:
            await child.stop(self._program.grace_seconds)
            await ended
            self._child = None

    async def _becomes_ready(self, ended: asyncio.Task[int]) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._program.ready_seconds):
                while not ended.done():
                    (answer,) = await asyncio.gather(self._program.ready(), return_exceptions=True)
                    if answer is True and not ended.done():
                        return True
                    await asyncio.wait({ended}, timeout=READY_POLL_SECONDS)
                return False
        self._say(f"It was not ready within {self._program.ready_seconds:g} s.")
        return False
