"""A started cage as a process of the host: how to find its first process, and how to be sure that it is over.

The kernel ends every process of a pid namespace with the namespace's first one, before that one is gone; so
when its process descriptor says so, nothing of the cage is alive. Killing by group or by name has no such promise.
"""

import asyncio
import os
import signal
from asyncio import ReadTransport, StreamReader
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path

from workers.cage.sandbox import Launch

_START_SECONDS = 30
_READY, _BEGUN = b"r", b"b"
_ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


class NotStartedError(Exception):
    """The cage could not be built; its message is what the sandbox said."""


class Running:
    """A sandbox that was started: first it waits for its orders, then it is the command."""

    def __init__(self, process: Process, status: int, output: StreamReader, transport: ReadTransport) -> None:
        """Hold the host's child, the descriptor on which the entry script reports, and the output."""
        self.process = process
        self.output = output
        self._status = status
        self._transport = transport
        self._first = 0
        self._descriptor = -1
        self._killed = False

    async def ready(self, *, contains: bool) -> None:
        """Wait for the entry script and take hold of the cage's first process; raises `NotStartedError`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(readable(self._status), _START_SECONDS)
            if os.read(self._status, 1) == _READY:
                self._first = children(self.process.pid)[0] if contains else self.process.pid
                self._descriptor = os.pidfd_open(self._first) if contains else -1
                return
        self.kill()
        said = await self.output.read(4096)
        raise NotStartedError(
            said.decode(errors="replace").strip() or f"no sign of life in {_START_SECONDS} s"
        )

    async def begin(self, config: bytes) -> None:
        """Hand over the orders; the command starts when they are complete."""
        stdin = self.process.stdin
        assert stdin is not None
        with suppress(BrokenPipeError, ConnectionResetError):
            stdin.write(config)
            await stdin.drain()
            stdin.close()
            await stdin.wait_closed()

    def begun(self) -> bool:
        """Tell, once the cage is over, whether the command itself was ever reached."""
        return os.read(self._status, 1) == _BEGUN

    def ask(self) -> None:
        """Ask the command, and whatever it left behind, to end (SIGTERM); it may not."""
        if self._descriptor == -1:
            self._signal_group(signal.SIGTERM)
            return
        for pid in children(self._first):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def kill(self) -> None:
        """Kill everything (SIGKILL), once: the number of a group that is gone may be somebody else's."""
        if self._killed:
            return
        self._killed = True
        if self._descriptor == -1:
            self._signal_group(signal.SIGKILL)
            return
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    async def finished(self) -> int:
        """Wait until the command ends, and return its exit code as a shell would; others may still be alive."""
        code = await self.process.wait()
        return code if code >= 0 else 128 - code

    async def over(self) -> None:
        """Wait, after `kill`, until nothing is alive."""
        if self._descriptor != -1:
            await readable(self._descriptor)
        await self.process.wait()

    def close(self) -> None:
        """Let go of the descriptors."""
        self._transport.close()
        os.close(self._status)
        if self._descriptor != -1:
            os.close(self._descriptor)

    def _signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


async def start(launch: Launch) -> Running:
    """Start a sandbox's program; raises `NotStartedError` if there is none."""
    status, status_inside = os.pipe()
    output, output_inside = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *launch.arguments,
            str(status_inside),
            stdin=PIPE,
            stdout=output_inside,
            stderr=output_inside,
            env=_ENVIRONMENT,
            cwd="/",
            pass_fds=(*launch.descriptors, status_inside),
            start_new_session=True,
        )
    except BaseException as error:
        os.close(status)
        os.close(output)
        if isinstance(error, OSError):
            raise NotStartedError(f"{launch.arguments[0]}: {error.strerror}") from error
        raise
    finally:
        for descriptor in (*launch.descriptors, status_inside, output_inside):
            os.close(descriptor)
    reader = StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(output, "rb", buffering=0)
    )
    return Running(process, status, reader, transport)


def children(pid: int) -> list[int]:
    """Return the pids of a process's children, oldest first (Linux with CONFIG_PROC_CHILDREN)."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


async def readable(descriptor: int) -> None:
    """Wait until a descriptor can be read; for a process descriptor, until the process is gone."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)
