"""The unshare sandbox: util-linux opens the namespaces, the entry script builds the root inside them.

The fallback for machines without bubblewrap. `setpriv --pdeathsig` and `--kill-child` tie it to its supervisor.
"""

import os

from workers.cage.orders import orders, own_user
from workers.cage.sandbox import Launch
from workers.cage.spec import CageSpec, Identity
from workers.cage.view import starter, view

_TIED = ("setpriv", "--pdeathsig", "KILL", "unshare", "--kill-child")
_NAMESPACES: tuple[str, ...] = ("--mount", "--pid", "--fork", "--ipc", "--uts", "--net")


def launch(spec: CageSpec, identity: Identity | None) -> Launch:
    """Return how to start a spec under unshare; the last argument is left for the status descriptor."""
    if identity is not None:
        namespaces, become = _NAMESPACES, own_user(identity)
    else:
        # Root of the new user namespace is us; one more inside makes it our own number again, without rights.
        namespaces = (*_NAMESPACES, "--user", "--map-root-user")
        become = own_user(Identity(os.getuid(), os.getgid()), outside=Identity(0, 0))
    return Launch(
        arguments=(*_TIED, *namespaces, "--", *starter(inside=False)),
        config=orders(spec, become=become, view=view(spec, identity), first=True),
    )
