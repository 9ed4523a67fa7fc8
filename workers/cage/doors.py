"""The doors of a cage: its own ports that lead out, and the environment by which programs find the proxy. Values only.

Behind a door stands the relay (`inside/relay.py`), behind that, outside, the filter (`supervise/egress.py`).
"""

from pathlib import Path
from typing import Any

from app.domain.errors import Defect
from workers.cage.spec import CageSpec, Network

EGRESS = "egress"
EGRESS_INSIDE = "/run/cage/egress"
_PROXY_PORT = 3128
_NOT_PROXIED = "localhost,127.0.0.1,::1"


def egress_of(spec: CageSpec) -> Path | None:
    """Return where, outside, the supervisor of a cage listens for it; None for a cage without a network."""
    return None if spec.network is None else spec.records / EGRESS


def doors(network: Network | None, egress: str | Path = EGRESS_INSIDE) -> dict[str, Any] | None:
    """Return what the entry script has to open: ports, the line that names the target of each, and where they lead."""
    if network is None:
        return None
    forwards = [(forward.port, f"forward {number}") for number, forward in enumerate(network.forwards)]
    taken = [port for port, _ in forwards]
    if len({*taken}) < len(taken):
        raise Defect(f"two forwards of a cage have the same port: {sorted(taken)}")
    return {"egress": str(egress), "ports": [(proxy_port(network), "proxy"), *forwards]}


def proxy_port(network: Network) -> int:
    """Return the port of the proxy inside: nobody else is there, so it is the same in every cage if it can be."""
    taken = {forward.port for forward in network.forwards}
    return next(port for port in range(_PROXY_PORT, 65536) if port not in taken)


def environment(network: Network | None) -> dict[str, str]:
    """Return the variables by which the usual tools go through the proxy, and leave loopback alone.

    curl, git, pip, cargo, go, gem and most agents read the first six; Node from 24 on asks to be told that it should;
    `global-agent` is what older Node programs have; Yarn and Java have words of their own (Java leaves loopback alone by itself).
    """
    if network is None:
        return {}
    port = proxy_port(network)
    url = f"http://127.0.0.1:{port}"
    java = " ".join(
        f"-D{scheme}.proxyHost=127.0.0.1 -D{scheme}.proxyPort={port}" for scheme in ("http", "https")
    )
    named = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "GLOBAL_AGENT_HTTP_PROXY")
    return {
        **dict.fromkeys((*named, "YARN_HTTP_PROXY", "YARN_HTTPS_PROXY"), url),
        **dict.fromkeys(("NO_PROXY", "no_proxy", "GLOBAL_AGENT_NO_PROXY"), _NOT_PROXIED),
        **dict.fromkeys(("MAVEN_OPTS", "GRADLE_OPTS", "SBT_OPTS"), java),
        "NODE_USE_ENV_PROXY": "1",
    }
