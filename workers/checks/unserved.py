"""Whose fault it is that a service does not serve: the change's, if it serves on the base, else a person must look."""

import hashlib

from app.domain.job import CheckResult
from app.domain.policy import Check
from workers.checks.commands import TAIL_CHARACTERS
from workers.checks.fetch import borrowed
from workers.checks.plan import Plan
from workers.checks.project import project_of
from workers.checks.room import Room
from workers.checks.services import Unserved
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.mirror import Mirror

_NOTHING = Check(name="services", run="true")


async def blamed(tools: Tools, visit: RunVisit, mirror: Mirror, plan: Plan, error: Unserved) -> CheckResult:
    """Return a service as the red check of a change that broke it; raises `Refused` if it is no better on the base."""
    visit.log.begin(f"the service {error.service} on the base, to know whether it served before")
    room = await Room.open(
        tools,
        mirror,
        visit.base_sha,
        visit.folder / "served",
        visit,
        project=project_of(tools, visit.job),
        view=await borrowed(tools, visit, mirror, plan),
    )
    if await room.set_up(plan.setup) is None:
        await room.run(_NOTHING)
    named = next((each for each in visit.job.policy.services if each.name == error.service), None)
    return CheckResult(
        name=f"service {error.service}",
        command=(named.run if named else None) or error.service,
        passed=False,
        seconds=0,
        summary=error.because,
        tail=error.log[-TAIL_CHARACTERS:],
        blocker=hashlib.sha256(f"service {error.service}".encode()).hexdigest()[:16],
    )
