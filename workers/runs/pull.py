"""A job's own pull request as a write that may have happened already: how it is looked for, and what is kept of it."""

from app.github.shapes import Pull
from workers.once import Result
from workers.runs.visit import RunVisit
from workers.tools import Tools


async def find_pull(tools: Tools, visit: RunVisit) -> Result | None:
    """Look for an open pull request from the job's branch."""
    job = visit.job
    pulls = tools.github.at(job.repository).pulls
    found = await pulls.find(head=job.work.branch, base=job.snapshot.default_branch)
    return kept_of(found) if found is not None else None


def kept_of(pull: Pull) -> Result:
    """What is kept of a pull request."""
    return {"number": pull.number, "url": pull.html_url, "node_id": pull.node_id}


async def looks_by_itself() -> Result | None:
    """Look for nothing: pushing again what is there, or saying again what is said, changes nothing."""
    return None
