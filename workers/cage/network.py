"""Which way out a cage gets: from the repository's file, the server's settings and the model's address. Pure.

What goes through is decided by the proxy, host by host; nothing here resolves a name or opens a connection.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from app.domain.policy import Policy
from app.domain.policy.registries import PACKAGE_REGISTRIES
from workers.cage.spec import Forward, Network

MODEL_PORT = 3129
"""Where a model server is found inside that cannot have its own port there."""
_PORTS = {"http": 80, "https": 443}
_PRIVILEGED = 1024


def network_of(
    policy: Policy,
    *,
    allow: tuple[str, ...] = (),
    private: tuple[str, ...] = (),
    forwards: tuple[Forward, ...] = (),
) -> Network:
    """Return the network of a cage: what the repository's file allows, and what the server adds to it.

    `private` are the networks that a host may resolve to though they are not public; only the server names those.
    """
    registries = PACKAGE_REGISTRIES if policy.registries else ()
    hosts = dict.fromkeys((*registries, *policy.network_allow, *allow))
    return Network(allow=tuple(hosts), private=private, forwards=forwards)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDoor:
    """How an agent reaches its model server from inside: at `url`, by a forward or through the proxy."""

    url: str | None = None
    forwards: tuple[Forward, ...] = ()
    allow: tuple[str, ...] = ()


def model_door(model_url: str | None, *, own_network: bool = True) -> ModelDoor:
    """Return the way to a model server: a forward for one on this machine or without TLS, the proxy for the others.

    The proxy asks for TLS, and a certificate is for a name, so an address of `https` stays what it is. A server that
    it leads to in a private network is reached only if the server's settings name that network.
    """
    if model_url is None:
        return ModelDoor()
    parts = urlsplit(model_url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    here = _is_this_machine(host)
    if not own_network:  # what is here is here for the cage too, at the same port
        forward = Forward(port=port, to_host=host, to_port=port)
        return ModelDoor(url=model_url, forwards=(forward,) if here else ())
    if parts.scheme == "https" and not here:
        shown = f"[{host}]" if ":" in host else host
        return ModelDoor(url=model_url, allow=(f"{shown}:{port}",))
    inside = port if here and port >= _PRIVILEGED else MODEL_PORT
    forward = Forward(port=inside, to_host=host, to_port=port)
    return ModelDoor(url=_at(parts, inside), forwards=(forward,))


def _at(parts: SplitResult, port: int) -> str:
    """Return the address with the port inside; a name of this machine stays, because a certificate may be for it."""
    user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    host = "localhost" if parts.scheme == "https" and parts.hostname == "localhost" else "127.0.0.1"
    return parts._replace(netloc=f"{user}{host}:{port}").geturl()


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
