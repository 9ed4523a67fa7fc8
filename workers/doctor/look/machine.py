"""Looks at the machine: room on the disk, git, the cage, the programs of agents, the file of the private key."""

import asyncio
import contextlib
import os
import shutil
import stat
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from pydantic import SecretStr

from app.config.set_up import MachineSettings
from app.domain.errors import BadConfiguration
from app.github.auth import AppKey, Clock
from workers.agents.claude import ClaudeAgent, find_claude
from workers.agents.command import CommandAgent, find_executable
from workers.agents.registry import agent_for
from workers.agents.scripted import ScriptedAgent
from workers.cage.probe import choose
from workers.cage.spec import GIB, Identity, Limits
from workers.doctor.judge.machine import AgentSeen, Cage, Disk

ANSWER_SECONDS = 20
GROWING = ("runs", "mirrors", "caches")
MOUNTS = Path("/proc/self/mountinfo")
SET_MODEL_URL = (
    "Its cage holds no login of yours. Set HANDOFF_MODEL_URL to a model server that needs none or adds it."
)


def disk(folder: Path) -> Disk:
    """Return the room there is where a folder lies, or will lie."""
    found = os.statvfs(_nearest(folder))
    return Disk(
        folder=folder,
        free_bytes=found.f_bavail * found.f_frsize,
        inodes_free=found.f_favail,
        inodes_total=found.f_files,
        kind=filesystem(folder),
    )


async def kept_bytes(data: Path) -> dict[str, int]:
    """Return how much lies in each folder of ours that grows; one that is not there or takes too long is left out."""
    found, du = {}, shutil.which("du")
    for name in GROWING:
        told = await said(Path(du), "-sk", str(data / name)) if du and _is_there(data / name) else ""
        if told.partition("\t")[0].isdecimal():
            found[name] = int(told.partition("\t")[0]) * 1024
    return found


def _is_there(folder: Path) -> bool:
    return folder.is_dir()


def filesystem(path: Path, mounts: Path = MOUNTS) -> str | None:
    """Return the kind of file system that a path lies on, None where the kernel does not tell as Linux does."""
    try:
        lines = mounts.read_text(errors="replace").splitlines()
    except OSError:
        return None
    where = _nearest(path).resolve()
    kinds = {}
    for line in lines:  # proc_pid_mountinfo(5): … the mount point is field 5, the kind follows a lone dash
        fields, _, rest = line.partition(" - ")
        kinds[Path(fields.split()[4].replace("\\040", " "))] = rest.split()[0]
    return next((kinds[each] for each in (where, *where.parents) if each in kinds), None)


async def git_version() -> str | None:
    """Return what `git --version` says, None when there is none."""
    program = shutil.which("git")
    return await said(Path(program), "--version") if program else None


async def cage(settings: MachineSettings) -> Cage:
    """Try the cage that the settings name."""
    identity = Identity(uid=settings.cage_uid) if settings.cage_uid else Identity()
    try:
        chosen = await choose(settings.cage, identity, engine=settings.container_engine, image=settings.image)
    except BadConfiguration as error:
        return Cage(because=str(error))
    limits = Limits()
    told = f"{limits.memory_bytes // GIB} GB and {limits.processes} processes at most"
    return Cage(
        name=chosen.name,
        contains=chosen.contains,
        warning=chosen.warning,
        limits=told,
        limited_by=chosen.limited_by,
    )


async def agent(setting: str, roles: tuple[str, ...], model_url: str | None) -> AgentSeen:
    """Find an agent's program. One that we know is asked for its version; a command line is not run."""
    try:
        match agent_for(setting):
            case ClaudeAgent(program=program):
                found = program or find_claude()
                hint = "" if model_url else SET_MODEL_URL
                version = await said(found, "--version")
                return AgentSeen(setting=setting, roles=roles, program=found, version=version, hint=hint)
            case CommandAgent(words=words):
                return AgentSeen(setting=setting, roles=roles, program=find_executable(words[0]))
            case ScriptedAgent(scripts=scripts) if not any(scripts.glob("*.json")):
                return AgentSeen(setting=setting, roles=roles, because=f"there is no *.json in {scripts}.")
            case ScriptedAgent(scripts=scripts):
                return AgentSeen(setting=setting, roles=roles, program=scripts)
            case _:
                return AgentSeen(setting=setting, roles=roles, because="I do not know where it is.")
    except (BadConfiguration, OSError) as error:
        return AgentSeen(setting=setting, roles=roles, because=str(error))


def key(path: Path, issuer: str, now: Clock) -> tuple[AppKey, bool, int]:
    """Return the App's key, whether it can sign, and the mode of its file."""
    app_key = AppKey(issuer, SecretStr(path.read_text(encoding="utf-8", errors="replace")))
    parses = True
    try:
        app_key.jwt(now())
    except BadConfiguration:
        parses = False
    return app_key, parses, stat.S_IMODE(path.stat().st_mode)


async def said(program: Path, *arguments: str) -> str:
    """Return the first line of what a program says within some seconds, nothing if it says nothing."""
    process = await asyncio.create_subprocess_exec(
        program, *arguments, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), ANSWER_SECONDS)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return ""
    return output.decode(errors="replace").strip().partition("\n")[0][:200]


def _nearest(path: Path) -> Path:
    """Return the path, or the nearest folder around it that is there."""
    return next(each for each in (path, *path.parents) if each.exists())
