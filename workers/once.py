"""Does a write inside a run exactly once: intent, call, done. What was done is looked for before it is done again.

A run may be killed at any moment and begun anew by another worker. Each of its writes has a key; its result is in
the ledger when it is known, and at GitHub when it is not.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from app.domain.errors import Refused
from workers.runs.visit import RunVisit
from workers.tools import Tools

Result = dict[str, Any]


class StoppedMeanwhile(Refused):
    """the job was stopped in the meantime."""


async def once(
    tools: Tools,
    visit: RunVisit,
    key: str,
    *,
    look: Callable[[], Awaitable[Result | None]],
    act: Callable[[], Awaitable[Result]],
    look_first: bool = False,
) -> Result:
    """Return the result of the write that `key` names, doing it only if it was not done before.

    With `look_first` it is looked for even where we never began: others may have done it.

    Raises:
        StoppedMeanwhile: the run was cancelled, or is somebody else's by now, so nothing more is written.
    """
    intent = await tools.ledger.intend(visit.job.id, key)
    if intent.done is not None:
        return intent.done
    found = await look() if intent.started_before or look_first else None
    if found is None:
        await _still_ours(tools, visit)
        found = await act()
    await tools.ledger.fulfil_intent(visit.job.id, key, found)
    return found


async def _still_ours(tools: Tools, visit: RunVisit) -> None:
    """Ask the ledger just before a write: the heartbeat alone would let a few seconds of writes through."""
    pulse = await tools.ledger.beat(visit.run, visit.fence, tools.lease_seconds)
    if pulse.cancel or not pulse.kept:
        visit.cancelled.set()
        raise StoppedMeanwhile
