"""The check run: the repository's own commands on our commit, believed only when we ran them ourselves.

Red is run again (green then: flaky, and said). Still red is compared with the base: what fails there too is said
and blocks nothing. Weakened tests block. When nothing blocks, the change's own tests have to prove something.
"""

from dataclasses import replace

from app.domain.agenda import STAGES, Ending, Stage
from app.domain.critique import Finding, Severity
from app.domain.errors import Refused
from app.domain.job import CheckResult, Report
from app.domain.missing_tool import missing_in
from app.domain.weakened import weakened
from app.voice.endings import sentence
from app.voice.missing_tool import lacks
from workers.checks.base import failures_on_base, is_old_news
from workers.checks.fetch import borrowed
from workers.checks.plan import Plan, plan_of
from workers.checks.project import project_of
from workers.checks.prove import prove
from workers.checks.room import Room
from workers.checks.services import Unserved
from workers.checks.toolchain import is_here
from workers.checks.unserved import blamed
from workers.runs.source import mirror_of
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.change import change
from workers.workspace.mirror import Mirror

WHAT = STAGES[Stage.CHECK].noun


async def check(tools: Tools, visit: RunVisit) -> Report:
    """Judge the change; *blocked* names everything that stands in its way."""
    mirror = await mirror_of(tools, visit.job, visit.journal)
    plan = await plan_of(mirror, visit.job.policy, visit.base_sha)
    found = await change(
        mirror, visit.base_sha, visit.head_sha, limit_bytes=visit.job.policy.diff_bytes_limit
    )
    results = await _judged(tools, visit, mirror, plan)
    _refuse_for_lack(tools, results)
    weak = weakened(found.diff) if found.diff is not None else ()
    report = _report(tools, visit, plan, results, weak)
    if report.ending is not Ending.SUCCEEDED:
        return report
    return replace(report, proof=await prove(tools, visit, mirror, plan, found=found, results=results))


async def _judged(tools: Tools, visit: RunVisit, mirror: Mirror, plan: Plan) -> tuple[CheckResult, ...]:
    try:
        once_more = await _on_the_change(tools, visit, mirror, plan)
    except Unserved as error:
        return (await blamed(tools, visit, mirror, plan, error),)
    if visit.cancelled.is_set() or not any(result.blocker for result in once_more):
        return tuple(once_more)
    failures = await failures_on_base(tools, visit, mirror, plan)
    return tuple(
        replace(result, red_on_base=True, blocker=None)
        if result.blocker and is_old_news(result, failures)
        else result
        for result in once_more
    )


async def _on_the_change(tools: Tools, visit: RunVisit, mirror: Mirror, plan: Plan) -> list[CheckResult]:
    """Run everything on the change, what is red twice."""
    project = project_of(tools, visit.job)
    view = await borrowed(tools, visit, mirror, plan)
    room = await Room.open(tools, mirror, visit.head_sha, visit.folder, visit, project=project, view=view)
    broken = await room.set_up(plan.setup)
    results = (broken,) if broken else await room.run_all(plan.checks)
    return [await _again(visit, room, plan, result) for result in results]


def _refuse_for_lack(tools: Tools, results: tuple[CheckResult, ...]) -> None:
    """Raise `Refused` if a check lacks a program on the base too: no change can mend that, and green means nothing."""
    for result in results:
        missing = missing_in(result.exit_code, result.tail) if result.red_on_base else None
        installed = (
            tools.sandbox.name != "docker" and missing and not missing.module and is_here(missing.name)
        )
        if missing and not installed:
            raise Refused(lacks(result.name, missing))


async def _again(visit: RunVisit, room: Room, plan: Plan, result: CheckResult) -> CheckResult:
    """Run a red check once more; green now means that it cannot be relied upon, not that it was mended."""
    entry = next((check for check in plan.checks if check.name == result.name), None)
    if result.passed or entry is None or visit.cancelled.is_set():
        return result
    second = await room.run(entry)
    return replace(result, flaky=True, blocker=None) if second.passed else second


def _report(
    tools: Tools, visit: RunVisit, plan: Plan, results: tuple[CheckResult, ...], weak: tuple[Finding, ...]
) -> Report:
    known = Report(
        ending=Ending.SUCCEEDED,
        because=sentence(Ending.SUCCEEDED, WHAT),
        checks=results,
        detected=plan.detected,
        weakened=weak,
        cage=tools.sandbox.name,
    )
    if visit.cancelled.is_set():
        return replace(known, ending=Ending.STOPPED, because=sentence(Ending.STOPPED, WHAT), checks=None)
    if not known.blockers:
        return known
    red = [f"`{result.name}` failed on the commit" for result in results if result.blocker]
    red += [f"`{f.path}`: {f.title}" for f in weak if f.severity is Severity.HIGH]
    return replace(known, ending=Ending.BLOCKED, because=sentence(Ending.BLOCKED, WHAT, "; ".join(red)))
