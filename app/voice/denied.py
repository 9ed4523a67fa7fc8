"""What is said of hosts that a cage may not reach: which they are, and what to write so that it may."""

from collections.abc import Sequence
from string import ascii_letters, digits

from app.domain.policy import PATH

SHOWN = 5
_OF_NAMES = frozenset(ascii_letters + digits + "-_.:[]")


def denied_hosts(hosts: Sequence[str]) -> str:
    """Return the sentences about hosts, each with its port; nothing where there are none."""
    if not hosts:
        return ""
    shown = ", ".join(_shown(host) for host in hosts[:SHOWN])
    more = f" and {len(hosts) - SHOWN} more" if len(hosts) > SHOWN else ""
    return (
        f"The cage did not let it reach {shown}{more}. If it needs that, add the host to `network.allow` in `{PATH}` on "
        "the default branch."
    )


def _shown(host: str) -> str:
    """Return a name as code; it is what a stranger's program asked for, so it is no more than the letters of names."""
    return f"`{''.join(char if char in _OF_NAMES else '?' for char in host[:100])}`"
