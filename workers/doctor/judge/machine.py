"""Judges the machine we run on: disk, git, cage, agents, the private key's file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workers.doctor.finding import Finding, problem, unknown, warning, well

GIT_OLDEST = (2, 38)
GB = 1_000_000_000
FREE_BYTES_MIN, FREE_BYTES_WISE = GB, 5 * GB
FREE_INODES_MIN = 20_000
ROLES = 3
"""What agents are for; most often one is for all."""
NETWORK_FILESYSTEMS = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "glusterfs",
        "lustre",
        "fuse.sshfs",
        "fuse.s3fs",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """What a folder's file system has: `inodes_total` is 0 where they are made as needed.

    `kept_bytes` is how much lies in each of our folders there, as far as that could be counted.
    """

    folder: Path
    free_bytes: int
    inodes_free: int
    inodes_total: int
    kind: str | None = None
    kept_bytes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cage:
    """The cage that works here, or why none does."""

    name: str = ""
    contains: bool = True
    warning: str = ""
    limits: str = ""
    limited_by: tuple[str, ...] = ()
    because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSeen:
    """An agent of the settings: where its program is, what it calls itself, or why it cannot be started."""

    setting: str
    roles: tuple[str, ...]
    program: Path | None = None
    version: str = ""
    because: str | None = None
    hint: str = ""


def disk(seen: Disk) -> Finding:
    """Judge the room that is left."""
    free, few = f"{seen.free_bytes / GB:.1f} GB", seen.inodes_total > 0 and seen.inodes_free < FREE_INODES_MIN
    fix = (
        "Make room, name a folder elsewhere in HANDOFF_DATA, or keep files for fewer days: HANDOFF_KEEP_DAYS."
    )
    kept = ", ".join(f"{name} {size / GB:.1f} GB" for name, size in seen.kept_bytes.items())
    there = f"{seen.folder}{kept and f', where I keep {kept}'}"
    if few:
        return problem("disk", f"Only {seen.inodes_free:,} more files fit into {there}.", fix)
    if seen.free_bytes < FREE_BYTES_MIN:
        return problem("disk", f"Only {free} are free in {there}.", fix)
    if seen.free_bytes < FREE_BYTES_WISE:
        return warning("disk", f"{free} are free in {there}: a few large repositories fill that.", fix)
    return well("disk", f"{free} are free in {there}.")


def git(said: str | None) -> Finding:
    """Judge what `git --version` said; None: there is no git."""
    install = "Install a newer one: apt install git, or brew install git."
    if said is None:
        return problem("git", "git is not installed.", "Install it: apt install git, or brew install git.")
    found = re.search(r"(\d+)\.(\d+)", said)
    if found is None:
        return unknown("git", "git does not say its version.", install)
    oldest = ".".join(map(str, GIT_OLDEST))
    if (int(found[1]), int(found[2])) < GIT_OLDEST:
        return problem("git", f"git is {found[0]}, and I need {oldest} or newer.", install)
    return well("git", f"git is {found[0]}.")


def cage(seen: Cage) -> Finding:
    """Judge the cage that agents and checks run in."""
    if seen.because is not None:
        return problem(
            "cage", f"No cage works here: {seen.because}", "Install bubblewrap: apt install bubblewrap."
        )
    if not seen.contains and seen.name != "landlock":
        return warning(
            "cage",
            "Agents run without a cage, and can read and change whatever I can.",
            "Install bubblewrap and set HANDOFF_CAGE=auto.",
        )
    if seen.warning:
        return warning("cage", seen.warning, "Install bubblewrap: apt install bubblewrap.")
    kept = f" What keeps the limits: {'; '.join(seen.limited_by)}." if seen.limited_by else ""
    return well(
        "cage", f"Agents and checks run in a cage ({seen.name}{seen.limits and f', {seen.limits}'}).{kept}"
    )


def agent(seen: AgentSeen) -> Iterator[Finding]:
    """Judge an agent's program."""
    which = "The agent" if len(seen.roles) == ROLES else f"The agent that {' and '.join(seen.roles)}"
    if seen.because is not None:
        yield problem(
            "agents",
            f"{which} cannot be started: {seen.because}",
            "Install it, or name another one in HANDOFF_AGENT.",
        )
        return
    told = f" ({seen.version})" if seen.version else ""
    yield well("agents", f"{which} is {seen.setting}, found at {seen.program}{told}.")
    if seen.hint:
        yield warning("agents", f"The agent {seen.setting} may not be logged in.", seen.hint)


def key_file(path: Path, mode: int, *, parses: bool) -> Finding:
    """Judge the file of the App's private key; `mode` has its permission bits."""
    if not parses:
        return problem(
            "key",
            f"{path} is not an RSA key in PEM, as GitHub hands it out.",
            "Make a new key on the App's page at GitHub, under *Private keys*, and name its file.",
        )
    if mode & 0o077:
        return problem("key", f"Other users of this machine may read {path}.", f"Run `chmod 600 {path}`.")
    return well("key", "The App's private key can be read, by me alone.")


def different_agents(
    agent: str, senior: str | None, reviewer: str | None
) -> Sequence[tuple[str, tuple[str, ...]]]:
    """Return each agent once with all that it is for."""
    chosen = {
        "writes changes": agent,
        "mends what that one could not": senior or agent,
        "reviews": reviewer or agent,
    }
    roles: dict[str, list[str]] = {}
    for role, setting in chosen.items():
        roles.setdefault(setting, []).append(role)
    return [(setting, tuple(named)) for setting, named in roles.items()]
