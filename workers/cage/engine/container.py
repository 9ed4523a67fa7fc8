"""A cage in the words of a container engine: what is created, and what its shell is told. Pure; it starts nothing.

The image need not hold anything but `/bin/sh`, so limits are the engine's, not ours. Variables travel on standard
input and never in an argument: neither `ps` nor `docker inspect` shows them.
"""

import csv
import io
import shlex
from collections.abc import Iterator, Mapping

from app.domain.errors import BadConfiguration
from workers.cage.doors import environment
from workers.cage.engine.look import Engine, Kind
from workers.cage.spec import CageSpec, Identity

LABEL = "handoff.records"
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY")
_NEWLINE = "__cage_newline"
SCRIPT = (
    f"{_NEWLINE}='\n'; IFS= read -r __cage_orders || {{ echo 'nobody told the cage what to do' >&2; exit 125; }}; "
    f'eval "$__cage_orders"; unset {_NEWLINE} __cage_orders; umask 022; exec "$@" </dev/null 2>&1'
)
"""What the container's shell does: it hears its variables, and becomes the command, with one output: an engine would
carry two side by side, and lose the order of what was said."""


def options(
    spec: CageSpec, identity: Identity, engine: Engine, *, open_files: int, processes_of_user: int
) -> list[str]:
    """Return the words of `create` before the image's name; `open_files` and `processes_of_user` are our own limits."""
    limits = spec.limits
    memory = str(limits.memory_bytes)
    return [
        *("--interactive", "--init", "--no-healthcheck", "--pull", "never", "--log-driver", "none"),
        *("--network", "none", "--ipc", "private", "--hostname", "cage", "--stop-timeout", "0"),
        *("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *("--pids-limit", str(limits.processes), "--memory", memory, "--memory-swap", memory),
        *("--ulimit", "core=0:0", "--ulimit", f"fsize={limits.file_bytes}:{limits.file_bytes}"),
        *("--ulimit", f"nofile={open_files}:{open_files}", "--shm-size", str(limits.scratch_bytes)),
        *_only_podman(engine, processes_of_user),
        *user(identity, engine),
        *scratch("/tmp", limits.scratch_bytes, identity, engine),  # noqa: S108 -- the cage's own
        *(word for name in _PROXIES for each in (name, name.lower()) for word in ("--env", f"{each}=")),
        *(word for mount in _mounts(spec) for word in ("--mount", mount)),
        *("--label", f"{LABEL}={spec.records}", "--workdir", str(spec.workspace), "--entrypoint", "/bin/sh"),
    ]


def arguments(spec: CageSpec) -> list[str]:
    """Return the words of `create` after the image's name."""
    return ["-c", SCRIPT, "cage", *spec.command]


def user(identity: Identity, engine: Engine) -> list[str]:
    """Return the options by which what a cage writes belongs to `identity` outside.

    In a rootless Docker we are number 0, which is no more than us; a remapping would make files somebody else's.
    """
    who = ["--user", f"{identity.uid}:{identity.gid}"]
    match engine.kind:
        case Kind.PODMAN:
            return ["--userns", "keep-id", *who] if engine.rootless else who
        case Kind.DOCKER if engine.rootless:
            return ["--user", "0:0"]
        case Kind.DOCKER:
            return ["--userns", "host", *who] if engine.remapped else who


def scratch(path: str, size_bytes: int, identity: Identity, engine: Engine) -> list[str]:
    """Return the options for an empty folder in memory that belongs to the cage's user."""
    if engine.kind is Kind.PODMAN:
        size = f"tmpfs-size={size_bytes},tmpfs-mode=1777"
        return [
            "--mount",
            _row("type=tmpfs", f"destination={path}", "U=true", *size.split(","), "notmpcopyup"),
        ]
    owner = Identity(0, 0) if engine.rootless else identity
    flags = f"rw,exec,nosuid,nodev,size={size_bytes},mode=1777,uid={owner.uid},gid={owner.gid}"
    return ["--tmpfs", f"{path}:{flags}"]


def orders(given: Mapping[str, str]) -> str:
    """Return the one line that the container's shell is told: its variables. Raises `BadConfiguration`."""
    for name in given:
        if not (name.isascii() and name.isidentifier()):
            raise BadConfiguration(
                f"The variable {name!r} cannot be given to a container; name it with letters, digits and underscores."
            )
    words = [f"{name}={_quoted(value)}" for name, value in given.items()]
    return " ".join(["export", *words]) + "\n"


def variables(spec: CageSpec) -> dict[str, str]:
    """Return the variables for the shell: those of any cage, but PATH is the image's own unless the spec has one."""
    complete = {**environment(spec.network), **spec.complete_environment}
    return {name: value for name, value in complete.items() if name != "PATH" or name in spec.environment}


def _quoted(value: str) -> str:
    return f'"${_NEWLINE}"'.join(shlex.quote(part) for part in value.split("\n"))


def _only_podman(engine: Engine, processes_of_user: int) -> Iterator[str]:
    """Keep Podman from raising limits above our own, which it may not always, and from what it mounts unasked."""
    if engine.kind is Kind.PODMAN:
        yield from ("--ulimit", f"nproc={processes_of_user}:{processes_of_user}")
        yield from ("--read-only-tmpfs=false", "--http-proxy=false")


def _mounts(spec: CageSpec) -> Iterator[str]:
    rows = {str(path): "readonly" for path in spec.readable}
    rows |= {str(path): "" for path in spec.own}
    for path in sorted(rows, key=lambda path: (path.count("/"), path)):
        words = ("type=bind", f"source={path}", f"target={path}", rows[path])
        yield _row(*(word for word in words if word))


def _row(*words: str) -> str:
    """Return one value of `--mount`, which is a line of comma-separated values."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(words)
    return line.getvalue()
