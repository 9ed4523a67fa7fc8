"""Finds the deliveries that never arrived in the App's own list of them, and takes them in as if they had.

GitHub does not deliver again by itself, and keeps the list for three days. The payload is fetched rather than asked
for once more, because that works where GitHub cannot reach us. What GitHub never tried to deliver is not in the list:
`compare.py` finds that.
"""

import asyncio
import contextlib
import json
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from app.domain.errors import HandoffError, NotFound
from app.domain.progress import Attempt, missed
from app.github.inbound import EVENTS, UNASKED
from app.github.shapes import HookDelivery
from workers.tools import Tools

logger = logging.getLogger(__name__)

CURSOR = "deliveries"
LANE = "deliveries"
READ = EVENTS | UNASKED

KEPT = timedelta(days=3)
"""How long GitHub keeps deliveries."""

AGAIN = timedelta(minutes=10)
"""What is looked through again: an attempt is listed when it has ended, and clocks differ."""

PAGES_A_LOOK = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How far the list was looked through: back to `since`. `page` is GitHub's name for where a long look goes on."""

    since: datetime
    begun: datetime | None = None
    page: str | None = None


async def take_in_missed(tools: Tools, *, every_seconds: float, stopping: asyncio.Event) -> None:
    """Look now, back to where the last look began, and again whenever the time has come, until `stopping`."""
    trouble = ""
    while not stopping.is_set():
        try:
            if await tools.ledger.take_lane(LANE, tools.worker, every_seconds + tools.lease_seconds):
                await look_for_missed(tools)
            trouble = ""
        except HandoffError as error:
            if str(error) != trouble:
                logger.warning("missed deliveries were not looked for: %s", error, extra={"action": "missed"})
            trouble = str(error)
        except Exception:
            logger.exception("looking for missed deliveries failed", extra={"action": "missed"})
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every_seconds)
    with contextlib.suppress(HandoffError):
        await tools.ledger.leave_lane(LANE, tools.worker)


async def look_for_missed(tools: Tools) -> None:
    """Look through the list once, and take in what is in it and not in the ledger.

    Raises:
        HandoffError: GitHub or the ledger cannot be asked just now; nothing is lost, the next look begins where this did.
    """
    look = await _where_we_are(tools)
    attempts, page = list[HookDelivery](), look.page
    for _ in range(PAGES_A_LOOK):
        found, page = await tools.github.deliveries(cursor=page, failed=True)
        attempts += found
        if page is None or (found and found[-1].delivered_at < look.since):
            page = None
            break
    recent = [_attempt(each) for each in attempts if each.delivered_at >= look.since]
    await _take_in(tools, missed(recent, READ))
    done = Look(since=(look.begun or tools.now()) - AGAIN)
    await _keep(tools, done if page is None else replace(look, page=page))


async def _where_we_are(tools: Tools) -> Look:
    """Return where to look; the first time ever only a little back, for nobody was waiting for us before."""
    now, value = tools.now(), await tools.ledger.cursor(CURSOR)
    look = Look(since=now - AGAIN) if value is None else TypeAdapter(Look).validate_python(value)
    return replace(look, since=max(look.since, now - KEPT), begun=look.begun or now)


async def _keep(tools: Tools, look: Look) -> None:
    await tools.ledger.keep_cursor(CURSOR, TypeAdapter(Look).dump_python(look, mode="json"))


async def _take_in(tools: Tools, lost: list[Attempt]) -> None:
    known = await tools.ledger.known_deliveries([attempt.guid for attempt in lost])
    for attempt in lost:
        if attempt.guid in known:
            continue
        with contextlib.suppress(NotFound):  # it grew too old since it was listed
            await _take_in_one(tools, attempt)


async def _take_in_one(tools: Tools, attempt: Attempt) -> None:
    """Keep a delivery as the receiver would have; that it is GitHub's own needs no signature here."""
    content = await tools.github.delivery(attempt.id)
    headers = {"x-github-event": content.event, "x-github-delivery": content.guid, "x-handoff-fetched": "1"}
    body = json.dumps(content.payload).encode()
    if await tools.ledger.accept(content.guid, content.event, body, headers, tools.now()):
        logger.info(
            "a delivery that had not arrived was fetched",
            extra={"action": "missed", "delivery": content.guid},
        )
        tools.nudge()


def _attempt(it: HookDelivery) -> Attempt:
    return Attempt(id=it.id, guid=it.guid, event=it.event, at=it.delivered_at, ok=it.status == "OK")
