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
) -> Result:
    """Return the result of the write that `key` names, doing it only if it was not done before.

    Raises:
        StoppedMeanwhile: the run was cancelled, so nothing more is written.
    """
    intent = await tools.ledger.intend(visit.job.id, key)
    if intent.done is not None:
        return intent.done
    found = await look() if intent.started_before else None
    if found is None:
        if visit.cancelled.is_set():
            raise StoppedMeanwhile
        found = await act()
    await tools.ledger.fulfil_intent(visit.job.id, key, found)
    return found
