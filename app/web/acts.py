"""What somebody does at the desk, as facts: the same as if they had said it on GitHub, and judged by the same door.

Nothing is done here and no role is known here. Whoever came by GitHub has theirs looked up by intake, with the
App's own credentials, each time; whoever runs this Handoff may do everything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import NotAllowed, Refused
from app.domain.facts import CommandGiven
from app.domain.ids import Actor
from app.domain.job import Job
from app.domain.verbs import Command
from app.ledger.store import Ledger
from app.telling.acts import was_switched, was_told
from app.web.viewer import Viewer

DESK = "desk"
"""The source of these facts."""

STOP = "stop"
"""The switch that keeps every run from being started."""


def actor_of(viewer: Viewer) -> Actor:
    """Return who acts: an account on GitHub, or whoever runs this Handoff under their name on this machine."""
    return Actor(login=viewer.login or viewer.name, id=viewer.account)


def given(job: Job, command: Command, viewer: Viewer, at: datetime) -> CommandGiven:
    """Return the fact that somebody told a job something. Two clicks within a second are one act.

    Raises:
        Refused: the job has ended, so that nobody is left to be told.
    """
    if not job.open:
        raise Refused(f"Job {job.id} has ended already: {job.because}.")
    by = actor_of(viewer)
    return CommandGiven(
        act_key=f"desk:{command.verb}:{job.id}:{by.id}:{by.login}:{int(at.timestamp())}",
        repository=job.repository,
        number=job.number,
        by=by,
        at=at,
        comment_id=0,
        place=1,
        command=command,
        on_pull_request=False,
        job=job.id,
    )


@dataclass(frozen=True, slots=True)
class Acts:
    """Passes on what people do. `nudge` tells the relay that somebody may be woken."""

    ledger: Ledger
    nudge: Callable[[], None]
    now: Callable[[], datetime]

    async def give(self, job: Job, command: Command, viewer: Viewer) -> str:
        """Put a command into the inbox; return what to expect.

        Raises:
            Refused: the job has ended.
            TryAgain: the ledger cannot be written just now.
        """
        await self.ledger.hear(given(job, command, viewer, self.now()), DESK)
        self.nudge()
        alive = bool(await self.ledger.workers())
        return was_told(job.id, command.verb, judged=not viewer.is_owner, alive=alive)

    async def switch(self, viewer: Viewer, *, stopped: bool) -> str:
        """Throw the switch that keeps every run from starting, or take it back; return what that means.

        Raises:
            NotAllowed: it is for whoever runs this Handoff.
        """
        if not viewer.is_owner:
            raise NotAllowed("Only whoever runs this Handoff can stop or start everything.")
        did = "stopped" if stopped else "started"
        await self.ledger.set_switch(STOP, on=stopped, because=f"{viewer.name} {did} everything at the desk")
        self.nudge()
        return was_switched(stopped=stopped)
