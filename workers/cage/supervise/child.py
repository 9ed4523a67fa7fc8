"""The sandbox as a process: started, told its orders, asked to end, and for certain over.

The kernel ends every process of a pid namespace with the namespace's first one, before that one is gone; so when
its process descriptor says so, nothing of the cage is alive. Without a namespace, `sweep` hunts them down.
"""

import os
import select
import signal
from contextlib import suppress

from workers.cage.supervise.sweep import adopt_orphans, sweep

READY, BEGUN, STARVED = b"r", b"b", b"m"
_ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
_NOT_FOUND = 127


class Child:
    """A started sandbox. `output` and `status` are descriptors to read; `first` is the cage's first process."""

    def __init__(self, arguments: list[str], descriptors: list[int], *, contains: bool, keeper: bool) -> None:
        """Start the program in a session of its own; it waits for its orders on standard input."""
        self._contains, self._keeper = contains, keeper
        if not contains:
            adopt_orphans()
        self.status, status_inside = os.pipe()
        self.output, output_inside = os.pipe()
        orders_inside, self._orders = os.pipe()
        words = [*arguments, str(status_inside)]
        self.pid = os.fork()
        if self.pid == 0:
            _become(words, orders_inside, output_inside, (*descriptors, status_inside))
        for descriptor in (*descriptors, status_inside, output_inside, orders_inside):
            os.close(descriptor)
        os.set_blocking(self.output, False)
        self.first = self.pid
        self.code: int | None = None
        self._held = -1
        self._killed = False

    def hold(self) -> bool:
        """Take hold of the first process, once the entry script says that it is there; False when it will not be."""
        if os.read(self.status, 1) != READY:
            return False
        if self._contains:
            self.first = children(self.pid)[0]
            self._held = os.pidfd_open(self.first)
        return True

    def begin(self, orders: bytes) -> None:
        """Hand over the orders; the command starts when they are complete."""
        with suppress(BrokenPipeError), os.fdopen(self._orders, "wb", buffering=0) as pipe:
            rest = memoryview(orders)
            while rest:
                rest = rest[pipe.write(rest) :]

    def words(self) -> bytes:
        """Return, once the cage is over, what it said of itself: whether the command was reached, and starved."""
        return os.read(self.status, 2)

    def ask(self) -> None:
        """Ask the command, and whatever it left behind, to end (SIGTERM); it may not."""
        if not self._contains:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGTERM)
            return
        for pid in children(self.first):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def kill(self) -> None:
        """Kill everything, once: a number that is gone may be somebody else's."""
        if self._killed:
            return
        self._killed = True
        if self._held != -1:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._held, signal.SIGKILL)
        if self.code is None and not self._keeper:  # it may hang in telling us what became of the other
            os.kill(self.pid, signal.SIGKILL)
        if not self._contains:
            sweep(os.getpid(), spare=self.pid)

    def exited(self) -> bool:
        """Tell whether the command is over; others that it started may still be alive."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._note(status) if pid else None
        return self.code is not None

    def bury(self) -> None:
        """Wait, after `kill`, until nothing is alive."""
        if self._held != -1:
            select.select([self._held], [], [])
        if self.code is None:
            self._note(os.waitpid(self.pid, 0)[1])

    def _note(self, status: int) -> None:
        """Keep the exit code as a shell would have it."""
        code = os.waitstatus_to_exitcode(status)
        self.code = code if code >= 0 else 128 - code


def children(pid: int) -> list[int]:
    """Return the pids of a process's children, oldest first (Linux with CONFIG_PROC_CHILDREN)."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _become(words: list[str], orders: int, output: int, kept: tuple[int, ...]) -> None:
    """Be the sandbox's program, with nothing of ours but what it is to have; never returns."""
    try:
        os.setsid()
        os.chdir("/")
        for descriptor, number in ((orders, 0), (output, 1), (output, 2)):
            os.dup2(descriptor, number)
        for descriptor in kept:
            os.set_inheritable(descriptor, True)  # noqa: FBT003 -- positional only
        for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.execvpe(words[0], words, _ENVIRONMENT)  # noqa: S606 -- that is the point
    except OSError as error:
        os.write(2, f"{words[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(_NOT_FOUND)
