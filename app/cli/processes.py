"""The processes of an installation, by module name: nothing here imports what it starts."""

import os
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NoReturn

MODULES: Mapping[str, str] = MappingProxyType(
    {
        "serve": "app.web",
        "setup": "app.web.setup",
        "worker": "workers",
        "doctor": "workers.doctor",
        "cage": "workers.cage.trial",
        "localhub": "localhub",
    }
)
"""For each command that is a process of its own, the module that `python -m` runs."""


def command(name: str, arguments: Sequence[str] = ()) -> list[str]:
    """Return the command line of a process. `-P`: the working directory is no place to import from."""
    return [sys.executable, "-P", "-m", MODULES[name], *arguments]


def become(name: str, arguments: Sequence[str] = ()) -> NoReturn:
    """Replace this process by another one, which then gets the signals meant for it."""
    line = command(name, arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(line[0], line)  # noqa: S606 - without a shell is what we want
