"""The project's own environment: what its file gives to the cages of its checks. Nothing of it reaches an agent by this road."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.config.check_secrets import secrets_for
from app.domain.job import Job
from app.domain.kinds import KINDS
from app.domain.policy import Policy
from app.domain.redaction import Redactor
from workers.cage.engine.sandbox import NAME as IMAGES
from workers.cage.engine.sandbox import with_image
from workers.cage.network import network_of
from workers.cage.sandbox import Sandbox
from workers.cage.spec import Limits, Network
from workers.checks.toolchain import path_variable, toolchains
from workers.tools import Tools


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What the checks of one job run with. `secrets` are their names and values."""

    policy: Policy
    sandbox: Sandbox
    network: Network
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the file and the secrets; of two of one name the secret counts."""
        return {**dict(self.policy.env), **self.secrets}

    @property
    def programs(self) -> tuple[dict[str, str], tuple[Path, ...]]:
        """The PATH, and what has to be seen of this machine for it; an image has its own programs and its own PATH."""
        if self.sandbox.name == IMAGES:
            return {}, ()
        return {"PATH": path_variable()}, toolchains()

    def without_secrets(self) -> "Project":
        """Return the same for a cage whose files others will see."""
        return replace(self, secrets={})


def project_of(tools: Tools, job: Job) -> Project:
    """Return what a job's checks run with, its secrets known to the redactor from here on.

    Raises `Refused` with one sentence when the file asks for what is not there: a secret, or a cage with images.
    """
    policy = job.policy
    sandbox = with_image(tools.sandbox, policy.image)
    names = policy.secrets if KINDS[job.kind].secrets else ()
    secrets = secrets_for(tools.data, job.repository, names)
    register(tools.redactor, secrets)
    network = network_of(policy, allow=tools.network_allow, private=tools.private_networks)
    return Project(policy=policy, sandbox=sandbox, network=network, secrets=secrets)


def register(redactor: Redactor, secrets: Mapping[str, str]) -> None:
    """Make the redactor know each secret, whole and line by line: a log shows lines."""
    for value in secrets.values():
        redactor.register(value)
        for line in value.splitlines():
            redactor.register(line)


def limits_of(policy: Policy) -> Limits:
    """Return the limits of a command of the repository's own, but for its time, which each check says itself."""
    return Limits(
        output_bytes=policy.output_bytes_limit,
        memory_bytes=policy.memory_bytes_limit,
        disk_bytes=policy.disk_bytes_limit,
        processes=policy.processes_limit,
    )
