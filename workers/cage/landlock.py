"""The Landlock sandbox: no namespaces, only rules that the kernel keeps for a process and all that it starts.

For `HANDOFF_CAGE=landlock` only, on machines where nothing better can be had, as in most containers. Every surface
says what it does not keep. Its network is the ports of the forwards that lead to this machine, and nothing else.
"""

import os
import stat
from pathlib import Path

from app.domain.errors import BadConfiguration, Defect
from workers.cage.orders import orders
from workers.cage.sandbox import Launch
from workers.cage.spec import CageSpec, Forward, Identity
from workers.cage.view import Kind, starter, view

ABI_NEEDED = 4
"""Since this version (Linux 6.7) it can refuse connections."""
ABI_SCOPES = 6
"""Since this version (Linux 6.12) it can refuse signals."""
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def warning(abi: int, identity: Identity | None) -> str:
    """Return the sentence that every surface shows: what this sandbox does not keep."""
    gaps = ["see the names of all processes of this machine", "reach the model's port on any machine"]
    if identity is None:
        gaps.append("change modes and times of my own files, though not read or write them")
    if abi < ABI_SCOPES and identity is None:
        gaps.append("end my other processes")
    return (
        f"a reduced cage: agents and checks are held by Landlock alone, because HANDOFF_CAGE is landlock; they can "
        f"{', '.join(gaps[:-1])} and {gaps[-1]}, and reach no package registry. "
        "Install bubblewrap and set HANDOFF_CAGE=auto."
    )


def launch(spec: CageSpec, identity: Identity | None) -> Launch:
    """Return how to start a spec under Landlock; the last argument is left for the status descriptor.

    Raises `BadConfiguration` when the cage's user may not pass through the folders above its own.
    """
    if identity is not None:
        _passable(spec)
    rows = [row for row in view(spec, identity) if row.kind in {Kind.READABLE, Kind.FILE}]
    uid = identity.uid if identity else os.getuid()
    scratch = str(spec.home / "tmp")
    alone = {
        "uid": identity and identity.uid,
        "gid": identity and identity.gid,
        "readable": [
            "/proc",
            "/sys/devices/system/cpu",
            *(row.source if row.kind is Kind.READABLE else row.target for row in rows),
        ],
        "writable": [str(path) for path in spec.own],
        "devices": [f"/dev/{name}" for name in _DEVICES],
        "ports": [_port(each) for each in (spec.network.forwards if spec.network else ())],
        "processes": spec.limits.processes + threads_of(uid),
        "scratch": scratch,
    }
    return Launch(arguments=starter(inside=False), config=orders(spec, caged=False, alone=alone))


def _passable(spec: CageSpec) -> None:
    for above in sorted({parent for path in spec.own for parent in path.parents}):
        if not above.stat().st_mode & stat.S_IXOTH:
            raise BadConfiguration(
                f"With HANDOFF_CAGE=landlock the user of a cage has to pass through {above}: run `chmod o+x {above}`, "
                "which shows nobody what is in it, or install bubblewrap and set HANDOFF_CAGE=auto."
            )


def _port(forward: Forward) -> int:
    if forward.to_host not in _LOOPBACK or forward.port != forward.to_port:
        raise Defect(
            f"the Landlock sandbox reaches only this machine, port for port, not {forward.to_host}:{forward.to_port}"
        )
    return forward.port


def threads_of(uid: int) -> int:
    """Return how many processes and threads a user has now: RLIMIT_NPROC counts them with the cage's."""
    total = 0
    for entry in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in entry.read_text(errors="replace").splitlines())
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(lines["Uid"].split()[0]) == uid:
            total += int(lines["Threads"])
    return total
