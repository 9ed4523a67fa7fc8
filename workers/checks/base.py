"""What the checks say of the base, asked at most once for each commit and plan on this machine.

Only asked when something is red on the change: a check that is red on the base too is not this change's fault.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from app.domain.job import CheckResult
from workers.checks.plan import Plan
from workers.checks.room import Room
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.mirror import Mirror

Failures = Mapping[str, list[str] | None]
"""For each check: None when it is green, else the tests that fail (empty when they have no names)."""


async def failures_on_base(tools: Tools, visit: RunVisit, mirror: Mirror, plan: Plan) -> Failures:
    """Return what fails on the base, from memory if it was asked before."""
    memory = _memory(tools, visit, plan)
    if memory.exists():
        remembered: Failures = json.loads(memory.read_text(encoding="utf-8"))
        return remembered
    room = await Room.open(tools, mirror, visit.base_sha, visit.folder / "base", visit.cancelled)
    broken = await room.set_up(plan.setup)
    results = () if broken else await room.run_all(plan.checks)
    failures = {
        r.name: None if r.passed else list(r.failed_tests) for r in ((broken,) if broken else results)
    }
    if not visit.cancelled.is_set():
        memory.parent.mkdir(parents=True, exist_ok=True)
        part = memory.with_suffix(f".{visit.run}")
        part.write_text(json.dumps(failures), encoding="utf-8")
        part.replace(memory)
    return failures


def _memory(tools: Tools, visit: RunVisit, plan: Plan) -> Path:
    said = json.dumps([plan.setup, [(check.name, check.run) for check in plan.checks]])
    name = hashlib.sha256(said.encode()).hexdigest()[:16]
    return tools.data / "base-checks" / str(visit.job.repository.id) / f"{visit.base_sha}-{name}.json"


def is_old_news(result: CheckResult, failures: Failures) -> bool:
    """Whether a red check is red on the base for the same reason: no test fails here that does not fail there."""
    there = failures.get(result.name)
    if there is None:
        return False
    return not set(result.failed_tests) - set(there)
