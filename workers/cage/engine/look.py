"""Learns what a container engine is and whether it answers. It starts no container and fetches no image."""

import asyncio
import json
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.domain.errors import BadConfiguration

ANSWER_SECONDS = 20
_PASSED_ON = (
    "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY",
    "CONTAINER_HOST", "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",
    "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS", "HOME", "USER", "PATH",
)  # fmt: skip


class Kind(StrEnum):
    """Whose engine it is; they differ in a few words."""

    DOCKER = "docker"
    PODMAN = "podman"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """A container engine: `program` is its client, `environment` all that the client sees of ours.

    `rootless` engines run as an ordinary user. `remapped` ones give other numbers to the users in containers.
    What one `cannot_limit` it leaves unlimited without a word, but for a warning.
    """

    program: str
    kind: Kind
    environment: Mapping[str, str]
    rootless: bool = False
    remapped: bool = False
    cannot_limit: tuple[str, ...] = ()


def client_environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Return what a client needs of our environment to find its engine; no secret is among it."""
    return {"LANG": "C.UTF-8", **{name: ours[name] for name in _PASSED_ON if name in ours}}


async def look(program: str, ours: Mapping[str, str]) -> Engine:
    """Ask an engine what it is; raises `BadConfiguration` when it does not answer."""
    environment = client_environment(ours)
    bare = Engine(program=program, kind=Kind.DOCKER, environment=environment)
    version = await asked(bare, "--version")
    kind = Kind.PODMAN if "podman" in version.lower() else Kind.DOCKER
    told = json.loads(await asked(bare, "info", "--format", "{{json .}}"))
    return read(replace(bare, kind=kind), told)


def read(engine: Engine, told: dict[str, Any]) -> Engine:
    """Return what an engine is by what its `info` tells."""
    if engine.kind is Kind.PODMAN:
        host = told["host"]
        rootless = bool(host["security"]["rootless"])
        able = (
            set(host.get("cgroupControllers") or ())
            if host["cgroupVersion"] == "v2" or not rootless
            else set()
        )
        return replace(engine, rootless=rootless, cannot_limit=_lacking("memory" in able, "pids" in able))
    if told.get("ServerErrors"):  # the client answers, and exits with 0, for an engine that does not
        raise BadConfiguration(" ".join(told["ServerErrors"]))
    options = " ".join(told.get("SecurityOptions") or ())
    return replace(
        engine,
        rootless="name=rootless" in options,
        remapped="name=userns" in options,
        cannot_limit=_lacking(told.get("MemoryLimit"), told.get("PidsLimit")),
    )


def _lacking(memory: object, processes: object) -> tuple[str, ...]:
    return tuple(name for name, able in (("memory", memory), ("processes", processes)) if able is not True)


async def has_image(engine: Engine, image: str) -> bool:
    """Tell whether an image is on this machine."""
    try:
        await asked(engine, "image", "inspect", "--format", "{{.Id}}", image)
    except BadConfiguration:
        return False
    return True


async def asked(engine: Engine, *words: str) -> str:
    """Return what an engine's client says; raises `BadConfiguration` when it fails."""
    return await _said(engine.environment, engine.program, *words)


async def _said(environment: Mapping[str, str], *words: str) -> str:
    try:
        process = await asyncio.create_subprocess_exec(
            *words, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=environment
        )
    except OSError as error:
        raise BadConfiguration(f"{words[0]}: {error.strerror}") from error
    try:
        said, complaint = await asyncio.wait_for(process.communicate(), ANSWER_SECONDS)
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise BadConfiguration(f"{words[0]} did not answer in {ANSWER_SECONDS} s") from error
    if process.returncode != 0:
        raise BadConfiguration(complaint.decode(errors="replace").strip()[-300:] or f"{words[0]} failed")
    return said.decode(errors="replace")
