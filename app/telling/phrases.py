"""Half-sentences for the command line: a job's state, an age, an instant. Pure."""

from datetime import datetime

from app.domain.agenda import STAGES
from app.domain.job import Job, Phase


def where_it_stands(job: Job) -> str:
    """Return a job's state in a few words."""
    match job.phase:
        case Phase.ENDED:
            return f"ended, {job.close}" if job.close else "ended"
        case Phase.IN_REVIEW:
            return "in review"
        case Phase.QUEUED | Phase.ACTIVE if job.holds:
            return f"waiting for {', '.join(hold.kind for hold in job.holds)}"
        case Phase.QUEUED | Phase.ACTIVE if job.stage is not None:
            return f"{job.phase}, {STAGES[job.stage].doing}"
        case _:
            return str(job.phase)


def instant(at: datetime) -> str:
    """Return an instant to the second; the ledger knows UTC only."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def ago(at: datetime, now: datetime) -> str:
    """Return how long ago something was, in its largest unit; a clock that runs ahead gives 0 s."""
    return largest_unit(max(0.0, (now - at).total_seconds()))


def largest_unit(seconds: float) -> str:
    """Return a length of time in its largest unit: `5 s`, `3 min`, `2 d`."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


def count(number: int, one: str, many: str = "") -> str:
    """Return `1 run`, `2 runs`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
