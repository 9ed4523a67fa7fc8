"""Commit: makes a decision true, all of it or none of it.

Every transaction locks in one order (letter, job, runs, effects), so that no two can wait for each other.
"""

from sqlalchemy import Connection

from app.domain.decide import Decision
from app.domain.effects import CancelRun, Effect, SetTimer, StartRun
from app.domain.events import Event
from app.domain.job import Job
from app.ledger import codec, effects, inbox, jobs, runs, timers
from app.ledger.database import insert
from app.ledger.rows import Letter
from app.ledger.schema import events


def commit(
    connection: Connection, letter: Letter, before: Job | None, event: Event | None, decision: Decision
) -> bool:
    """Write the job, its history and its effects, and settle the letter. False: nothing was written."""
    if not inbox.lock(connection, letter.id):
        return False
    if decision.job == before and not decision.effects:
        inbox.settle(connection, letter.id, "ignored", decision.because)
        return True
    job = jobs.write(connection, before, decision.job)
    if job is None:
        return False
    if event is not None:
        _remember(connection, job, event, decision.because, letter.fact.act_key)
    for effect in decision.effects:
        _apply(connection, job, effect)
    if not job.open:
        timers.drop(connection, job.id)
    inbox.settle(connection, letter.id, "done", decision.because)
    return True


def _remember(connection: Connection, job: Job, event: Event, because: str, act_key: str) -> None:
    values = {
        "job_id": job.id,
        "version": job.version,
        "kind": type(event).__name__,
        "body": codec.dump(event),
        "because": because,
        "at": event.at,
        "act_key": act_key,
    }
    connection.execute(insert(connection, events).values(values))


def _apply(connection: Connection, job: Job, effect: Effect) -> None:
    """What is a row of the ledger takes place now; what is of GitHub goes to the outbox."""
    match effect:
        case StartRun():
            runs.start(connection, job, effect)
        case CancelRun():
            runs.cancel(connection, effect.run, job.because)
        case SetTimer():
            timers.set_timer(connection, job.id, effect)
        case _:
            effects.put(connection, job, effect)
