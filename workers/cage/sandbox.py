"""What a sandbox is to the rest: a name, a reason, and a way to turn a spec into something to start."""

from collections.abc import Callable
from dataclasses import dataclass

from workers.cage.spec import CageSpec, Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A program to start, the descriptors it inherits (closed by the starter), and what its entry script reads.

    A `keeper` is no cage itself but stands for one that somebody else bounds: it is put in no cgroup, only its first
    process is killed, and it ends by itself once nothing of the cage is alive.
    """

    arguments: tuple[str, ...]
    config: bytes
    descriptors: tuple[int, ...] = ()
    keeper: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A way of running commands that works on this machine.

    `reduced` means that it keeps less than the full promise; `warning` then says so in a sentence that every
    surface shows. `identity` is None when commands run as the worker's own user. `limited_by` has a line for each
    limit: what keeps it on this machine. Without an `own_network` a cage has the host's, and no doors in it.
    """

    name: str
    because: str
    reduced: bool
    warning: str
    identity: Identity | None
    contains: bool
    launch: Callable[[CageSpec, Identity | None], Launch]
    limited_by: tuple[str, ...] = ()
    own_network: bool = True
