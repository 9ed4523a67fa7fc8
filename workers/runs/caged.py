"""One command of a run in a cage: it goes on when the worker does not, and ends when everything is to stop."""

from collections.abc import Callable
from dataclasses import replace

from app.domain.errors import HandoffError, TryAgain
from workers.cage.engine.sandbox import with_image
from workers.cage.execute import execute
from workers.cage.spec import CageSpec, Exit, How
from workers.cage.supervisor import begun, end_living
from workers.runs.visit import RunVisit
from workers.tools import Tools


class CageLostError(HandoffError):
    """A cage ended without having been told to, and without its command having ended. The text says why."""


_LOST = {
    How.LOST: "its cage ended with the machine or the supervisor that kept it",
    How.UNATTENDED: "no worker came for it in time, so its cage was ended",
}


async def run_caged(
    tools: Tools, visit: RunVisit, spec: CageSpec, *, on_output: Callable[[bytes], None] | None = None
) -> Exit:
    """Run a spec as the next cage of a visit; done again after a crash, the same cage is found again.

    Raises:
        TryAgain: everything was stopped meanwhile.
        CageLostError: nobody knows how it would have ended.
        LeftAliveError: this worker leaves, and the cage goes on.
    """
    sandbox = with_image(tools.sandbox, visit.job.policy.image)
    if visit.cages == 0:
        visit.log.begin(f"the cage is {sandbox.name}")
        visit.log.say("\n".join(sandbox.limited_by))
    mine = replace(
        spec,
        records=visit.records_of(spec),
        unattended_seconds=tools.unattended_seconds,
        halt_file=tools.stop_file,
    )
    if not begun(mine.records):  # then no other may be alive: two agents in one workspace are one too many
        await end_living(mine.records.parent)
    end = await execute(mine, sandbox, on_output=on_output, cancelled=visit.cancelled, leaving=visit.leaving)
    visit.denied.update((f"{each.host}:{each.port}", None) for each in end.denied)
    if end.how is How.HALTED:
        raise TryAgain("everything is stopped", after_seconds=1)
    if end.how in _LOST:
        raise CageLostError(_LOST[end.how])
    return end
