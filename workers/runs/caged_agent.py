"""Runs an agent in its cage and reads what it left behind. It believes the files, never the exit code alone.

A missing or invalid outcome gets one repair turn; after that the run has broken down for that reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from app.domain.agenda import Ending
from workers.agents.agent import Agent, RunKind, Visit
from workers.agents.brief import repair_brief
from workers.agents.files import write_brief, write_outcome
from workers.agents.home import furnish, furnish_repair, read_response
from workers.agents.outcome import Invalid, Outcome, left_at, outcome_in
from workers.agents.record import LINE_CHARACTERS_MAX, EventsFile, write_exit, write_response
from workers.agents.report import AgentReport, Verdict
from workers.agents.told import told
from workers.cage.network import ModelDoor, model_door, network_of
from workers.cage.ownership import reclaim
from workers.cage.spec import CageSpec, Exit, How
from workers.checks.dependencies import dependency_view
from workers.checks.project import limits_of
from workers.runs.caged import run_caged
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.mirror import Mirror


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
    How.OUT_OF_MEMORY: Ending.CRASHED,
    How.DISK_FULL: Ending.CRASHED,
    How.CANCELLED: Ending.STOPPED,
    How.NOT_STARTED: Ending.REFUSED,
}


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What an agent finds around its workspace: the mirror's objects, and the dependencies that are lent to it."""

    readable: tuple[Path, ...]
    environment: Mapping[str, str]
    prologue: tuple[str, ...]


async def run_agent(
    tools: Tools,
    visit: RunVisit,
    agent: Agent,
    kind: RunKind,
    brief: Callable[[Visit], str],
    *,
    mirror: Mirror,
    base_sha: str,
) -> AgentEnd:
    """Let an agent work in the visit's workspace until it is done, and return how that ended.

    `base_sha` is the commit whose dependencies it may begin with.
    """
    surroundings = await _surroundings(tools, visit, mirror, base_sha)
    stay = Visit(
        run_id=visit.run,
        kind=kind,
        workspace=visit.workspace,
        home=visit.home,
        model_url=_door(tools).url,
        tier=visit.tier,
    )
    text = brief(stay)
    write_brief(visit.folder, text, tools.redactor.redact)
    await visit.journal.once("furnish", partial(_furnish, visit, stay, text))
    end, report = await _turn(tools, visit, agent, stay, surroundings, turn=1)
    # Asked once: whoever takes the run up may find that the second turn has mended it already, or is about to.
    wrong = await visit.journal.once("wrong", partial(_to_mend, stay, end, report))
    if wrong is not None:
        await visit.journal.once("furnish again", partial(_furnish_again, visit, stay, wrong))
        resumed = replace(stay, session_id=report.session_id)
        end, report = await _turn(tools, visit, agent, resumed, surroundings, turn=2)
    content = left_at(stay.outcome)
    outcome = outcome_in(kind, content)
    write_outcome(visit.folder, content, outcome, tools.redactor.redact)
    known = AgentEnd(
        ending=Ending.SUCCEEDED,
        agent=f"{agent.name}:{report.model}" if report.model else agent.name,
        cost_dollars=None if report.cost_usd is None else float(report.cost_usd),
    )
    return _judge(known, end, report, outcome)


async def _surroundings(tools: Tools, visit: RunVisit, mirror: Mirror, base_sha: str) -> _Surroundings:
    """Asked once: whoever takes the run up has to find the same command, though dependencies are kept since."""

    async def lent() -> dict[str, Any]:
        view = await dependency_view(tools, mirror, visit.job, base_sha)
        return {
            "readable": [str(path) for path in view.readable],
            "environment": dict(view.environment),
            "prologue": view.prologue,
        }

    known = await visit.journal.once("dependencies", lent)
    return _Surroundings(
        readable=(mirror.objects, *map(Path, known["readable"])),
        environment=known["environment"],
        prologue=tuple(known["prologue"]),
    )


def _door(tools: Tools) -> ModelDoor:
    return model_door(tools.model_url, own_network=tools.sandbox.own_network)


async def _furnish(visit: RunVisit, stay: Visit, text: str) -> None:
    furnish(visit.home, stay, brief=text)


async def _to_mend(stay: Visit, end: Exit, report: AgentReport) -> str | None:
    """Return what is wrong with the outcome of an agent that says it is done; None if nothing is, or it is not."""
    outcome = outcome_in(stay.kind, left_at(stay.outcome))
    mendable = end.how is How.EXITED and report.verdict is Verdict.OK
    return outcome.because if mendable and isinstance(outcome, Invalid) else None


async def _furnish_again(visit: RunVisit, stay: Visit, wrong: str) -> None:
    furnish_repair(visit.home, stay, brief=repair_brief(stay, Invalid(wrong)))


async def _reclaim(visit: RunVisit) -> None:
    await reclaim(visit.home)
    await reclaim(visit.workspace)


async def _turn(
    tools: Tools, visit: RunVisit, agent: Agent, stay: Visit, around: _Surroundings, *, turn: int
) -> tuple[Exit, AgentReport]:
    launch = agent.launch(stay)
    policy, door = visit.job.policy, _door(tools)
    spec = CageSpec(
        command=(*around.prologue, *launch.command),
        workspace=visit.workspace,
        home=visit.home,
        records=visit.folder,
        readable=(*launch.readable, *around.readable),
        environment={**around.environment, **dict(policy.env), **launch.environment},
        limits=replace(
            limits_of(policy),
            timeout_seconds=policy.run_timeout_seconds,
            stall_seconds=policy.stall_seconds,
        ),
        network=network_of(
            policy,
            allow=(*tools.network_allow, *door.allow),
            private=tools.private_networks,
            forwards=door.forwards,
        ),
    )
    redact = tools.redactor.redact
    with EventsFile(visit.folder, redact, turn=turn) as events:

        def note(line: str) -> None:
            events.write(line)
            visit.log.say(told(line))

        visit.log.begin(f"{agent.name} begins")
        lines = _Lines(note)
        end = await run_caged(tools, visit, spec, on_output=lines.feed)
        lines.close()
    # Once: the next turn may live in them when this one is told again.
    await visit.journal.once(f"reclaim {turn}", partial(_reclaim, visit))
    report = agent.read(end, visit.home)
    write_exit(
        visit.folder,
        run_id=visit.run,
        agent=agent.name,
        end=end,
        report=report,
        redact=redact,
        cage=tools.sandbox.name,
        limits=spec.limits,
        turn=turn,
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
    """Cuts a stream of bytes into lines of text; of one that is too long to be kept there is the beginning."""

    def __init__(self, each: Callable[[str], None]) -> None:
        self._each = each
        self._rest = b""

    def feed(self, data: bytes) -> None:
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[: LINE_CHARACTERS_MAX + 1]
        for line in lines:
            self._each(line.decode("utf-8", "replace"))

    def close(self) -> None:
        if self._rest:
            self._each(self._rest.decode("utf-8", "replace"))
