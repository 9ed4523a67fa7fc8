"""The worker's side of a supervisor: starts it, or finds it again, follows it, and reads what it recorded.

It performs no limit itself. A supervisor that died has taken its cage with it, and then the run is *lost*.
"""

import asyncio
import base64
import json
import os
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workers.cage.sandbox import Launch, Sandbox
from workers.cage.spec import TAIL_BYTES, CageSpec, Denied, Exit, How, Peak
from workers.cage.supervise.attention import CONTROL, KILL
from workers.cage.supervise.records import BEGAN, ENDED, OUTPUT, take_lock
from workers.cage.view import interpreter

_ROOT = Path(__file__).parents[2]
_BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from workers.cage.supervise.main import main; sys.exit(main())"
_PIECE_BYTES = 16 * 1024
_DOOR_SECONDS = 10
_DOOR_PAUSE_SECONDS = 0.05


def start(spec: CageSpec, sandbox: Sandbox) -> socket.socket:
    """Start a supervisor with a cage of its own, and return the connection to it.

    It is not waited for and outlives us: its session is its own. Raises OSError.
    """
    launch = sandbox.launch(spec, sandbox.identity)
    ours, its = socket.socketpair()
    try:
        with (spec.records / "trouble.log").open("ab") as trouble:
            process = subprocess.Popen(
                [interpreter(), "-I", "-S", "-c", _BOOT, str(_ROOT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=trouble,
                pass_fds=(*launch.descriptors, its.fileno()),
                start_new_session=True,
            )
        assert process.stdin is not None
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(_orders(spec, sandbox, launch, its.fileno())).encode())
            process.stdin.close()
    finally:
        its.close()
        for descriptor in launch.descriptors:
            os.close(descriptor)
    threading.Thread(target=process.wait, daemon=True).start()  # it is our child, and nobody else buries it
    ours.settimeout(0)
    return ours


def _orders(spec: CageSpec, sandbox: Sandbox, launch: Launch, worker: int) -> dict[str, Any]:
    return {
        "records": str(spec.records),
        "sandbox": sandbox.name,
        "arguments": launch.arguments,
        "descriptors": launch.descriptors,
        "config": base64.b64encode(launch.config).decode(),
        "contains": sandbox.contains,
        "keeper": launch.keeper,
        "worker": worker,
        "limits": asdict(spec.limits),
        "own": [str(path) for path in spec.own],
        "network": asdict(spec.network) if spec.network and sandbox.own_network else None,
        "upstream": os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy"),
        "unattended_seconds": spec.unattended_seconds,
        "halt_file": None if spec.halt_file is None else str(spec.halt_file),
    }


async def find(records: Path) -> socket.socket | None:
    """Return a connection to the supervisor that has a cage, None when it is gone."""
    for _ in range(int(_DOOR_SECONDS / _DOOR_PAUSE_SECONDS)):
        with suppress(OSError):
            return _knock(records)
        if not alive(records):
            return None
        await asyncio.sleep(_DOOR_PAUSE_SECONDS)
    return None


def _knock(records: Path) -> socket.socket:
    """Connect by way of the folder's descriptor: a socket's path may have 108 bytes, and data folders have more."""
    folder = os.open(records, os.O_RDONLY | os.O_DIRECTORY)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(f"/proc/self/fd/{folder}/{CONTROL}")
    except OSError:
        connection.close()
        raise
    finally:
        os.close(folder)
    connection.settimeout(0)
    return connection


def begun(records: Path) -> bool:
    """Whether a cage was started here, ever."""
    return (records / BEGAN).exists()


def ended(records: Path) -> bool:
    """Whether there is a record of its end."""
    return (records / ENDED).exists()


def alive(records: Path) -> bool:
    """Whether a supervisor lives here."""
    try:
        lock = take_lock(str(records))
    except FileNotFoundError:
        return False
    if lock is not None:
        os.close(lock)
    return lock is None


async def end_living(folder: Path) -> None:
    """End every cage whose records lie in a folder, at once, and wait until it is over."""
    for records in sorted(folder.iterdir()) if folder.is_dir() else ():  # noqa: ASYNC240 - one directory
        if alive(records) and (connection := await find(records)) is not None:
            with connection, suppress(ConnectionError):
                connection.send(KILL)
                while await asyncio.get_running_loop().sock_recv(connection, 4096):
                    pass
            while alive(records):  # noqa: ASYNC110 - it lets go of us first, and of its lock with its last breath
                await asyncio.sleep(_DOOR_PAUSE_SECONDS)


class Reader:
    """Reads the output of a cage as it grows, from its beginning, and passes it on."""

    def __init__(self, records: Path, on_output: Callable[[bytes], None] | None) -> None:
        """Begin at the beginning; the file may not be there yet."""
        self._path = records / OUTPUT
        self._at = 0
        self._on_output = on_output

    async def read_on(self) -> None:
        """Pass on what is new, in pieces so small that everybody else on the event loop has a turn between two."""
        try:
            file = self._path.open("rb", buffering=0)
        except FileNotFoundError:
            return
        with file:
            file.seek(self._at)
            while piece := file.read(_PIECE_BYTES):
                self._at += len(piece)
                if self._on_output is not None:
                    self._on_output(piece)
                    await asyncio.sleep(0)


def exit_of(spec: CageSpec) -> Exit:
    """Return how a cage ended, by its record; *lost* if there is none."""
    try:
        known = json.loads((spec.records / ENDED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = {"how": How.LOST, "code": None, "seconds": 0.0, "output_bytes": 0}
    return Exit(
        how=How(known["how"]),
        code=known["code"],
        seconds=known["seconds"],
        output_tail=_tail(spec.records / OUTPUT),
        output_bytes=known["output_bytes"],
        output_path=spec.records / OUTPUT,
        denied=tuple(Denied(**each) for each in known.get("denied", ())),
        peak=Peak(**known.get("peak", {})),
    )


def _tail(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES))
            return file.read()
    except FileNotFoundError:
        return b""
