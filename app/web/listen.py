"""Takes the address that a process serves at, and says how. It serves nothing itself."""

import socket
from typing import Any, Literal

import uvicorn

from app.domain.errors import BadConfiguration

CONNECTIONS_MAX = 1000
GRACE_SECONDS = 5


def server_config(
    app: Any, *, lifespan: Literal["on", "off"] = "on", connections_max: int = CONNECTIONS_MAX
) -> uvicorn.Config:
    """Return how an application is served: nothing of a request is logged or believed, and everything is bounded."""
    return uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan=lifespan,
        log_config=None,
        access_log=False,  # there are secrets in the addresses of links
        server_header=False,
        proxy_headers=False,  # nothing here depends on who asks, so nobody is believed about it
        limit_concurrency=connections_max,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def bind(host: str, port: int) -> socket.socket:
    """Take the address, before anything else is begun: who connects meanwhile waits, and is not refused.

    Raises:
        BadConfiguration: it cannot be had.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(CONNECTIONS_MAX)
    except OSError as error:
        listener.close()
        raise BadConfiguration(
            f"HANDOFF_HOST, HANDOFF_PORT: {host}:{port} cannot be listened on ({error.strerror}). "
            "Stop the program that has it, or choose another address."
        ) from None
    return listener
