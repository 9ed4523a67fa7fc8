"""Runs git: the only place that does. No configuration but ours, no hook, no prompt, no token in an argument.

What an agent can write (a `.git/config`, hooks, filters, attributes) is never configuration of a git started
here: callers name a git directory of the host's, and filters without configuration do nothing.
"""

import asyncio
import os
import shutil
import signal
from asyncio import StreamReader
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from app.domain.errors import BadConfiguration, Defect, TryAgain

OUTPUT_BYTES = 64 * 1024 * 1024
_SAID_BYTES = 16 * 1024
_GRACE_SECONDS = 5
_ASKPASS = Path(__file__).with_name("askpass.sh").resolve()
_CONFIGURATION = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.quotePath": "false",
    "core.protectNTFS": "true",
    "core.protectHFS": "true",
    "credential.helper": "",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
    "protocol.allow": "never",
    "protocol.file.allow": "always",
    "protocol.http.allow": "always",
    "protocol.https.allow": "always",
    "safe.directory": "*",  # a workspace belongs to the cage's user, and its own .git is never used
    "submodule.recurse": "false",
}


class GitFailed(Defect):
    """Git ended with an error that nobody expected; callers sort those they know."""

    def __init__(self, command: str, code: int, stderr: str, output: str = "") -> None:
        """Keep the subcommand, its exit code, and what it said on both streams."""
        super().__init__(f"git {command} ended with {code}: {stderr.strip()[:2000]}")
        self.command = command
        self.code = code
        self.stderr = stderr
        self.output = output


class TooMuchOutput(Defect):
    """Git said more than its caller has room for."""


async def git(
    *arguments: str,
    cwd: Path | None = None,
    git_dir: Path | None = None,
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    timeout_seconds: float = 300,
    output_bytes: int = OUTPUT_BYTES,
) -> bytes:
    """Run git and return its standard output.

    Raises `GitFailed` for any exit but 0, `TryAgain` after `timeout_seconds`, `TooMuchOutput` beyond
    `output_bytes`. Git and what it started are dead when this returns or raises.
    """
    process = await asyncio.create_subprocess_exec(
        _program(),
        *arguments,
        cwd=cwd or "/",
        env=_environment(git_dir) | dict(environment or {}),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(timeout_seconds):
            output, said = await _communicate(process, stdin, output_bytes)
    except BaseException as error:
        await asyncio.shield(_end(process))
        if isinstance(error, TimeoutError):
            raise TryAgain(f"git {arguments[0]} took longer than {timeout_seconds:.0f} seconds") from error
        raise
    if process.returncode:
        texts = (part[-_SAID_BYTES:].decode(errors="replace") for part in (said, output))
        raise GitFailed(arguments[0], process.returncode, *texts)
    return output


def credentials(url: str, token: str | None) -> dict[str, str]:
    """Return the variables by which git learns a token for the host of `url`, and for no other."""
    if not token:
        return {}
    parts = urlsplit(url)
    return {
        "GIT_ASKPASS": str(_ASKPASS),
        "HANDOFF_GIT_ORIGIN": f"{parts.scheme}://{parts.netloc}",
        "HANDOFF_GIT_QUESTION": f"{parts.scheme}://x-access-token@{parts.netloc}",
        "HANDOFF_GIT_TOKEN": token,
    }


def _program() -> str:
    program = shutil.which("git")
    if program is None:
        raise BadConfiguration("git is not installed; install it with: apt-get install git")
    return program


def _environment(git_dir: Path | None) -> dict[str, str]:
    environment = {
        "PATH": f"{Path(_program()).parent}:{os.defpath}",
        "LC_ALL": "C.UTF-8",
        "LANGUAGE": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_CONFIG_COUNT": str(len(_CONFIGURATION)),
    }
    for number, (key, value) in enumerate(_CONFIGURATION.items()):
        environment[f"GIT_CONFIG_KEY_{number}"] = key
        environment[f"GIT_CONFIG_VALUE_{number}"] = value
    if git_dir is not None:
        environment["GIT_DIR"] = str(git_dir)
    return environment


async def _communicate(process: Process, stdin: bytes, output_bytes: int) -> tuple[bytes, bytes]:
    assert process.stdout is not None
    assert process.stderr is not None
    feeding = asyncio.ensure_future(_feed(process, stdin))
    try:
        output, said = await asyncio.gather(
            _read(process.stdout, output_bytes, strict=True),
            _read(process.stderr, _SAID_BYTES, strict=False),
        )
        await process.wait()
    finally:
        feeding.cancel()
        await asyncio.wait({feeding})
    return output, said


async def _end(process: Process) -> None:
    """End git and its helpers, asking first: git removes its lock files when it is asked."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _GRACE_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def _feed(process: Process, stdin: bytes) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(stdin)
        await process.stdin.drain()
        process.stdin.close()


async def _read(stream: StreamReader, limit_bytes: int, *, strict: bool) -> bytes:
    kept = bytearray()
    while chunk := await stream.read(64 * 1024):
        kept += chunk[: limit_bytes - len(kept)] if not strict else chunk
        if strict and len(kept) > limit_bytes:
            raise TooMuchOutput(f"more than {limit_bytes} bytes")
    return bytes(kept)
