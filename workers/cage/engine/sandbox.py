"""Containers as a sandbox: a spec becomes the keeper's launch. The image is the owner's or the repository's."""

import json
import os
import resource
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from app.domain.errors import BadConfiguration
from workers.cage.doors import EGRESS, doors
from workers.cage.engine import container
from workers.cage.engine.look import Engine, has_image, look
from workers.cage.sandbox import Launch, Sandbox
from workers.cage.spec import CageSpec, Identity
from workers.cage.view import interpreter

NAME = "docker"
_ROOT = Path(__file__).resolve().parents[3]
_BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from workers.cage.engine.keeper import main; sys.exit(main())"
_OPEN_FILES_MOST = 65536
_PROCESSES_OF_USER_MOST = 32768  # what Podman 4.3 leaves itself, and so the most that it can give


@dataclass(frozen=True, slots=True, kw_only=True)
class Containers:
    """Makes a launch of a spec, in containers of one engine from one image."""

    engine: Engine
    image: str

    def __call__(self, spec: CageSpec, identity: Identity | None) -> Launch:
        """Return how to start a spec; the last argument is left for the status descriptor."""
        who = identity or Identity(os.getuid(), os.getgid())
        words = container.options(
            spec,
            who,
            self.engine,
            open_files=_own_limit(resource.RLIMIT_NOFILE, _OPEN_FILES_MOST),
            processes_of_user=_own_limit(resource.RLIMIT_NPROC, _PROCESSES_OF_USER_MOST),
        )
        told = {
            "client": self.engine.program,
            "environment": dict(self.engine.environment),
            "name": f"handoff-{uuid.uuid4().hex[:16]}",
            "options": words,
            "image": self.image,
            "scratch": container.scratch("{path}", spec.limits.scratch_bytes, who, self.engine),
            "arguments": container.arguments(spec),
            "orders": container.orders(container.variables(spec)),
            "doors": doors(spec.network, EGRESS),
            "records": str(spec.records),
            "rootless": self.engine.rootless,
        }
        return Launch(
            arguments=(interpreter(), "-I", "-S", "-B", "-c", _BOOT, str(_ROOT)),
            config=json.dumps(told).encode(),
            keeper=True,
        )


async def candidate(program: str, image: str | None, identity: Identity | None) -> Sandbox:
    """Return the container sandbox, in which nothing has run yet.

    Raises:
        BadConfiguration: there is no image, or the engine does not answer, or sets no limits.
    """
    if image is None:
        raise BadConfiguration(
            "HANDOFF_CAGE is docker, and there is no image for it. Set HANDOFF_IMAGE to one that has your agent and "
            f"git in it, and fetch it with `{program} pull`."
        )
    try:
        engine = await look(program, os.environ)
    except BadConfiguration as error:
        raise BadConfiguration(
            f"HANDOFF_CAGE is docker, and `{program}` does not answer: {' '.join(str(error).split())}. Start the engine "
            "and allow this user to use it, name another client in HANDOFF_CONTAINER_ENGINE, or set HANDOFF_CAGE=auto."
        ) from error
    if engine.cannot_limit:
        raise BadConfiguration(
            f"`{program}` cannot limit the {' and '.join(engine.cannot_limit)} of a container here, so no agent is run. "
            "Give the engine those cgroup controllers, or set HANDOFF_CAGE=auto."
        )
    if not await has_image(engine, image):
        raise BadConfiguration(
            f"The image {image} is not on this machine. Run `{program} pull {image}`, or set HANDOFF_IMAGE to another."
        )
    return sandbox_of(engine, image, identity)


def sandbox_of(engine: Engine, image: str, identity: Identity | None) -> Sandbox:
    """Return the sandbox of an engine that is known to be good."""
    user = f"uid {identity.uid}" if identity else "the user of this worker"
    return Sandbox(
        name=NAME,
        because=f"HANDOFF_CAGE is docker; {engine.program} runs containers of {image} here, as {user}",
        reduced=False,
        warning="",
        identity=identity,
        contains=True,
        launch=Containers(engine=engine, image=image),
        limited_by=(
            "processes: the engine's cgroup",
            "memory: the engine's cgroup",
            "disk: the growth of its folders and what stays free, looked at every second, and RLIMIT_FSIZE for each file",
            "system calls: the engine's own filter",
        ),
    )


def with_image(sandbox: Sandbox, image: str | None) -> Sandbox:
    """Return the sandbox for a repository that names an image; raises `BadConfiguration` where there is no engine."""
    if image is None:
        return sandbox
    if isinstance(sandbox.launch, Containers):
        return replace(sandbox, launch=replace(sandbox.launch, image=image))
    raise BadConfiguration(
        f"`image: {image}` needs containers, and cages here are {sandbox.name}. Set HANDOFF_CAGE=docker on the machine "
        "that Handoff runs on, or remove `image` from .github/handoff.yml."
    )


def _own_limit(what: int, most: int) -> int:
    hard = resource.getrlimit(what)[1]
    return most if hard == resource.RLIM_INFINITY else min(hard, most)
