"""One child process: what it is given, what is heard of it, and how it ends."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.embedded import tether
from app.embedded.child import LINE_LIMIT_BYTES, Child

PATIENCE_SECONDS = 30.0


class Heard(list):
    """The lines of a child, to wait for."""

    def __init__(self):
        super().__init__()
        self._changed = asyncio.Event()

    def __call__(self, line):
        self.append(line)
        self._changed.set()

    async def line(self, wanted):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while wanted not in self:
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
async def child():
    """Start Python code as a child; what still lives at the end of the test is killed."""
    children = []

    async def start(code, environment=None, on_line=None):
        command = [sys.executable, "-u", "-c", code]
        children.append(
            await Child.start(command, environment or {}, (lambda _: None) if on_line is None else on_line)
        )
        return children[-1]

    yield start
    for one in children:
        one.kill()
        await one.wait()


async def test_both_outputs_are_heard_in_order_and_the_exit_code_returned(child):
    heard = Heard()
    one = await child(
        "import sys; print('a'); print('b', file=sys.stderr); print('c', end=''); sys.exit(7)", on_line=heard
    )

    assert await one.wait() == 7
    assert heard == ["a", "b", "c"]


async def test_it_has_exactly_the_environment_it_is_given(child):
    heard = Heard()
    one = await child("import os; print(sorted(os.environ))", {"ONLY": "this"}, heard)
    await one.wait()

    assert heard[0] in ("['ONLY']", "['LC_CTYPE', 'ONLY']")  # Python itself may add LC_CTYPE: PEP 538


async def test_a_line_cannot_steer_the_terminal(child):
    heard = Heard()
    one = await child(r"print('\x1b[2Jred\x07\tand \u00e9', flush=True)", {"PYTHONUTF8": "1"}, heard)
    await one.wait()

    assert heard == ["�[2Jred�\tand é"]


async def test_an_endless_line_is_cut_and_a_torn_one_completed(child):
    heard = Heard()
    one = await child("import sys; sys.stdout.write('x' * 100_000 + '\\nend\\n')", on_line=heard)
    await one.wait()

    assert heard[-1] == "end"
    assert sum(map(len, heard)) == 100_003
    assert max(map(len, heard)) <= 2 * LINE_LIMIT_BYTES


async def test_it_keeps_running_when_nobody_can_read_its_lines(child):
    def broken(_):
        raise BrokenPipeError

    one = await child("for _ in range(20_000): print('x' * 50)", on_line=broken)

    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await one.wait() == 0


async def test_stop_asks_first(child):
    heard = Heard()
    one = await child(
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit('goodbye'))\n"
        "print('up')\n"
        "time.sleep(600)",
        on_line=heard,
    )
    await heard.line("up")

    assert await one.stop(grace_seconds=PATIENCE_SECONDS) == 1
    assert heard[-1] == "goodbye"


STUBBORN_WITH_A_CHILD = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid)
time.sleep(600)
"""


def is_gone(pid):
    """Say whether a process is no more, or no more than a zombie that nobody reaps."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


async def gone(pid):
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_gone(pid):  # noqa: ASYNC110 - it is not our child, so nobody tells us
            await asyncio.sleep(0.02)


async def test_what_does_not_listen_is_killed_with_all_it_started(child):
    heard = asyncio.Queue()
    one = await child(STUBBORN_WITH_A_CHILD, on_line=heard.put_nowait)
    grandchild = int(await heard.get())

    assert await one.stop(grace_seconds=0.1) == -signal.SIGKILL
    await gone(grandchild)


async def test_a_grandchild_that_keeps_the_output_open_does_not_keep_us_waiting(child):
    code = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    one = await child(code)
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await one.wait() == 0
    os.killpg(one.pid, signal.SIGKILL)


async def test_it_lives_in_a_session_of_its_own(child):
    heard = Heard()
    one = await child("import os, time; print(os.getsid(0) == os.getpid()); time.sleep(600)", on_line=heard)

    await heard.line("True")
    assert os.getpgid(one.pid) == one.pid


async def test_a_program_that_does_not_exist_says_so(tmp_path):
    heard = Heard()
    one = await Child.start([str(tmp_path / "missing")], {}, heard)

    assert await one.wait() == 127
    assert heard == [f"{tmp_path}/missing cannot be run: No such file or directory."]


PARENT = """
import asyncio, sys
from app.embedded import tether
from app.embedded.child import Child

code = "import os, time; print(os.getpid()); time.sleep(600)"

async def main():
    child = await Child.start([sys.executable, "-u", "-c", code], {}, lambda line: print(line, flush=True))
    await child.wait()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="parent-death signals are a Linux thing")
async def test_it_dies_with_a_parent_that_is_killed():
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    pid = int(await parent.stdout.readline())  # said by the child, so it has become what it should be
    assert not is_gone(pid)

    parent.kill()
    await parent.wait()

    await gone(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="parent-death signals are a Linux thing")
def test_it_does_not_begin_when_its_parent_went_before_it_was_tied(tmp_path):
    nobody, begun = "1", tmp_path / "begun"
    ended = subprocess.run(
        [sys.executable, tether.__file__, nobody, "touch", begun], check=False, capture_output=True, text=True
    )

    assert (ended.returncode, ended.stderr) == (1, "The parent of this process has already gone.\n")
    assert not begun.exists()


async def test_the_exit_code_is_not_lost_when_it_dies_just_before_it_is_stopped(child):
    for _ in range(20):
        one = await child("import time; time.sleep(600)")
        os.kill(one.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):  # asyncio's own wait for it was faster
            os.waitid(os.P_PID, one.pid, os.WEXITED | os.WNOWAIT)  # noqa: ASYNC222 - the loop must not see it yet
        assert await one.stop(grace_seconds=PATIENCE_SECONDS) == -signal.SIGKILL
