"""What the entry script is told: the command and what to become before it, marshalled.

Not as JSON, whose reader takes longer to import than all the rest of the entry script; both ends are one Python.
"""

import marshal
from typing import Any

from workers.cage.doors import doors, environment
from workers.cage.spec import CageSpec, Identity
from workers.cage.view import Row


def orders(
    spec: CageSpec,
    *,
    become: dict[str, int] | None = None,
    view: list[Row] | None = None,
    first: bool = False,
    caged: bool = True,
    alone: dict[str, Any] | None = None,
) -> bytes:
    """Return the orders for a spec: who to `become` if anybody else, the root to build if there is none yet.

    A cage whose root is built has a network that nobody has brought up yet; one that is none has the host's. With
    `first` the entry script is the first process of its namespace, and stays that while a child becomes the command. `alone`
    is how to confine a command without namespaces; its `scratch` stands in for the cage's own /tmp.
    """
    network = spec.network if caged else None
    return marshal.dumps(
        {
            "command": list(spec.command),
            "directory": str(spec.workspace),
            "environment": {
                **environment(network),
                **spec.complete_environment,
                **_without_a_root(spec, alone),
            },
            "processes": spec.limits.processes,
            "memory_bytes": spec.limits.memory_bytes,
            "file_bytes": spec.limits.file_bytes,
            "become": become,
            "view": None if view is None else [row.plain for row in view],
            "first": first,
            "caged": caged,
            "alone": alone,
            "loopback": view is not None,
            "doors": doors(network),
        }
    )


def _without_a_root(spec: CageSpec, alone: dict[str, Any] | None) -> dict[str, str]:
    """Return what has to be said where the host's files are there, and closed, instead of missing."""
    if alone is None:
        return {}
    return {"TMPDIR": alone["scratch"], "GIT_CONFIG_NOSYSTEM": "1", **spec.environment}


def own_user(identity: Identity, outside: Identity | None = None) -> dict[str, int]:
    """Return how to become `identity` in a user namespace of its own, which is `outside` in the one around it."""
    outside = outside or identity
    return {"uid": identity.uid, "gid": identity.gid, "of_uid": outside.uid, "of_gid": outside.gid}
