"""The composition root of the set-up process: settings in, one link out, and the end when the App is registered.

It is the only process that serves pages and ever has the App's private key: in memory, from GitHub's answer until
the key is in a file.
"""

import asyncio
import logging
import os
import secrets
import signal
import sys
import time
from functools import partial

import uvicorn
import uvloop

from app.config.private import make_ours
from app.config.registration import registration_of
from app.config.set_up import SetUpSettings, load_set_up
from app.domain.errors import BadConfiguration, HandoffError
from app.domain.redaction import redact_shapes
from app.github.manifest import redeem, template
from app.logs import configure
from app.web.auth.hosts import House
from app.web.listen import bind, server_config
from app.web.setup.agents import offers
from app.web.setup.application import application
from app.web.setup.door import Clock, Door
from app.web.setup.keep import keep
from app.web.setup.place import Place
from app.web.setup.steps import Steps

CONNECTIONS_MAX = 50

logger = logging.getLogger(__name__)


def prepare(settings: SetUpSettings, port: int, clock: Clock = time.monotonic) -> tuple[uvicorn.Server, str]:
    """Return the server, which ends by itself when the App is registered, and the link that opens it.

    Raises:
        BadConfiguration: the App is registered already, or the data folder cannot be used.
        Refused: the data folder was not private, and holds settings that would be obeyed from now on.
    """
    if registration_of(settings.data) is not None:
        raise BadConfiguration(
            f"HANDOFF_DATA: an App is registered in {settings.data} already. Use another folder for another App."
        )
    make_ours(settings.data)  # better refused now than when GitHub has handed over the keys
    place, door = _place(settings, port), Door(clock)
    server = uvicorn.Server(server_config(_nothing_yet, lifespan="off", connections_max=CONNECTIONS_MAX))
    steps = Steps(
        place,
        door,
        offers=offers(),
        name=f"{template()['name']}-{secrets.token_hex(2)}",
        redeem=partial(redeem, settings.github_url),
        keep=partial(keep, settings),
        finished=partial(_end, server),
    )
    server.config.app = application(
        steps, host=place.host, is_registered=lambda: registration_of(settings.data) is not None
    )
    return server, f"{place.base_url}/setup?token={door.token}"


async def serve(settings: SetUpSettings) -> None:
    """Serve until the App is registered, or a signal ends it."""
    with bind(settings.host, settings.port) as listener:
        server, link = prepare(settings, listener.getsockname()[1])
        for line in invitation(link):
            _say(line)
        # uvicorn raises the signal that ended it once more; by then there is nothing left to end.
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda *_: None)
        await server.serve(sockets=[listener])


def invitation(link: str) -> list[str]:
    """Return what is said first: the one link, and how long it is good."""
    return [
        "Handoff is not connected to GitHub yet. Open this link in your browser to connect it:",
        "",
        f"  {link}",
        "",
        "It opens once, within an hour. Ctrl-C stops; starting again prints a fresh link.",
    ]


def _place(settings: SetUpSettings, port: int) -> Place:
    return Place(
        house=House(public_url=settings.public_url, host=settings.host, port=port),
        github=settings.github_git_url,
        agent=settings.agent or "",
    )


async def _nothing_yet(*_: object) -> None:
    """Be replaced before anything is served."""


def _end(server: uvicorn.Server) -> None:
    server.should_exit = True


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a person reads it; the log would redact the link


def main() -> int:
    """Run the set-up process; return its exit code: 78 (sysexits.h) if only a person can help it."""
    try:
        settings = load_set_up()
        configure(settings.log, redact_shapes)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings))
    except BadConfiguration as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - there may be no log yet, and a person must read it
        return os.EX_CONFIG
    except HandoffError as trouble:
        logger.error("Setting up cannot go on: %s", trouble)  # noqa: TRY400 - not our mistake, so no traceback
        return 1
    registration = registration_of(settings.data)
    if registration is not None:
        _say(f"{registration.name} is registered. Install it: {registration.html_url}/installations/new")
    return 0
