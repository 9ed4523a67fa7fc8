"""A room for checks: a fresh clone of one commit with a home of its own, in which commands run caged.

Every commit that is judged gets its own, so that nothing one of them leaves behind can colour another.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.job import CheckResult
from app.domain.offer import setup_checks
from app.domain.policy import Check
from workers.cage.spec import CageSpec
from workers.checks.commands import run_check
from workers.checks.dependencies import NO_DEPENDENCIES, DependencyView
from workers.checks.project import Project, limits_of
from workers.checks.services import Serving, serving
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.mirror import Mirror


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where checks of one commit run."""

    tools: Tools
    spec: CageSpec
    visit: RunVisit
    serving: Serving

    @classmethod
    async def open(
        cls,
        tools: Tools,
        mirror: Mirror,
        sha: str,
        folder: Path,
        visit: RunVisit,
        *,
        project: Project,
        view: DependencyView = NO_DEPENDENCIES,
        altered: Callable[[Path], Awaitable[None]] | None = None,
    ) -> "Room":
        """Clone a commit into a folder of its own; `project` says what its commands run with.

        `altered` changes the clone before anything has run in it.

        Raises `Refused` for a service that is not installed.
        """
        visit.log.begin(f"a fresh clone of {sha[:9]}")
        workspace, home = folder / "workspace", folder / "home"
        await visit.check_out(mirror, sha, workspace, then=altered)
        home.mkdir(exist_ok=True)
        services = serving(project.policy.services, home, sandbox=project.sandbox.name)
        path, programs = project.programs
        spec = CageSpec(
            command=(*view.prologue, *services.prologue, "/bin/sh", "-c"),
            workspace=workspace,
            home=home,
            records=folder / "records",
            readable=(mirror.objects, *programs, *services.readable, *view.readable),
            environment={
                "CI": "true",
                **view.environment,
                **services.environment,
                **project.environment,
                **path,
                "HANDOFF": "true",
            },
            limits=limits_of(project.policy),
            network=project.network,
        )
        return cls(tools=tools, spec=spec, visit=visit, serving=services)

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
        """Run one check, its services around it; raises `Refused` when one of them does not serve."""
        self.visit.log.begin(f"{check.name}: {check.run}")
        result = await run_check(self.tools, self.visit, self.spec, check)
        self.serving.raise_if_unserved(result.exit_code, self.tools.redactor.redact)
        self.visit.log.begin(f"{check.name} {'passed' if result.passed else 'failed'}: {result.summary}")
        return result

    async def run_all(self, checks: Sequence[Check]) -> tuple[CheckResult, ...]:
        """Run checks one after the other until the run is cancelled."""
        results: list[CheckResult] = []
        for check in checks:
            results.append(await self.run(check))
            if self.visit.cancelled.is_set():
                break
        return tuple(results)
