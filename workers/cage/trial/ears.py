"""Listens where a contained command cannot call: on the host's loopback, and on sockets of files and of names.

Nothing is ever answered. The kernel takes calls in by itself, so nobody waits: what was heard is asked for at the end.
"""

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from workers.cage.trial.verdict import Check, Finding

_SAID_BYTES = 80
_RESOLVER_PORT, _METADATA_PORT = 53, 80


class Ears:
    """Sockets by the names under which a hostile command learns of them; an address that is not there is left out."""

    def __init__(self, folder: Path) -> None:
        """Listen. `folder` gets the socket that is a file; it has to be one that the cage does not see."""
        self._sockets: dict[str, socket.socket] = {}
        self._addresses: dict[str, str] = {}
        own = f"127.{secrets.randbelow(200) + 20}.{secrets.randbelow(250)}.{secrets.randbelow(250) + 1}"
        self._listen("TCP", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        self._listen("TCP6", socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0))
        self._listen("UDP", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        self._listen("UDP6", socket.AF_INET6, socket.SOCK_DGRAM, ("::1", 0))
        self._listen("RESOLVER", socket.AF_INET, socket.SOCK_DGRAM, (own, _RESOLVER_PORT), (own, 0))
        self._listen("METADATA", socket.AF_INET, socket.SOCK_STREAM, (own, _METADATA_PORT), (own, 0))
        self._listen(
            "ABSTRACT", socket.AF_UNIX, socket.SOCK_STREAM, f"\0handoff-trial-{secrets.token_hex(6)}"
        )
        self._listen("SOCKET", socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "listener.sock"))

    def addresses(self) -> dict[str, str]:
        """Return where to call, by name."""
        return dict(self._addresses)

    def findings(self) -> list[Finding]:
        """Return a finding for each socket that somebody called at."""
        found = []
        for name, ear in self._sockets.items():
            for said in _heard(ear):
                where = f"the listener at {self._addresses[name]} ({name})"
                found.append(
                    Finding(Check.CONTACT, f"{where} was reached" + (f" and told {said!a}" if said else ""))
                )
                break
        return found

    def close(self) -> None:
        """Stop listening."""
        for ear in self._sockets.values():
            ear.close()

    def _listen(self, name: str, family: int, kind: int, *addresses: object) -> None:
        for address in addresses:
            ear = socket.socket(family, kind)
            ear.setblocking(False)  # noqa: FBT003 -- positional only
            with suppress(OSError):
                ear.bind(address)  # type: ignore[arg-type]  # a pair or a name, as the family wants
                if kind == socket.SOCK_STREAM:
                    ear.listen()
                if isinstance(address, str) and not address.startswith("\0"):
                    os.chmod(address, 0o777)  # noqa: PTH101, S103 -- the cage is to hide it, not its mode
                self._sockets[name] = ear
                self._addresses[name] = _shown(ear.getsockname())
                return
            ear.close()


def _shown(name: object) -> str:
    if isinstance(name, tuple):
        host, port = name[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return os.fsdecode(name).replace("\0", "@") if isinstance(name, str | bytes) else str(name)


def _heard(ear: socket.socket) -> Iterator[bytes]:
    """Yield what each caller said first, perhaps nothing."""
    while True:
        try:
            if ear.type == socket.SOCK_DGRAM:
                yield ear.recv(_SAID_BYTES)
                continue
            caller, _ = ear.accept()
        except BlockingIOError:
            return
        with caller:
            caller.setblocking(False)  # noqa: FBT003 -- positional only
            try:
                yield caller.recv(_SAID_BYTES)
            except OSError:
                yield b""
