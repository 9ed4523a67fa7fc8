"""What every endpoint of the API is given: who asks, what they see, and what they may set in motion."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from app.domain.errors import NotAllowed, NotFound
from app.domain.job import Job
from app.ledger.store import Ledger
from app.web.acts import Acts
from app.web.viewer import Viewer, viewer_of
from app.web.views.gather import QueueAnswers, Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the API works with. `github` is the address of GitHub's pages, `data` the data folder."""

    ledger: Ledger
    acts: Acts
    github: str
    queue_answers: QueueAnswers
    data: Path


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who asks."""

    tools: Tools
    viewer: Viewer

    @property
    def sight(self) -> Sight:
        """What they see."""
        tools = self.tools
        return Sight(
            ledger=tools.ledger,
            viewer=self.viewer,
            github=tools.github,
            queue_answers=tools.queue_answers,
            data=tools.data,
        )

    async def job(self, job_id: str) -> Job:
        """Return a job that they see.

        Raises:
            NotFound: there is none.
        """
        job = await self.sight.job(job_id)
        if job is None:
            raise unknown(job_id)
        return job

    def must_be_owner(self) -> None:
        """Raise `NotAllowed` for anybody but whoever runs this Handoff."""
        if not self.viewer.is_owner:
            raise NotAllowed("Only whoever runs this Handoff can see or do this.")


def unknown(job_id: str) -> NotFound:
    """Return the error for a job that is not there, or not for these eyes: they are told the same."""
    return NotFound(f"There is no job {job_id}. `handoff status` lists those I know.")


def _asking(request: Request) -> Asking:
    return Asking(request.app.state.tools, viewer_of(request))


Ask = Annotated[Asking, Depends(_asking)]
