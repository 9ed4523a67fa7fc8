"""The way out of one cage, if it has one: opened before the sandbox starts, used once it runs."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any

EGRESS = "egress"


class WayOut:
    """A filter behind a socket in the current directory, or nothing at all."""

    def __init__(self, network: dict[str, Any] | None, upstream: str | None) -> None:
        """Open the socket, which the sandbox shows to the cage; nobody answers yet."""
        self._network, self._upstream = network, upstream
        self._egress: Any = None
        self._listener: socket.socket | None = None
        if network is not None:
            # What a cage without a network never needs takes a while to be read.
            from workers.cage.supervise import egress  # noqa: PLC0415

            self._module = egress
            self._listener = egress.listen(EGRESS)

    def open(self) -> None:
        """Let connections through from now on, in threads: so not before the last fork."""
        if self._network is None or self._listener is None:
            return
        forwards = [(each["to_host"], each["to_port"]) for each in self._network["forwards"]]
        self._egress = self._module.Egress(
            self._listener, self._network["allow"], self._network["private"], forwards, self._upstream
        )
        self._egress.start()

    def denied(self) -> list[dict[str, str | int]]:
        """Return what was denied."""
        denied: list[dict[str, str | int]] = [] if self._egress is None else self._egress.denied()
        return denied

    def close(self) -> None:
        """Let nothing through any more."""
        if self._egress is not None:
            self._egress.close()
