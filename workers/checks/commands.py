"""Runs the repository's own commands on a commit of ours, in a fresh clone and a cage of its own.

The agent's workspace has no part in it: whatever it patched there cannot turn a red test green here.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from app.domain.digest import blocker_id, digest
from app.domain.job import CheckResult
from app.domain.policy import Check
from app.domain.redaction import Redactor
from workers.cage.spec import CageSpec, Exit, How
from workers.runs.caged import run_caged
from workers.runs.visit import RunVisit
from workers.tools import Tools

TAIL_CHARACTERS = 4_000
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")

_CUT_SHORT = {
    How.TIMED_OUT: "it took longer than it may",
    How.STALLED: "it went silent for longer than it may",
    How.FLOODED: "it wrote more output than it may",
    How.OUT_OF_MEMORY: "it took more memory than it may",
    How.DISK_FULL: "it wrote more to the disk than it may",
    How.CANCELLED: "it was stopped",
    How.NOT_STARTED: "it could not be started",
}


async def run_check(tools: Tools, visit: RunVisit, base: CageSpec, check: Check) -> CheckResult:
    """Run one check at the root of the clone, by the shell that `base` begins its command with; return what it said."""
    # A check may be silent for as long as it may take.
    limits = replace(base.limits, timeout_seconds=check.timeout_seconds, stall_seconds=check.timeout_seconds)
    spec = replace(base, command=(*base.command, check.run), limits=limits)
    end = await run_caged(tools, visit, spec, on_output=visit.log.feed)
    return result_of(
        check,
        end,
        tools.redactor,
        places={f"{base.workspace}/": "", str(base.workspace): ".", str(base.home): "~"},
    )


def result_of(check: Check, end: Exit, redactor: Redactor, *, places: Mapping[str, str]) -> CheckResult:
    """Read the end of a check: green is exit code 0 and nothing else.

    `places` are the folders of this machine that its output may name, and what people read instead.
    """
    text = _ANSI.sub("", redactor.redact(end.output_tail.decode("utf-8", "replace")))
    for place, instead in places.items():
        text = text.replace(place, instead)
    passed = end.how is How.EXITED and end.code == 0
    read = digest(check.run, end.code, text)
    return CheckResult(
        name=check.name,
        command=check.run,
        passed=passed,
        seconds=end.seconds,
        summary=_CUT_SHORT.get(end.how) or read.summary,
        tail=text[-TAIL_CHARACTERS:],
        failing_lines=() if passed else read.failing_lines,
        failed_tests=() if passed else read.failed_tests,
        counted=read.counts is not None,
        blocker=None if passed else blocker_id(check.name, read),
        exit_code=end.code if end.how is How.EXITED else None,
        denied=tuple(f"{each.host}:{each.port}" for each in end.denied),
    )
