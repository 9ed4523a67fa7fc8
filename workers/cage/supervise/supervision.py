"""The life of one cage: started, watched, ended, and its end told. One thread, which waits for whatever comes first."""

from __future__ import annotations

import os
import select
import selectors
import signal
from binascii import a2b_base64
from time import monotonic

from workers.cage.supervise import attention, watch
from workers.cage.supervise.attention import Attention
from workers.cage.supervise.bounds import Bounds
from workers.cage.supervise.child import BEGUN, STARVED, Child
from workers.cage.supervise.measure import OUT_OF_MEMORY
from workers.cage.supervise.records import Output
from workers.cage.supervise.watch import Watch
from workers.cage.supervise.way_out import WayOut

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any

_START_SECONDS = 60
_LAST_WORDS_SECONDS = 2  # to read what is in the pipe at the end; longer only if somebody escaped a bare run
_CHUNK_BYTES = 64 * 1024
_NOT_STARTED, _EXITED, _KILLED = "not_started", "exited", 128 + signal.SIGKILL


class Supervision:
    """One cage, by its orders: what to start, its limits, and what to look at."""

    def __init__(self, orders: dict[str, Any], worker: socket.socket) -> None:
        """Prepare; nothing runs yet. `worker` is the connection to who ordered it."""
        limits = orders["limits"]
        self._orders, self._limits = orders, limits
        self._attention = Attention(worker)
        self._output = Output(limits["output_bytes"])
        self._watch = Watch(
            timeout_seconds=limits["timeout_seconds"],
            stall_seconds=limits["stall_seconds"],
            unattended_seconds=orders["unattended_seconds"],
        )
        self._way_out = WayOut(orders["network"], orders["upstream"])
        self._bounds: Bounds | None = None
        self._reason: str | None = None
        self._shutting_down = False
        self._child_woke, self._wake = os.pipe()
        self._selector = selectors.DefaultSelector()

    def run(self) -> dict[str, Any]:
        """Run the cage to its end and return the record of it."""
        self._listen_to_signals()
        child = Child(
            self._orders["arguments"],
            self._orders["descriptors"],
            contains=self._orders["contains"],
            keeper=self._orders["keeper"],
        )
        try:
            code = self._through(child)
        finally:
            child.kill()
            child.bury()
            if self._bounds is not None:
                self._bounds.kill()
        self._last_words(child)
        return self._record(child, code)

    def _record(self, child: Child, code: int) -> dict[str, Any]:
        words = child.words()
        how = self._reason or (_EXITED if BEGUN in words else _NOT_STARTED)
        if (
            how == _EXITED
            and code
            and (STARVED in words or (self._bounds and self._bounds.killed_for_memory()))
        ):
            how = OUT_OF_MEMORY
        return {
            "how": how,
            "code": None if how == _NOT_STARTED else code,
            "seconds": round(self._watch.lived, 3),
            "output_bytes": self._output.heard,
            "denied": self._way_out.denied(),
            "peak": {} if self._bounds is None or self._orders["keeper"] else self._bounds.peak(),
        }

    def close(self) -> None:
        """Let go of everything, and let the worker see the end, whose record is complete by now."""
        if self._bounds is not None:
            self._bounds.close()
        self._way_out.close()
        self._attention.close()

    def _through(self, child: Child) -> int:
        if not self._ready(child):
            self._reason = _NOT_STARTED
            return _KILLED
        self._bounds = Bounds(
            str(os.getpid()),
            child.pid,
            child.first,
            self._orders["own"],
            self._limits,
            contains=self._orders["contains"],
            grouped=not self._orders["keeper"],
        )
        self._way_out.open()
        child.begin(a2b_base64(self._orders["config"]))
        self._register(child)
        while self._reason is None and not child.exited():
            self._step(child)
        if self._reason in watch.ASKED_FIRST:
            child.ask()
            self._grace(child)
        return _KILLED if child.code is None else child.code

    def _ready(self, child: Child) -> bool:
        readable, _, _ = select.select([child.status], [], [], _START_SECONDS)
        return bool(readable) and child.hold()

    def _register(self, child: Child) -> None:
        for descriptor, role in (
            (child.output, "output"),
            (self._child_woke, "signal"),
            (self._attention.door.fileno(), "door"),
        ):
            self._selector.register(descriptor, selectors.EVENT_READ, role)
        self._attend()

    def _attend(self) -> None:
        self._watch.attended = self._attention.worker is not None
        if self._attention.worker is not None:
            self._selector.register(self._attention.worker, selectors.EVENT_READ, "worker")

    def _step(self, child: Child) -> None:
        """Wait for the next thing, deal with it, and look whether the cage has to end."""
        due_in = self._bounds.due_in(monotonic()) if self._bounds else watch.STEP_SECONDS
        events = self._selector.select(min(due_in, watch.STEP_SECONDS))
        self._watch.advance(monotonic())
        self._deal_with(events, child)
        if self._reason is None:
            self._reason = self._why_end()

    def _deal_with(self, events: list[tuple[selectors.SelectorKey, int]], child: Child) -> None:
        for key, _ in events:
            match key.data:
                case "output":
                    self._read(child)
                case "worker":
                    self._hear_worker()
                case "door":
                    self._let_in()
                case _:
                    os.read(self._child_woke, 64)

    def _why_end(self) -> str | None:
        if self._shutting_down:
            return watch.UNATTENDED
        if self._output.flooded:
            return watch.FLOODED
        if _lies_there(self._orders["halt_file"]):
            return watch.HALTED
        assert self._bounds is not None
        return self._watch.verdict() or self._bounds.exceeded(monotonic())

    def _read(self, child: Child) -> bool:
        """Take what the command says; False at the end of it."""
        try:
            chunk = os.read(child.output, _CHUNK_BYTES)
        except BlockingIOError:
            return True
        if not chunk:
            self._selector.unregister(child.output)
            return False
        self._output.keep(chunk)
        self._watch.heard()
        self._attention.tell()
        return True

    def _hear_worker(self) -> None:
        worker = self._attention.worker
        assert worker is not None
        said = self._attention.asked()
        if self._attention.worker is None:
            self._selector.unregister(worker)
            self._watch.attended = False
        if attention.KILL in said:
            self._limits["grace_seconds"] = 0
        if attention.KILL in said or attention.STOP in said:
            self._reason = self._reason or watch.CANCELLED

    def _let_in(self) -> None:
        if self._attention.worker is not None:
            self._selector.unregister(self._attention.worker)
        self._attention.welcome()
        self._attend()

    def _grace(self, child: Child) -> None:
        """Give the command time to save its work, and listen meanwhile to it, and to a worker that will not wait."""
        began = monotonic()
        while not child.exited() and (left := began + self._limits["grace_seconds"] - monotonic()) > 0:
            self._deal_with(self._selector.select(min(left, watch.STEP_SECONDS)), child)

    def _last_words(self, child: Child) -> None:
        """Read what is still in the pipe, of a cage that is dead."""
        until = monotonic() + _LAST_WORDS_SECONDS
        while (left := until - monotonic()) > 0 and select.select([child.output], [], [], left)[0]:
            chunk = os.read(child.output, _CHUNK_BYTES)
            if not chunk:
                return
            self._output.keep(chunk)

    def _listen_to_signals(self) -> None:
        """Wake up when the command ends; end the cage when the machine is shut down."""
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._shut_down)

    def _shut_down(self, *_: object) -> None:
        self._shutting_down = True  # a word of its own: the reason may be in the middle of being found


def _lies_there(path: str | None) -> bool:
    """Tell whether there is anything at a path; what cannot be looked at counts as there."""
    if path is None:
        return False
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True
