"""The examination: what is looked at, in which order, and what is left out when something before it is missing."""

import os
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from app.config import PROCESSES, Settings, WorkerSettings, ignored_server_file, load, unknown_variables
from app.config.set_up import MachineSettings, is_nobody
from app.domain.errors import BadConfiguration, HandoffError
from app.domain.redaction import Redactor
from app.github import manifest
from app.github.auth import AppKey, Clock
from app.ledger.condition import condition_of
from app.telling.standstill import both, file
from workers.doctor.finding import Finding, unknown
from workers.doctor.judge import app as judge_app
from workers.doctor.judge import hook as judge_hook
from workers.doctor.judge import machine as judge_machine
from workers.doctor.judge import stores
from workers.doctor.judge.repositories import repository
from workers.doctor.judge.settings import settings as judge_settings
from workers.doctor.judge.standstill import standstill as judge_standstill
from workers.doctor.look import github as look_github
from workers.doctor.look import machine, queue

T = TypeVar("T")


def _now() -> datetime:
    return datetime.now(UTC)


async def examine(common: Settings, redactor: Redactor, *, now: Clock = _now) -> AsyncIterator[Finding]:
    """Look at everything that can be looked at, finding by finding.

    Raises:
        BadConfiguration: not even the settings that every process needs can be read.
    """
    nobody, complaints, worker = _nobody(), _complaints(), _worker()
    for secret in (worker or common).secrets:
        redactor.register(secret)
    unused = unknown_variables(os.environ, PROCESSES)
    for each in judge_settings(
        complaints, nobody=nobody, unused=unused, ignored=ignored_server_file(), data=str(common.data)
    ):
        yield each
    async for each in _everywhere(common):
        yield each
    async for each in _working(load(MachineSettings)):
        yield each
    if worker is None:
        yield unknown("github", "GitHub was not asked, because the settings come first.")
        return
    async for each in _github(worker, redactor, now):
        yield each


def _nobody() -> bool:
    try:
        return is_nobody()
    except BadConfiguration:  # somebody is registered, and why that cannot be read is among the complaints
        return False


def _complaints() -> list[str]:
    said: list[str] = []
    for kind in PROCESSES:
        try:
            load(kind)
        except BadConfiguration as error:
            said += str(error).splitlines()
    return list(dict.fromkeys(said))


def _worker() -> WorkerSettings | None:
    try:
        return load(WorkerSettings)
    except BadConfiguration:
        return None


async def _everywhere(common: Settings) -> AsyncIterator[Finding]:
    """What needs to be right for any process."""
    found = await condition_of(common.database)
    for each in stores.database(found, machine.filesystem(found.file) if found.file else None):
        yield each
    for each in judge_standstill(both(found.stop, found.paused, file(common.data))):
        yield each
    for each in stores.redis(await queue.redis(common)):
        yield each
    yield judge_machine.disk(
        replace(machine.disk(common.data), kept_bytes=await machine.kept_bytes(common.data))
    )
    yield judge_machine.git(await machine.git_version())


async def _working(settings: MachineSettings) -> AsyncIterator[Finding]:
    """What a worker needs to run agents."""
    yield judge_machine.cage(await machine.cage(settings))
    if settings.agent is None:
        yield unknown("agents", "No agent is chosen yet.", "Set HANDOFF_AGENT, or choose one in the set-up.")
        return
    agents = judge_machine.different_agents(settings.agent, settings.senior_agent, settings.reviewer)
    for setting, roles in agents:
        for each in judge_machine.agent(await machine.agent(setting, roles, settings.model_url)):
            yield each


async def _github(settings: WorkerSettings, redactor: Redactor, now: Clock) -> AsyncIterator[Finding]:
    key, parses, mode = machine.key(settings.private_key_file, str(settings.app_id), now)
    yield judge_machine.key_file(settings.private_key_file, mode, parses=parses)
    if not parses:
        yield unknown("github", "GitHub was not asked, because that takes the App's key.")
        return
    async for each in _as_the_app(settings, key, redactor, now):
        yield each


async def _as_the_app(
    settings: WorkerSettings, key: AppKey, redactor: Redactor, now: Clock
) -> AsyncIterator[Finding]:
    form = manifest.template()
    expected = judge_app.Expected(
        app_id=settings.app_id,
        slug=settings.app_slug,
        permissions=form["default_permissions"],
        events=frozenset(form["default_events"]),
        pages=settings.github_git_url,
    )
    async with look_github.github(settings, key, redactor, now) as view:
        asked = await _asked(view.door.app())
        if view.noting.seconds_ahead is not None:
            yield judge_app.clock(view.noting.seconds_ahead)
        if isinstance(asked, HandoffError):
            yield judge_app.could_not_ask("app", asked)
            return
        yield judge_app.identity(asked, expected)
        for each in (*judge_app.permissions(asked, expected), *judge_app.events(asked, expected)):
            yield each
        async for each in _news(settings, view, now):
            yield each
        async for each in _places(settings, view, expected):
            yield each


async def _news(settings: WorkerSettings, view: look_github.View, now: Clock) -> AsyncIterator[Finding]:
    """The road by which news reach us."""
    if settings.pull == "on" or (settings.pull == "auto" and settings.public_url is None):
        yield judge_hook.asking(settings.pull_seconds)
        return
    config = await _asked(view.door.hook())
    if isinstance(config, HandoffError):
        yield judge_app.could_not_ask("webhook", config)
        return
    for each in judge_hook.hook(config, settings.public_url):
        yield each
    attempts = await _asked(view.door.deliveries())
    if isinstance(attempts, HandoffError):
        yield judge_app.could_not_ask("deliveries", attempts)
    else:
        yield judge_hook.deliveries(attempts[0], now())


async def _places(
    settings: WorkerSettings, view: look_github.View, expected: judge_app.Expected
) -> AsyncIterator[Finding]:
    """Where the App is installed, and what is there."""
    found = await _asked(view.door.installations())
    if isinstance(found, HandoffError):
        yield judge_app.could_not_ask("installations", found)
        return
    for each in judge_app.installations(found, expected):
        yield each
    open_ones = [each for each in found if each.suspended_at is None]
    seen, left_out = await look_github.repositories(view, open_ones)
    for place in seen:
        for each in repository(place, settings.label):
            yield each
    if left_out:
        yield unknown("repositories", f"{left_out} more repositories were not looked at.")


async def _asked(answer: Awaitable[T]) -> T | HandoffError:
    """Return what GitHub answers, or why it could not be asked."""
    try:
        return await answer
    except HandoffError as error:
        return error
