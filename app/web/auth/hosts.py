"""By which names we are called. Any other name may have been made to point here by somebody else. Pure.

https://owasp.org/www-community/attacks/DNS_Rebinding
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
EVERY_INTERFACE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared, never bound


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Where we are: `public_url` as configured, without a slash at its end, and what the process listens on."""

    public_url: str | None
    host: str
    port: int

    @property
    def encrypted(self) -> bool:
        """Whether browsers reach us over TLS, so that a cookie may insist on it."""
        return (self.public_url or "").startswith("https://")

    @property
    def cookie(self) -> str:
        """The name of the session's cookie. Cookies know no ports, so that two on one machine must differ by name."""
        return "__Host-handoff" if self.encrypted else f"handoff-{self.port}"

    def knows(self, hosts: Sequence[str]) -> bool:
        """Say whether a request with these `Host` headers means us."""
        ours = {self.host, urlsplit(self.public_url or "").hostname or "localhost"}
        return len(hosts) == 1 and _name(hosts[0]) in LOOPBACK | (ours - EVERY_INTERFACE)

    def address(self, host: str) -> str:
        """Return the address at which GitHub sends people back, for one who reached us as `host`."""
        if self.public_url:
            return self.public_url
        return f"http://localhost:{self.port}" if self.port else f"http://{host}"


def _name(host: str) -> str:
    """Return a `Host` without its port; empty for one that cannot be read."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
