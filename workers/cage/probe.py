"""Finds the best sandbox that works on this machine, by running something in it; refuses rather than pretend."""

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from app.domain.errors import BadConfiguration, Defect
from workers.cage import bare, bubblewrap, landlock, unshare
from workers.cage.engine import sandbox as containers
from workers.cage.execute import execute
from workers.cage.inside.landlock import abi
from workers.cage.offers import limited_by, look
from workers.cage.ownership import remove_tree
from workers.cage.sandbox import Sandbox
from workers.cage.spec import CageSpec, How, Identity, Limits, Network

_INSTALL = {
    "bubblewrap": "apt-get install bubblewrap",
    "unshare": "apt-get install util-linux",
    "landlock": "Linux 6.7 or newer, with landlock among the modules of /sys/kernel/security/lsm",
}
_AUTO = ("bubblewrap", "unshare")
_NAMES = "auto, bubblewrap, unshare, landlock, docker or none"


async def choose(
    setting: str, identity: Identity | None = None, *, engine: str = "docker", image: str | None = None
) -> Sandbox:
    """Return the sandbox that a setting (auto, bubblewrap, unshare, landlock, docker, none) names on this machine.

    `identity` is who cages run as if we are root; `engine` is the client, and `image` the image, of the cage docker.
    Raises `BadConfiguration` naming what is missing.
    """
    if setting == containers.NAME:
        return await _containers(engine, image, _identity(identity))
    offers = await look()
    if setting == "none":
        return replace(_bare(), limited_by=limited_by("none", offers))
    if setting != "auto" and setting not in _INSTALL:
        raise BadConfiguration(f"HANDOFF_CAGE is {setting!r}; it can be {_NAMES}.")
    identity = _identity(identity)
    missing: list[str] = []
    for name in _AUTO if setting == "auto" else (setting,):
        candidate = _candidate(name, identity)
        problem = await _problem(candidate)
        if problem is None:
            because = f"{_because(candidate, missing)}; {offers.summary}"
            return replace(candidate, because=because, limited_by=limited_by(name, offers))
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
    launch = {"bubblewrap": bubblewrap.launch, "unshare": unshare.launch, "landlock": landlock.launch}[name]
    reduced = name == "landlock"
    return Sandbox(
        name=name,
        because="",
        reduced=reduced,
        warning=landlock.warning(abi(), identity) if reduced else "",
        identity=identity,
        contains=not reduced,
        launch=launch,
        own_network=not reduced,
    )


async def _containers(program: str, image: str | None, identity: Identity | None) -> Sandbox:
    """Return the container sandbox if a first command runs in it; it is only taken by name, so nothing else is tried."""
    candidate = await containers.candidate(program, image, identity)
    problem = await _problem(candidate)
    if problem is None:
        return candidate
    raise BadConfiguration(
        f"HANDOFF_CAGE is docker, and no container of {image} runs a command, so no agent is run: "
        f"{' '.join(problem.split())}. Mend that, or set HANDOFF_CAGE=auto."
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
        own_network=False,
    )


def _because(sandbox: Sandbox, missing: list[str]) -> str:
    own = "in a user namespace of its own" if sandbox.contains else "as our own user"
    user = f"as uid {sandbox.identity.uid}" if sandbox.identity else own
    better = f"; better ones do not ({'; '.join(missing)})" if missing else ""
    return f"{sandbox.name} works here, {user}{better}"


async def _problem(sandbox: Sandbox) -> str | None:
    if sys.platform != "linux":
        return "cages need Linux"
    folder = Path(tempfile.mkdtemp(prefix="handoff-cage-"))
    os.chmod(folder, 0o711)  # noqa: PTH101, S103 -- a sandbox without a root of its own has to pass through
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
        records=folder / "records",
        limits=Limits(timeout_seconds=30, stall_seconds=30),
        network=Network() if sandbox.name == containers.NAME else None,  # not everybody may open it
    )
    ended = await execute(spec, sandbox)
    if ended.how is How.EXITED and ended.code == 0 and (workspace / "here").is_file():
        return None
    return ended.output_tail.decode(errors="replace").strip()[-300:] or f"a first command {ended.how}"
