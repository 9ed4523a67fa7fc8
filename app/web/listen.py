"""Takes the address that a process serves at. It serves nothing itself."""

import socket

from app.domain.errors import BadConfiguration

CONNECTIONS_MAX = 1000


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
