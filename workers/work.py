"""Which flow a wake is for: the subject's first word says it. A table, and nothing else.

A subject is an id from the ledger (`lane:7:12`); what there is to do about it is read from the ledger again.
"""

from collections.abc import Awaitable, Callable

from workers.deliver import deliver
from workers.halt import halted
from workers.intake import read_delivery, take_in
from workers.perform import perform
from workers.runs.performers import PERFORMERS
from workers.tools import Tools


async def _perform(tools: Tools, run_id: str) -> None:
    if not halted(tools.data):
        await perform(tools, PERFORMERS, run_id)


async def _ring(tools: Tools, _: str) -> None:
    if await tools.ledger.ring(tools.now()):
        tools.nudge()


FLOWS: dict[str, Callable[[Tools, str], Awaitable[None]]] = {
    "delivery": read_delivery,
    "lane": take_in,
    "run": _perform,
    "effects": deliver,
    "timers": _ring,
}


async def work_on(tools: Tools, subject: str) -> None:
    """Do what is due about a subject; a subject of no known kind is left to whoever knows it."""
    kind, _, name = subject.partition(":")
    flow = FLOWS.get(kind)
    if flow is not None and name:
        await flow(tools, name)
