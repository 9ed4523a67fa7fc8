"""What the checks say of the base, asked at most once for each commit and plan; the ledger remembers.

Only asked when something is red on the change: a check that is red on the base too is not this change's fault.
"""

import hashlib
import json
from collections.abc import Mapping

from app.domain.job import CheckResult
from app.domain.missing_tool import missing_in
from workers.checks.fetch import borrowed
from workers.checks.plan import Plan
from workers.checks.project import project_of
from workers.checks.room import Room
from workers.checks.services import Unserved
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.mirror import Mirror

Failures = Mapping[str, list[str] | None]
"""For each check: None when it is green, else the tests that fail (empty when they have no names)."""


async def failures_on_base(tools: Tools, visit: RunVisit, mirror: Mirror, plan: Plan) -> Failures:
    """Return what fails on the base, from memory if it was asked before."""
    place = visit.job.repository.id, visit.base_sha, _digest(plan)
    remembered = await tools.ledger.base_checks(*place)
    if remembered is not None:
        return remembered
    visit.log.begin("the same on the base, to know what was red before")
    room = await Room.open(
        tools,
        mirror,
        visit.base_sha,
        visit.folder / "base",
        visit,
        project=project_of(tools, visit.job),
        view=await borrowed(tools, visit, mirror, plan),
    )
    try:
        broken = await room.set_up(plan.setup)
        results = (broken,) if broken else await room.run_all(plan.checks)
    except Unserved:  # it serves on the change, so nobody knows how it was before
        return {}
    failures = {r.name: None if r.passed else list(r.failed_tests) for r in results}
    # What lacked a program is not remembered: somebody may install it, and the commit stays the same.
    lacking = any(missing_in(r.exit_code, r.tail) for r in results)
    if not visit.cancelled.is_set() and not lacking:
        await tools.ledger.keep_base_checks(*place, failures)
    return failures


def _digest(plan: Plan) -> str:
    said = json.dumps([plan.setup, [(check.name, check.run) for check in plan.checks]])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def is_old_news(result: CheckResult, failures: Failures) -> bool:
    """Whether a red check is red on the base for the same reason: no test fails here that does not fail there."""
    there = failures.get(result.name)
    if there is None:
        return False
    return not set(result.failed_tests) - set(there)
