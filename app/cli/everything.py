"""`handoff stop --all` and `start --all`: the file first, for it needs nothing, then the switch that every machine sees.

Nothing else may fail or hang in a way that keeps the file from being written, or its writing from being said.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app import stop_file
from app.cli.ledger import SQLITE, opened
from app.config import Settings
from app.domain.errors import HandoffError, NotFound, Refused
from app.ledger.rows import PAUSED, STOP
from app.ledger.store import Ledger
from app.telling import acts

PATIENCE_SECONDS = 5.0
"""For the database: somebody who wants a stop is told in time what did not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switched:
    """What came of it, in words and as an exit code. `hanging`: a thread still waits for the database."""

    text: str
    code: int = 0
    hanging: bool = False


async def switch_everything(settings: Settings, *, stopped: bool, user: str) -> Switched:
    """Stop everything, or let it go on.

    Raises:
        NotFound: no Handoff keeps its things where the settings say.
        Refused: the file cannot be taken away.
    """
    return await (_stop if stopped else _start)(settings, user)


async def _stop(settings: Settings, user: str) -> Switched:
    because, path = f"{user} stopped everything at the command line", stop_file.path_of(settings.data)
    of_file = _put(settings, because)

    async def tell(ledger: Ledger) -> None:
        await ledger.set_switch(STOP, on=True, because=because)

    trouble, hanging = await _told(settings, tell)
    match of_file, trouble:
        case None, None:
            return Switched(text=acts.was_switched(stopped=True))
        case None, _:
            said = acts.was_stopped_by_file_only(path, str(trouble))
            return Switched(text=said, hanging=hanging)
        case _, None:
            return Switched(text=acts.was_stopped_by_switch_only(path, str(of_file)))
        case _, NotFound():
            raise trouble
        case _:
            said = acts.could_not_be_stopped(path, str(of_file), str(trouble))
            return Switched(text=said, code=1, hanging=hanging)


async def _start(settings: Settings, user: str) -> Switched:
    try:
        stop_file.go_on(settings.data)
    except OSError as error:
        path = stop_file.path_of(settings.data)
        raise Refused(acts.was_not_started(path, (error.strerror or "unknown").lower())) from error

    async def tell(ledger: Ledger) -> None:
        for switch in (PAUSED, STOP):
            await ledger.set_switch(
                switch, on=False, because=f"{user} started everything at the command line"
            )

    trouble, hanging = await _told(settings, tell)
    if isinstance(trouble, NotFound):
        raise trouble
    if trouble is not None:
        said = acts.was_started_without_database(str(trouble))
        return Switched(text=said, code=1, hanging=hanging)
    return Switched(text=acts.was_switched(stopped=False))


def _put(settings: Settings, because: str) -> str | None:
    """Put the file there; return why that was not possible."""
    used = stop_file.is_ours(settings.data) or not settings.database.startswith(SQLITE)
    if not used:
        return "no Handoff keeps its things in that folder"
    try:
        stop_file.stop(settings.data, because)
    except OSError as error:
        return (error.strerror or type(error).__name__).lower()
    return None


async def _told(
    settings: Settings, tell: Callable[[Ledger], Awaitable[None]]
) -> tuple[HandoffError | TimeoutError | None, bool]:
    """Tell the ledger; return what went wrong, and whether something waits for the database still."""

    async def open_and_tell() -> None:
        async with opened(settings) as ledger:
            await tell(ledger)

    telling = asyncio.create_task(open_and_tell())
    await asyncio.wait({telling}, timeout=PATIENCE_SECONDS)
    if not telling.done():
        return TimeoutError(f"it did not answer within {PATIENCE_SECONDS:g} s"), True
    try:
        telling.result()
    except HandoffError as error:
        return error, False
    return None, False
