"""Whether of everything there is exactly one: what is missing counts as lost, what is there again as duplicated."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.agenda import Stage
from app.domain.job import Job
from app.ledger.rows import RunRow
from bench.house import REPOSITORY, House

ONCE = "I am the scripted agent."
_AGENTS = {Stage.IMPLEMENT, Stage.REVIEW}
_KIND = re.compile(r"kind:(\w+)")


@dataclass(frozen=True, slots=True)
class Accounts:
    """How many jobs have a pull request that is ready, and what there is too little and too much of."""

    finished: int
    lost: int
    duplicated: int
    complaints: tuple[str, ...]


async def settled(house: House, numbers: Iterable[int]) -> Accounts:
    """Look at GitHub and into the ledger, when everything is said to be over."""
    state = await house.hub.state(REPOSITORY)
    counts: dict[str, int] = {}
    for number in numbers:
        jobs = await house.ledger.jobs_of(REPOSITORY, number)
        counts[f"#{number} job"] = len(jobs)
        for job in jobs[:1]:
            runs = await house.ledger.runs(job.id)
            logs = {run.id: await house.ledger.artifact(job.id, f"log:{run.id}") for run in runs}
            said = {run: log.data.decode().count(ONCE) if log else 0 for run, log in logs.items()}
            found = {**on_github(state, job), **of_runs(runs, said)}
            counts |= {f"#{number} {what}": count for what, count in found.items()}
    return judged(counts, ready(state))


def ready(state: Mapping[str, Any]) -> int:
    """Return how many pull requests are open and no drafts."""
    return sum(not pull["draft"] and pull["state"] == "open" for pull in state["pulls"].values())


def on_github(state: Mapping[str, Any], job: Job) -> Counter[str]:
    """Count what a job has done to GitHub; of each there should be one."""
    issue = state["issues"][str(job.number)]
    pulls = [each for each in state["pulls"].values() if each["head"]["ref"] == job.work.branch]
    said = [kind for comment in issue["comment_list"] for kind in _KIND.findall(comment["body"])]
    return Counter(
        {
            "reaction": len(issue["reaction_list"]),
            "status comment": said.count("status"),
            "ready comment": said.count("SayReady"),
            "branch": sum(ref.startswith(f"refs/heads/handoff/{job.number}-") for ref in state["refs"]),
            "pull request": len(pulls),
            "review": sum(len(pull["reviews"]) for pull in pulls),
            "request for a review": sum(len(pull["requested_reviewers"]) for pull in pulls),
            "check run": sum(each["external_id"] == job.id for each in state["check_runs"]),
        }
    )


def of_runs(runs: Iterable[RunRow], said: Mapping[str, int]) -> Counter[str]:
    """Count the runs of each stage, and by what they `said` how often each agent began."""
    found: Counter[str] = Counter()
    for run in runs:
        found[f"{run.stage} run"] += 1
        if run.stage in _AGENTS:
            found[f"execution of {run.stage}"] += said[run.id]
    return found


def judged(counts: Mapping[str, int], finished: int) -> Accounts:
    """Return what counts that should all be one come to."""
    lost = sum(count < 1 for count in counts.values())
    duplicated = sum(count - 1 for count in counts.values() if count > 1)
    complaints = tuple(f"{what}: {count} instead of 1" for what, count in counts.items() if count != 1)
    return Accounts(finished, lost, duplicated, complaints)
