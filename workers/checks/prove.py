"""Proof before prose: the change's own tests on the base, on the head, and with the rest of the change taken back.

A test that is green without the change says nothing about the change. Two fresh rooms are needed for it: the base
with the head's tests laid over it, and the head with everything but its tests put back as it was.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from app.domain.job import CheckResult, Proof
from app.domain.policy import Check
from app.domain.weakened import is_test_path
from workers.checks.fetch import borrowed
from workers.checks.plan import Plan
from workers.checks.project import project_of
from workers.checks.room import Room
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.change import Change, ChangedFile, Status
from workers.workspace.git import git
from workers.workspace.mirror import Mirror

NAMES_LIMIT = 5


async def prove(
    tools: Tools,
    visit: RunVisit,
    mirror: Mirror,
    plan: Plan,
    *,
    found: Change,
    results: Sequence[CheckResult],
) -> Proof | None:
    """Return what the change's own tests prove; None when it changes no tests, or nothing but tests."""
    tests = [file for file in found.files if is_test_path(file.path) and file.status is not Status.DELETED]
    others = [file for file in found.files if not is_test_path(file.path)]
    checks = _telling(plan, results)
    if not tests or not others or not checks:
        return None
    visit.log.begin("the change's own tests, without the change")
    project = project_of(tools, visit.job)
    view = await borrowed(tools, visit, mirror, plan)
    before = await Room.open(
        tools,
        mirror,
        found.merge_base_sha,
        visit.folder / "before",
        visit,
        project=project,
        view=view,
        altered=partial(_lay_over, sha=found.head_sha, paths=[file.path for file in tests]),
    )
    reversed_ = await Room.open(
        tools,
        mirror,
        found.head_sha,
        visit.folder / "reversed",
        visit,
        project=project,
        view=view,
        altered=partial(_take_back, found=found, others=others),
    )
    on_base, taken_back = [await _reds(room, plan, checks) for room in (before, reversed_)]
    names = tuple(name for red in on_base for name in red.failed_tests)[:NAMES_LIMIT]
    return Proof(
        tests=tuple(file.path for file in tests),
        red_on_base=bool(on_base),
        green_on_head=all(result.passed or result.flaky for result in results),
        red_reversed=bool(taken_back),
        names=names,
    )


def _telling(plan: Plan, results: Sequence[CheckResult]) -> list[Check]:
    """The checks that run tests: those that counted some; all of them when none does."""
    counted = {result.name for result in results if result.counted}
    return [check for check in plan.checks if not counted or check.name in counted]


async def _reds(room: Room, plan: Plan, checks: Sequence[Check]) -> list[CheckResult]:
    if await room.set_up(plan.setup) is not None:
        return []
    return [result for result in await room.run_all(checks) if not result.passed]


async def _lay_over(workspace: Path, sha: str, paths: Sequence[str]) -> None:
    """Put these files as they are at a commit into a clone that nothing has run in yet."""
    stdin = b"\0".join(path.encode("utf-8", "surrogateescape") for path in paths)
    await git(
        "checkout", "--quiet", sha, "--pathspec-from-file=-", "--pathspec-file-nul",
        git_dir=workspace / ".git", cwd=workspace, stdin=stdin,
    )  # fmt: skip


async def _take_back(workspace: Path, found: Change, others: Sequence[ChangedFile]) -> None:
    """Put everything but the tests back as it was on the base."""
    kept = [file.old_path for file in others if file.status is not Status.ADDED]
    for file in others:
        if file.path not in kept:
            (workspace / file.path).unlink(missing_ok=True)
    if kept:
        await _lay_over(workspace, found.merge_base_sha, kept)
