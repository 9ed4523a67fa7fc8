"""The composition root of the web process: settings in, a running server out. It decides nothing else."""

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable

import uvicorn
import uvloop

from app.config import WebSettings, load
from app.domain.errors import BadConfiguration, HandoffError
from app.domain.redaction import Redactor
from app.ledger.store import Ledger
from app.logs import configure
from app.web.application import create_app
from app.web.listen import bind, server_config

logger = logging.getLogger(__name__)


async def serve(settings: WebSettings) -> None:
    """Serve until a signal ends it."""
    with bind(settings.host, settings.port) as listener:
        app = create_app(settings, await Ledger.open(settings.database))
        server = Server(server_config(app), app.state.end_streams)
        host, port = listener.getsockname()[:2]
        logger.info("Listening on http://%s:%d", f"[{host}]" if ":" in host else host, port)
        # uvicorn raises the signal that ended it once more; by then there is nothing left to end.
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, lambda *_: None)
        await server.serve(sockets=[listener])


class Server(uvicorn.Server):
    """A server that ends what would never end by itself, before it waits for its connections to be done."""

    def __init__(self, config: uvicorn.Config, end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._end_streams = end_streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more requests, and let those that are under way come to their end."""
        self._end_streams()
        await super().shutdown(sockets)


def main() -> int:
    """Run the web process; return its exit code: 78 (sysexits.h) if only a person can help it."""
    try:
        settings = load(WebSettings)
        redactor = Redactor()
        for secret in settings.secrets:
            redactor.register(secret)
        configure(settings.log, redactor.redact)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings))
    except BadConfiguration as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - there may be no log yet, and a person must read it
        return os.EX_CONFIG
    except HandoffError as trouble:
        logger.error("The web process cannot go on: %s", trouble)  # noqa: TRY400 - not our mistake, so no traceback
        return 1
    return 0
