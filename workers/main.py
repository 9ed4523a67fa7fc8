"""The composition root of a worker: settings in, a working process out. It decides nothing else."""

import asyncio
import contextlib
import hashlib
import hmac
import logging
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from pydantic import SecretStr

from app.config import WorkerSettings, load
from app.config.shapes import listed
from app.domain.errors import BadConfiguration, HandoffError
from app.domain.evidence import Us
from app.domain.redaction import Redactor
from app.domain.schedule import Limits
from app.github.auth import AppKey, Clock
from app.github.client import Door
from app.github.connection import Connection
from app.github.pacing import Pacing, Rates
from app.ledger.store import Ledger
from app.live import LiveTail
from app.logs import configure
from app.queue import Queue, open_redis
from app.relay import relay
from workers.agents.registry import agent_for
from workers.bot import BotAccount
from workers.cage.probe import choose
from workers.cage.spec import Identity
from workers.halt import refuse_to_write
from workers.listen import listen
from workers.presence import present
from workers.reconcile.conflicts import look_for_conflicts
from workers.reconcile.missed import take_in_missed
from workers.reconcile.poll import ask_for_news
from workers.reconcile.reap import keep_tidy
from workers.reconcile.rounds import go_rounds
from workers.reconcile.take_up import take_up_runs
from workers.runs.performers import PERFORMERS
from workers.tools import Tools
from workers.work import work_on

logger = logging.getLogger(__name__)

FLOWS_AT_ONCE = 16
"""How many lanes, and how many jobs' effects, a worker attends to at once, beside its runs."""


def _now() -> datetime:
    return datetime.now(UTC)


@contextlib.asynccontextmanager
async def prepared(
    settings: WorkerSettings,
    redactor: Redactor,
    nudge: Callable[[], None],
    now: Clock,
    leaving: asyncio.Event | None = None,
) -> AsyncIterator[Tools]:
    """Open every door, and yield the tools; the doors are closed afterwards. `leaving` is set when this worker ends.

    Raises:
        BadConfiguration: something is wrong that only a person can mend.
    """
    key = settings.private_key_file.read_text(encoding="utf-8")
    identity = Identity(uid=settings.cage_uid) if settings.cage_uid else Identity()
    async with contextlib.AsyncExitStack() as doors:
        ledger = await Ledger.open(settings.database)
        doors.push_async_callback(ledger.close)
        redis = open_redis(settings.redis)
        doors.push_async_callback(partial(redis.aclose, close_connection_pool=True))
        rates = Rates(
            writes_per_minute=settings.writes_per_minute, creations_per_minute=settings.writes_per_minute
        )
        pacing = Pacing(redis, rates, seconds=time.monotonic)
        connection = await doors.enter_async_context(
            Connection(
                pacing=pacing,
                clock=now,
                base_url=settings.github_url,
                user_agent=settings.app_slug,
                before_writing=partial(refuse_to_write, ledger, settings.data),
            )
        )
        github = Door(connection, AppKey(str(settings.app_id), SecretStr(key)), clock=now, redactor=redactor)
        yield Tools(
            ledger=ledger,
            github=github,
            us=Us(slug=settings.app_slug, label=settings.label, onboarding=settings.onboarding == "on"),
            bot=BotAccount(github, settings.app_slug),
            now=now,
            worker=f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}",
            data=settings.data.absolute(),
            sandbox=await choose(
                settings.cage, identity, engine=settings.container_engine, image=settings.image
            ),
            junior=agent_for(settings.agent),
            senior=agent_for(settings.senior_agent or settings.agent),
            reviewer=agent_for(settings.reviewing_agent),
            redactor=redactor,
            marker_key=hmac.new(key.encode(), b"handoff comment marker", hashlib.sha256).digest(),
            limits=Limits(
                runs=settings.capacity.runs,
                runs_per_repository=settings.capacity.runs,
                spike=settings.spike,
            ),
            git_url=settings.github_git_url.rstrip("/"),
            lease_seconds=settings.lease_seconds,
            adoption_seconds=settings.adoption_seconds,
            unattended_seconds=settings.unattended_seconds,
            leaving=leaving or asyncio.Event(),
            model_url=settings.model_url,
            network_allow=listed(settings.network_allow),
            private_networks=listed(settings.private_networks),
            nudge=nudge,
            live=LiveTail(redis),
        )


async def work(
    settings: WorkerSettings, redactor: Redactor, stopping: asyncio.Event, *, now: Clock = _now
) -> None:
    """Work until `stopping`: listen for wakes, relay what is due, and go the rounds."""
    nudged = asyncio.Event()
    async with prepared(settings, redactor, nudged.set, now, stopping) as tools:
        with present(tools.data, tools.worker):
            await _work(settings, tools, nudged, stopping)


async def _work(
    settings: WorkerSettings, tools: Tools, nudged: asyncio.Event, stopping: asyncio.Event
) -> None:
    _say_what_we_are(settings, tools)
    capacity = settings.capacity
    notes = _notes(settings, tools)
    await tools.ledger.greet(tools.worker, socket.gethostname(), os.getpid(), capacity.runs, notes)
    queue = await Queue.connect(settings.redis)
    try:
        await asyncio.gather(
            listen(
                settings.redis,
                partial(work_on, tools),
                capacity=max(capacity.runs, FLOWS_AT_ONCE),
                stopping=stopping,
            ),
            relay(lambda: tools.ledger.due(tools.now()), queue.wake, nudged=nudged, stopping=stopping),
            take_up_runs(
                tools, PERFORMERS, every_seconds=min(settings.reconcile_seconds, 5), stopping=stopping
            ),
            go_rounds(tools, every_seconds=settings.reconcile_seconds, stopping=stopping),
            look_for_conflicts(tools, every_seconds=settings.reconcile_seconds, stopping=stopping),
            ask_for_news(
                tools,
                pull=settings.pulls,
                every_seconds=settings.pull_seconds,
                compare_every=timedelta(seconds=10 * settings.reconcile_seconds),
                stopping=stopping,
            ),
            take_in_missed(tools, every_seconds=3 * settings.reconcile_seconds, stopping=stopping),
            keep_tidy(
                tools,
                kept_for=settings.kept_for,
                every_seconds=10 * settings.reconcile_seconds,
                stopping=stopping,
            ),
        )
    finally:
        await queue.close()
        await tools.ledger.part(tools.worker)


def _notes(settings: WorkerSettings, tools: Tools) -> dict[str, str]:
    """What the pages tell about this worker: its cage, its agents by the seat they take, and the label it heeds."""
    return {
        "cage": tools.sandbox.name,
        "runs": settings.capacity.because,
        "label": settings.label,
        "junior": tools.junior.name,
        "senior": tools.senior.name,
        "reviewer": tools.reviewer.name,
    }


def _say_what_we_are(settings: WorkerSettings, tools: Tools) -> None:
    logger.info("worker %s: %s", tools.worker, settings.capacity.because, extra={"action": "start"})
    logger.info("cage: %s, because %s", tools.sandbox.name, tools.sandbox.because, extra={"action": "start"})
    for warning in settings.warnings:
        logger.warning(warning, extra={"action": "start"})
    if tools.sandbox.reduced:
        logger.warning(tools.sandbox.warning, extra={"action": "start"})


async def _until_signalled(settings: WorkerSettings, redactor: Redactor) -> None:
    stopping = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stopping.set)
    await work(settings, redactor, stopping)


def main() -> int:
    """Run a worker; return its exit code: 78 (sysexits.h) if only a person can help it."""
    redactor = Redactor()
    try:
        settings = load(WorkerSettings)
        for secret in settings.secrets:
            redactor.register(secret)
        configure(settings.log, redactor.redact)
        # Not uvloop: it forks all of us for every git, which takes thirty times as long as the standard loop's vfork.
        asyncio.run(_until_signalled(settings, redactor))
    except BadConfiguration as problem:
        sys.stderr.write(f"{problem}\n")
        return os.EX_CONFIG
    except HandoffError as trouble:
        logger.error("The worker cannot go on: %s", trouble)  # noqa: TRY400 - not our mistake, so no traceback
        return 1
    return 0
