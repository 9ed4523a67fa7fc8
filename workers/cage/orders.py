"""What the entry script is told: the command and what to become before it, as JSON."""

import json
from dataclasses import asdict

from workers.cage.spec import CageSpec, Identity
from workers.cage.view import Row


def orders(
    spec: CageSpec,
    *,
    become: dict[str, int] | None = None,
    view: list[Row] | None = None,
    caged: bool = True,
) -> bytes:
    """Return the orders for a spec: who to `become` if anybody else, the root to build if there is none yet."""
    return json.dumps(
        {
            "command": spec.command,
            "directory": str(spec.workspace),
            "environment": spec.complete_environment,
            "processes": spec.limits.processes,
            "memory_bytes": spec.limits.memory_bytes,
            "file_bytes": spec.limits.file_bytes,
            "become": become,
            "view": None if view is None else [asdict(row) for row in view],
            "caged": caged,
        }
    ).encode()


def own_user(identity: Identity, outside: Identity | None = None) -> dict[str, int]:
    """Return how to become `identity` in a user namespace of its own, which is `outside` in the one around it."""
    outside = outside or identity
    return {"uid": identity.uid, "gid": identity.gid, "of_uid": outside.uid, "of_gid": outside.gid}
