"""Many jobs handed over at one moment to one worker that may have them all: does it stay within limits, and finish?

All agents are in their cages at the same moment for certain: each waits at a pipe in its home until all of them do.
The agent is scripted; the cages, git, the checks and the processes are real. Nothing here is compared: how much a
crowd needs is a figure of its own.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from app.domain.errors import Defect
from app.domain.job import Phase
from bench.accounts import Accounts, settled
from bench.census import MB, Census, Process, counting, own_bytes
from bench.effort import Effort
from bench.figures import Outcome, Spread
from bench.hour import without_the_limit_of_an_hour
from bench.house import PERSON, REPOSITORY, House, running_house

JOBS = 50
LIMIT_SECONDS = 1800.0
LOOK_SECONDS = 1.0
PIPE = "go"
DONE = {
    "ending": "succeeded",
    "title": "Take a note",
    "summary": "A note is taken.",
    "why": "It was asked for.",
    "how_checked": "I read it.",
}
IMPLEMENT = [
    {"do": "run", "command": f'mkfifo "$HOME/{PIPE}" && read -r _ < "$HOME/{PIPE}"; rm "$HOME/{PIPE}"'},
    {"do": "write", "path": "notes/note.txt", "content": "Noted.\n"},
    {"do": "outcome", "outcome": DONE},
]
REVIEW = [
    {"do": "outcome", "outcome": {"ending": "succeeded", "summary": "I read all of it.", "findings": []}}
]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What happened, in seconds from the first label, and what it took."""

    together_seconds: float
    seconds: float
    census: Census
    supervisors_bytes: list[float]
    cages_bytes: list[float]
    worker: Process
    web: Process
    warnings: int
    accounts: Accounts


async def measure(effort: Effort) -> Outcome:
    """Hand all issues over at once, see all agents in their cages, let them go on, and wait for the last."""
    jobs = effort.count(JOBS)
    scripts = _write_scripts(effort.folder / "scripts")
    settings = {"HANDOFF_RUNS": str(jobs), "HANDOFF_SPIKE_RUNS": "unlimited"}
    async with running_house(effort.folder, f"scripted:{scripts}", settings) as house:
        told = await _tell(house, jobs)
    return _outcome(jobs, told)


def _write_scripts(folder: Path) -> Path:
    folder.mkdir()
    for kind, steps in (("implement", IMPLEMENT), ("review", REVIEW)):
        (folder / f"{kind}.json").write_text(json.dumps({"kind": kind, "steps": steps}), encoding="utf-8")
    return folder


async def _tell(house: House, jobs: int) -> _Told:
    numbers = [await _open_issue(house, place) for place in range(jobs)]
    census = Census(lambda: [house.up.pid])
    async with counting(census), without_the_limit_of_an_hour(house.redis_url):
        began = perf_counter()
        await asyncio.gather(*(_label(house, number) for number in numbers))
        await _until("all agents to be in their cages", lambda: _all_wait(house, jobs), house)
        together_seconds = perf_counter() - began
        cages = await asyncio.to_thread(census.look)
        supervisors_bytes = [float(own_bytes(each.supervisor.pid)) for each in cages]
        cages_bytes = [float(sum(own_bytes(member.pid) for member in each.members)) for each in cages]
        await asyncio.to_thread(_let_go_on, house)
        await _until("all pull requests to be ready", lambda: _all_ready(house, jobs), house)
        seconds = perf_counter() - began
        return _Told(
            together_seconds=together_seconds,
            seconds=seconds,
            census=census,
            supervisors_bytes=supervisors_bytes,
            cages_bytes=cages_bytes,
            worker=house.process("worker"),
            web=house.process("serve"),
            warnings=house.warnings(),
            accounts=await settled(house, numbers),
        )


async def _open_issue(house: House, place: int) -> int:
    told = await house.hub.act(PERSON, "open_issue", REPOSITORY, title=f"Take note {place}", body="Please.")
    return int(told["number"])


async def _label(house: House, number: int) -> None:
    await house.hub.act(PERSON, "label", REPOSITORY, number=number, label="handoff")


async def _all_wait(house: House, jobs: int) -> bool:
    return len(list((house.data / "runs").glob(f"*/home/{PIPE}"))) == jobs


def _let_go_on(house: House) -> None:
    """Say a word at every pipe; one at which nobody listens yet is an error."""
    for pipe in (house.data / "runs").glob(f"*/home/{PIPE}"):
        descriptor = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        os.write(descriptor, b"go\n")
        os.close(descriptor)


async def _all_ready(house: House, jobs: int) -> bool:
    known = await house.ledger.jobs(limit=2 * jobs)
    if sum(job.phase is Phase.IN_REVIEW for job in known) < jobs:
        return False
    backlog = await house.ledger.backlog()
    return (backlog.deliveries, backlog.letters, backlog.effects) == (0, 0, 0)


async def _until(what: str, seen: Callable[[], Awaitable[bool]], house: House) -> None:
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            while not await seen():  # noqa: ASYNC110 - no event tells of it
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError as error:
        said = house.log.read_text(encoding="utf-8")[-4000:]
        raise Defect(
            f"waited {LIMIT_SECONDS:.0f} s in vain for {what}; the log ends with:\n{said}"
        ) from error


def _outcome(jobs: int, told: _Told) -> Outcome:
    most, accounts = told.census.most, told.accounts
    figures: dict[str, float | None] = {
        "jobs": jobs,
        "finished": accounts.finished,
        "most_cages_at_once": most.cages,
        "most_processes": most.processes,
        "most_memory_mb": most.memory_bytes / MB,
        "seconds": told.seconds,
        "seconds_until_together": told.together_seconds,
        "cpu_seconds": told.worker.cpu_seconds + told.web.cpu_seconds,
        "supervisor_mb": Spread.of(told.supervisors_bytes).middle / MB,
        "cage_mb": Spread.of(told.cages_bytes).middle / MB,
        "most_processes_per_cage": most.processes_per_cage,
        "most_open_files": most.open_files,
        "warnings": told.warnings,
        "events_lost": accounts.lost,
        "events_duplicated": accounts.duplicated,
    }
    lines = [
        f"many, {jobs} issues labelled at once",
        *(f"  {name:<26}{value:g}" for name, value in figures.items()),
    ]
    return Outcome("\n".join(lines + [f"  {each}" for each in accounts.complaints]), figures)
