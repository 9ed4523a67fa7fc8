"""One child process: started in a session of its own, heard line by line, stopped for certain.

It dies with us, even when we are killed (on Linux; see `tether`). Whether it should be started again is
somebody else's decision.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

LINE_LIMIT_BYTES = 16_384
LAST_WORDS_SECONDS = 1.0

OnLine = Callable[[str], None]


class Child:
    """A running program. `command[0]` is a path or a name on the PATH of `environment`."""

    def __init__(self, process: asyncio.subprocess.Process, listening: asyncio.Task[None]) -> None:
        self._process, self._listening = process, listening

    @classmethod
    async def start(cls, command: Sequence[str], environment: Mapping[str, str], on_line: OnLine) -> Self:
        """Start `command` with exactly `environment`; `on_line` gets each line of its two outputs, in order.

        A program that cannot be run exits with 127 and says why.
        """
        # A pipe of our own: asyncio's would make wait() wait for grandchildren that keep it open.
        ours, theirs = os.pipe()
        try:
            tether = [
                sys.executable,
                "-I",
                "-S",
                str(Path(__file__).with_name("tether.py")),
                str(os.getpid()),
            ]
            process = await asyncio.create_subprocess_exec(
                *tether,
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=theirs,
                stderr=theirs,
                env=environment,
                start_new_session=True,  # Ctrl-C in a terminal is for the parent alone
            )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        return cls(process, asyncio.create_task(_listen(ours, on_line)))

    @property
    def pid(self) -> int:
        """The process id, also that of its session and group."""
        return self._process.pid

    async def wait(self) -> int:
        """Return the exit code, negative if a signal ended it, once its last lines have been heard."""
        code = await self._process.wait()
        await asyncio.wait({self._listening}, timeout=LAST_WORDS_SECONDS)
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        return code

    async def stop(self, grace_seconds: float) -> int:
        """Ask it to end, and kill its whole group when the grace is over. Return its exit code."""
        self._signal(os.kill, signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), grace_seconds)
        except TimeoutError:
            self.kill()
        return await self.wait()

    def kill(self) -> None:
        """Kill it now, and what it started in its session."""
        self._signal(os.killpg, signal.SIGKILL)

    def _signal(self, send: Callable[[int, int], None], number: signal.Signals) -> None:
        # Not Process.terminate(): it polls, may so reap a child that just died, and the exit code is lost.
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                send(self._process.pid, number)


async def _listen(pipe: int, on_line: OnLine) -> None:
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb", buffering=0)
    )
    try:
        async for line in _lines(reader):
            # Nobody may be reading our own output any more; the child must still not block on a full pipe.
            with contextlib.suppress(OSError, ValueError):
                on_line(line)
    finally:
        transport.close()


async def _lines(reader: asyncio.StreamReader) -> AsyncIterator[str]:
    rest = b""
    while chunk := await reader.read(LINE_LIMIT_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) >= LINE_LIMIT_BYTES:
            lines, rest = [*lines, rest], b""
        for line in lines:
            yield _readable(line)
    if rest:
        yield _readable(rest)


def _readable(line: bytes) -> str:
    """Decode, without the characters by which a line could steer a terminal."""
    text = line.decode(errors="replace").rstrip("\r")
    return "".join(character if character.isprintable() or character == "\t" else "�" for character in text)
