"""No sandbox: the command runs as the worker's own user and sees all that the worker sees.

For `HANDOFF_CAGE=none` only. It still gets an environment, a session and limits of its own, but a process that
leaves its session outlives it, and nothing is hidden from it. Every surface says so.
"""

from workers.cage.orders import orders
from workers.cage.sandbox import Launch
from workers.cage.spec import CageSpec, Identity
from workers.cage.view import starter

WARNING = (
    "no cage: agents and checks run as the user of this worker and can read and change all that it can, "
    "because HANDOFF_CAGE is none. Install bubblewrap and set HANDOFF_CAGE=auto."
)


def launch(spec: CageSpec, _identity: Identity | None) -> Launch:
    """Return how to start a spec with nothing around it; the last argument is left for the status descriptor."""
    return Launch(
        arguments=starter(inside=False),
        config=orders(spec, caged=False),
    )
