"""Finds the best sandbox that works on this machine, by running something in it; refuses rather than pretend."""

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from app.domain.errors import BadConfiguration, Defect
from workers.cage import bare, bubblewrap, unshare
from workers.cage.execute import execute
from workers.cage.ownership import remove_tree
from workers.cage.sandbox import Sandbox
from workers.cage.spec import CageSpec, How, Identity, Limits

_INSTALL = {
    "bubblewrap": "apt-get install bubblewrap",
    "unshare": "apt-get install util-linux",
}


async def choose(setting: str, identity: Identity | None = None) -> Sandbox:
    """Return the sandbox that a setting (auto, bubblewrap, unshare, none) names on this machine.

    `identity` is who cages run as if we are root. Raises `BadConfiguration` naming what is missing.
    """
    if setting == "none":
        return _bare()
    if setting != "auto" and setting not in _INSTALL:
        raise BadConfiguration(f"HANDOFF_CAGE is {setting!r}; it can be auto, bubblewrap, unshare or none.")
    identity = _identity(identity)
    missing: list[str] = []
    for name in _INSTALL if setting == "auto" else (setting,):
        candidate = _candidate(name, identity)
        problem = await _problem(candidate)
        if problem is None:
            return replace(candidate, because=_because(name, identity, missing))
        missing.append(f"{name}: {' '.join(problem.split())} ({_INSTALL[name]})")
    raise BadConfiguration(
        f"No sandbox works on this machine, so no agent is run. {'; '.join(missing)}. "
        "HANDOFF_CAGE=none runs agents without a cage: they can then read and change all that the worker can."
    )


def _identity(wanted: Identity | None) -> Identity | None:
    if os.geteuid() != 0:
        return None
    identity = wanted or Identity()
    if identity.uid == 0 or identity.gid == 0:
        raise BadConfiguration("The user of a cage cannot be root; 65534 (nobody) is the default.")
    return identity


def _candidate(name: str, identity: Identity | None) -> Sandbox:
    launch = {"bubblewrap": bubblewrap.launch, "unshare": unshare.launch}[name]
    return Sandbox(
        name=name, because="", reduced=False, warning="", identity=identity, contains=True, launch=launch
    )


def _bare() -> Sandbox:
    return Sandbox(
        name="none",
        because="HANDOFF_CAGE is none",
        reduced=True,
        warning=bare.WARNING,
        identity=None,
        contains=False,
        launch=bare.launch,
    )


def _because(name: str, identity: Identity | None, missing: list[str]) -> str:
    user = f"as uid {identity.uid}" if identity else "in a user namespace of its own"
    return f"{name} works here, {user}" + (f"; better ones do not ({'; '.join(missing)})" if missing else "")


async def _problem(sandbox: Sandbox) -> str | None:
    if sys.platform != "linux":
        return "cages need Linux"
    folder = Path(tempfile.mkdtemp(prefix="handoff-cage-"))
    try:
        return await _try(sandbox, folder)
    except Defect as error:  # a root that may not give files away, as in some containers
        return str(error)
    finally:
        await remove_tree(folder)


async def _try(sandbox: Sandbox, folder: Path) -> str | None:
    workspace, home = folder / "workspace", folder / "home"
    workspace.mkdir()
    home.mkdir()
    spec = CageSpec(
        command=("/bin/sh", "-c", "echo here > here"),
        workspace=workspace,
        home=home,
        output=folder / "output",
        limits=Limits(timeout_seconds=30, stall_seconds=30),
    )
    ended = await execute(spec, sandbox)
    if ended.how is How.EXITED and ended.code == 0 and (workspace / "here").is_file():
        return None
    return ended.output_tail.decode(errors="replace").strip()[-300:] or f"a first command {ended.how}"
