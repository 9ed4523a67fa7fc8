"""One trial, in order: set the stage, look, run the command, look again, clean up, judge."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from app.domain.errors import HandoffError
from workers.cage.execute import execute
from workers.cage.sandbox import Sandbox
from workers.cage.spec import CageSpec, Exit, How
from workers.cage.trial import aftermath, canaries, descent, host
from workers.cage.trial.canaries import VARIABLE, Seal
from workers.cage.trial.decoy import Decoy, decoy
from workers.cage.trial.ears import Ears
from workers.cage.trial.limits import is_counted, limits_held
from workers.cage.trial.options import Options
from workers.cage.trial.stage import Stage, cage_uid, furnish, stage
from workers.cage.trial.verdict import Check, Finding, Report, judge
from workers.cage.trial.watching import Watching, groups_left

_TAIL_BYTES = 4096
_TERMINATED_SECONDS = 0.0


async def attempt(options: Options, sandbox: Sandbox, within: Path | None) -> Report:
    """Try a command in a sandbox, and return what is to be told; nothing of it is left afterwards."""
    descent.adopt_orphans()
    with stage(within) as place:
        os.environ[VARIABLE] = place.secret("environment")
        try:
            base_sha = await furnish(place, options.workspace)
            with decoy(place.secret("environment"), place.secret("arguments"), place.canaries[0]) as witness:
                report = await _Attempt(options, sandbox, place, witness).made(base_sha)
        finally:
            not_removed = await aftermath.removed(place)
    if not not_removed:
        return report
    findings = (*report.findings, *not_removed)
    return replace(
        report, findings=findings, verdict=judge(findings, report.ended.how, contains=sandbox.contains)
    )


class _Attempt:
    """The command and all that is looked at around it."""

    def __init__(self, options: Options, sandbox: Sandbox, place: Stage, witness: Decoy) -> None:
        self._options, self._sandbox, self._place, self._witness = options, sandbox, place, witness
        self._ears = Ears(place.folder)
        self._known = (witness.pid,)
        self._findings: list[Finding] = []
        self._uid = cage_uid(sandbox.identity)

    async def made(self, base_sha: str) -> Report:
        """Run the command, and look."""
        host_before, seals = self._host(), self._seals()
        used_before = await aftermath.left_bytes(self._place)
        with Watching(self._known, self._place.folder, self._options.limits.memory_bytes) as watching:
            ended = await self._ended()
        await self._who_is_left(watching)
        self._findings += host.changed(host_before, self._host())
        self._findings += await aftermath.dangerous(self._place)
        self._findings += await aftermath.handled(self._place, base_sha)
        self._findings += self._harm(ended, seals)
        seen = {
            "processes": watching.processes,
            "memory_bytes": watching.memory_bytes,
            "disk_bytes": watching.disk_bytes,
            "left_bytes": max(0, await aftermath.left_bytes(self._place) - used_before),
        }
        counted = is_counted("memory", self._sandbox.limited_by)
        self._findings += limits_held(
            self._options.limits, ended, seen, _size(ended.output_path), counted=counted
        )
        self._ears.close()
        return self._report(ended, seen)

    async def _ended(self) -> Exit:
        try:
            return await execute(self._spec(), self._sandbox)
        except (HandoffError, OSError) as error:
            self._findings.append(Finding(Check.CAGE, f"the cage itself broke down: {error}"))
            return Exit(
                how=How.LOST,
                code=None,
                seconds=_TERMINATED_SECONDS,
                output_tail=b"",
                output_bytes=0,
                output_path=self._place.run / "records" / "output.log",
            )

    def _spec(self) -> CageSpec:
        return CageSpec(
            command=self._options.command,
            workspace=self._place.workspace,
            home=self._place.home,
            records=self._place.run / "records",
            readable=(self._place.mirror.objects,),
            environment=self._place.told(self._ears, self._witness.pid),
            limits=self._options.limits,
            network=self._options.network,
        )

    async def _who_is_left(self, watching: Watching) -> None:
        left = await asyncio.to_thread(descent.leftovers, self._place.mark, self._known)
        if left:
            names = ", ".join(sorted({ascii(process.name) for process in left})[:3])
            self._findings.append(Finding(Check.ALIVE, f"{len(left)} processes outlived it ({names})"))
            await asyncio.to_thread(descent.end, self._place.mark, self._known)
        descent.bury(self._known)
        for group in groups_left(watching.groups):
            self._findings.append(Finding(Check.HOST, f"the control group {group} is still there"))

    def _harm(self, ended: Exit, seals: Mapping[Path, Seal | None]) -> list[Finding]:
        """Return what is wrong with what is ours, once even our own tools have been over what it left."""
        found = [*canaries.changes(seals, self._seals()), *self._witness.findings(), *self._ears.findings()]
        if any(self._place.tripwire.iterdir()):
            found.append(Finding(Check.TRIPWIRE, "something was run or written with the worker's own rights"))
        if ended.output_path.exists() and canaries.holds(ended.output_path, self._place.token):
            found.append(Finding(Check.SECRETS, "a secret that I planted is in what it said"))
        return found

    def _host(self) -> dict[str, str]:
        return host.look(self._place.mark, self._uid, alone=self._sandbox.identity is not None)

    def _seals(self) -> dict[Path, Seal | None]:
        return {path: Seal.of(path) for path in self._place.canaries}

    def _report(self, ended: Exit, seen: dict[str, int]) -> Report:
        if ended.how is How.LOST:
            self._findings.append(Finding(Check.CAGE, "the cage's supervisor was lost"))
        return Report(
            sandbox=self._sandbox.name,
            warning=self._sandbox.warning,
            limited_by=self._sandbox.limited_by,
            verdict=judge(self._findings, ended.how, contains=self._sandbox.contains),
            ended=replace(ended, output_tail=ended.output_tail[-_TAIL_BYTES:]),
            findings=tuple(self._findings),
            seen_peak=seen,
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
