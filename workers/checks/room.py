"""A room for checks: a fresh clone of one commit with a home of its own, in which commands run caged.

Every commit that is judged gets its own, so that nothing one of them leaves behind can colour another.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.job import CheckResult
from app.domain.offer import setup_checks
from app.domain.policy import Check
from workers.cage.spec import CageSpec
from workers.checks.commands import run_check
from workers.checks.toolchain import path_variable, toolchains
from workers.runs.log import RunLog
from workers.tools import Tools
from workers.workspace.checkout import check_out
from workers.workspace.mirror import Mirror


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where checks of one commit run."""

    tools: Tools
    spec: CageSpec
    cancelled: asyncio.Event
    log: RunLog

    @classmethod
    async def open(
        cls, tools: Tools, mirror: Mirror, sha: str, folder: Path, cancelled: asyncio.Event, *, log: RunLog
    ) -> "Room":
        """Clone a commit into a folder of its own."""
        log.begin(f"a fresh clone of {sha[:9]}")
        workspace, home = folder / "workspace", folder / "home"
        await check_out(mirror, sha, workspace)
        home.mkdir(exist_ok=True)
        spec = CageSpec(
            command=("/bin/true",),
            workspace=workspace,
            home=home,
            output=folder / "output.log",
            readable=(mirror.objects, *toolchains()),
            environment={"PATH": path_variable(), "CI": "true", "HANDOFF": "true"},
        )
        return cls(tools=tools, spec=spec, cancelled=cancelled, log=log)

    async def set_up(self, commands: Sequence[str]) -> CheckResult | None:
        """Run the set-up commands; return the first that fails, or None."""
        results = await self.try_setup(commands)
        return results[-1] if results and not results[-1].passed else None

    async def try_setup(self, commands: Sequence[str]) -> tuple[CheckResult, ...]:
        """Run the set-up commands up to the first that fails; return what each of them said."""
        results: list[CheckResult] = []
        for check in setup_checks(commands):
            results.append(await self.run(check))
            if not results[-1].passed:
                break
        return tuple(results)

    async def run(self, check: Check) -> CheckResult:
        """Run one check."""
        self.log.begin(f"{check.name}: {check.run}")
        result = await run_check(
            self.spec, self.tools.sandbox, check, self.tools.redactor, self.cancelled, on_output=self.log.feed
        )
        self.log.begin(f"{check.name} {'passed' if result.passed else 'failed'}: {result.summary}")
        return result

    async def run_all(self, checks: Sequence[Check]) -> tuple[CheckResult, ...]:
        """Run checks one after the other until the run is cancelled."""
        results: list[CheckResult] = []
        for check in checks:
            results.append(await self.run(check))
            if self.cancelled.is_set():
                break
        return tuple(results)
