"""What somebody does at the desk, as facts: the same as if they had said it on GitHub, and judged by the same door.

Nothing is done here and no role is known here. Whoever came by GitHub has theirs looked up by intake, with the
App's own credentials, each time; whoever runs this Handoff may do everything.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app import stop_file
from app.domain.errors import NotAllowed, Refused
from app.domain.facts import CommandGiven
from app.domain.ids import Actor
from app.domain.job import Job
from app.domain.verbs import Command
from app.ledger.rows import PAUSED, STOP
from app.ledger.store import Ledger
from app.telling.acts import was_not_started, was_switched, was_told
from app.web.viewer import Viewer

DESK = "desk"
"""The source of these facts."""


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
    """Passes on what people do. `nudge` tells the relay that somebody may be woken; `data` is the data folder."""

    ledger: Ledger
    nudge: Callable[[], None]
    now: Callable[[], datetime]
    data: Path

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
        """Stop everything or let it go on, on every machine; return what that means.

        The file in this process's data folder is written first, so that workers beside it stop though the ledger fails.

        Raises:
            NotAllowed: it is for whoever runs this Handoff.
            Refused: the file cannot be taken away.
            TryAgain: the ledger cannot be written just now.
        """
        if not viewer.is_owner:
            raise NotAllowed("Only whoever runs this Handoff can stop or start everything.")
        because = f"{viewer.name} {'stopped' if stopped else 'started'} everything at the desk"
        if stopped:
            with contextlib.suppress(OSError):  # the switch does the same
                stop_file.stop(self.data, because)
        else:
            self._take_file_away()
            await self.ledger.set_switch(PAUSED, on=False, because=because)
        await self.ledger.set_switch(STOP, on=stopped, because=because)
        self.nudge()
        return was_switched(stopped=stopped)

    def _take_file_away(self) -> None:
        try:
            stop_file.go_on(self.data)
        except OSError as error:
            path = stop_file.path_of(self.data)
            raise Refused(was_not_started(path, (error.strerror or "unknown").lower())) from error
