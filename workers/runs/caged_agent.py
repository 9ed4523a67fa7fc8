"""Runs an agent in its cage and reads what it left behind. It believes the files, never the exit code alone.

A missing or invalid outcome gets one repair turn; after that the run has broken down for that reason.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app.domain.agenda import Ending
from workers.agents.agent import Agent, RunKind, Visit
from workers.agents.brief import repair_brief
from workers.agents.home import furnish, furnish_repair, read_response
from workers.agents.outcome import Invalid, Outcome, read_outcome
from workers.agents.record import EventsFile, write_exit, write_response
from workers.agents.report import AgentReport, Verdict
from workers.agents.told import told
from workers.cage.execute import execute
from workers.cage.ownership import reclaim
from workers.cage.spec import CageSpec, Exit, How, Limits
from workers.runs.visit import RunVisit
from workers.tools import Tools


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEnd:
    """How an agent's stay ended: with an outcome, or with the ending and the detail that explain its absence.

    `agent` names it, with its model where it told that: `claude:claude-sonnet-4-5`.
    """

    ending: Ending
    agent: str
    detail: str = ""
    outcome: Outcome | None = None
    cost_dollars: float | None = None


_CUT_SHORT = {
    How.TIMED_OUT: Ending.TIMED_OUT,
    How.STALLED: Ending.STALLED,
    How.FLOODED: Ending.CRASHED,
    How.CANCELLED: Ending.STOPPED,
    How.NOT_STARTED: Ending.REFUSED,
}


async def run_agent(
    tools: Tools,
    visit: RunVisit,
    agent: Agent,
    kind: RunKind,
    brief: Callable[[Visit], str],
    *,
    readable: tuple[Path, ...],
) -> AgentEnd:
    """Let an agent work in the visit's workspace until it is done, and return how that ended."""
    stay = Visit(
        run_id=visit.run,
        kind=kind,
        workspace=visit.workspace,
        home=visit.home,
        model_url=tools.model_url,
        tier=visit.tier,
    )
    text = brief(stay)
    (visit.folder / "brief.md").write_text(tools.redactor.redact(text), encoding="utf-8")
    furnish(visit.home, stay, brief=text)
    end, report = await _turn(tools, visit, agent, stay, readable)
    outcome = read_outcome(kind, stay.outcome)
    if isinstance(outcome, Invalid) and end.how is How.EXITED and report.verdict is Verdict.OK:
        furnish_repair(visit.home, stay, brief=repair_brief(stay, outcome))
        resumed = replace(stay, session_id=report.session_id)
        end, report = await _turn(tools, visit, agent, resumed, readable)
        outcome = read_outcome(kind, stay.outcome)
    known = AgentEnd(
        ending=Ending.SUCCEEDED,
        agent=f"{agent.name}:{report.model}" if report.model else agent.name,
        cost_dollars=None if report.cost_usd is None else float(report.cost_usd),
    )
    return _judge(known, end, report, outcome)


async def _turn(
    tools: Tools, visit: RunVisit, agent: Agent, stay: Visit, readable: tuple[Path, ...]
) -> tuple[Exit, AgentReport]:
    launch = agent.launch(stay)
    policy = visit.job.policy
    spec = CageSpec(
        command=launch.command,
        workspace=visit.workspace,
        home=visit.home,
        output=visit.folder / "output.log",
        readable=(*launch.readable, *readable),
        environment=launch.environment,
        limits=Limits(
            timeout_seconds=policy.run_timeout_seconds,
            stall_seconds=policy.stall_seconds,
            output_bytes=policy.output_bytes_limit,
        ),
    )
    redact = tools.redactor.redact
    with EventsFile(visit.folder, redact) as events:

        def note(line: str) -> None:
            events.write(line)
            visit.log.say(told(line))

        visit.log.begin(f"{agent.name} begins")
        lines = _Lines(note)
        end = await execute(spec, tools.sandbox, on_output=lines.feed, cancelled=visit.cancelled)
        lines.close()
    await reclaim(visit.home)
    await reclaim(visit.workspace)
    report = agent.read(end, visit.home)
    await asyncio.to_thread(
        write_exit, visit.folder, run_id=visit.run, agent=agent.name, end=end, report=report, redact=redact
    )
    said = read_response(visit.home) or report.said
    write_response(visit.folder, run_id=visit.run, said=said, redact=redact)
    return end, report


def _judge(known: AgentEnd, end: Exit, report: AgentReport, outcome: Outcome | Invalid) -> AgentEnd:
    if end.how in _CUT_SHORT:
        return replace(known, ending=_CUT_SHORT[end.how], detail=_detail(report.because))
    if report.verdict is Verdict.REFUSED:
        return replace(known, ending=Ending.REFUSED, detail=_detail(report.because))
    if report.verdict is Verdict.FAILED:
        return replace(known, ending=Ending.CRASHED, detail=_detail(report.because))
    if isinstance(outcome, Invalid):
        return replace(known, ending=Ending.CRASHED, detail=_detail(outcome.because))
    return replace(known, ending=Ending(outcome.ending), outcome=outcome)


def _detail(sentence: str) -> str:
    """Return a sentence as the second half of another."""
    text = sentence.strip().rstrip(".")
    return f"{text[:1].lower()}{text[1:]}"


class _Lines:
    """Cuts a stream of bytes into lines of text."""

    def __init__(self, each: Callable[[str], None]) -> None:
        self._each = each
        self._rest = b""

    def feed(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._each(line.decode("utf-8", "replace"))

    def close(self) -> None:
        if self._rest:
            self._each(self._rest.decode("utf-8", "replace"))
