"""Programs that tell what happens to them, and a supervisor whose log can be waited for."""

import asyncio
import sys
from pathlib import Path

import pytest

from app.cli.supervise import Program, RestartPolicy, supervise

PATIENCE_SECONDS = 30.0
QUICK = RestartPolicy(
    first_pause_seconds=0.01, longest_pause_seconds=0.05, settled_seconds=3600.0, attempts=4
)

POLITE = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(print("down")))
signal.signal(signal.SIGINT, lambda *_: print("interrupted"))
print("up", os.getpid())
time.sleep(600)
"""
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", os.getpid())
time.sleep(600)
"""


def a_program(name, code=POLITE, **options):
    return Program(name=name, command=[sys.executable, "-u", "-c", code], environment={}, **options)


class Log:
    """The lines of a supervisor."""

    def __init__(self):
        self.lines = []
        self._changed = asyncio.Event()

    def __call__(self, line):
        name, _, text = line.partition("|")
        self.lines.append((name.strip(), text.strip()))
        self._changed.set()

    async def line(self, name, beginning, occurrence=1):
        """Wait for the nth line of a program that begins so, and return the rest of it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(found := self._found(name, beginning)) < occurrence:
                self._changed.clear()
                await self._changed.wait()
        return found[occurrence - 1]

    def _found(self, name, beginning):
        return [
            text.removeprefix(beginning).strip()
            for who, text in self.lines
            if who == name and text.startswith(beginning)
        ]


@pytest.fixture
async def log():
    return Log()


@pytest.fixture
async def house(log):
    """Supervise programs in this process; returns the task and the event that stops them."""
    running = []

    def start(*programs, policy=QUICK):
        stopping = asyncio.Event()
        running.append(
            (asyncio.create_task(supervise(programs, log=log, policy=policy, stopping=stopping)), stopping)
        )
        return running[-1]

    yield start
    for task, stopping in running:
        stopping.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(task, return_exceptions=True)


SUPERVISOR = """
import asyncio, functools, sys
from app.cli.supervise import Program, supervise

names, code, grace = sys.argv[1].split(","), sys.argv[2], float(sys.argv[3])
programs = [
    Program(name=name, command=[sys.executable, "-u", "-c", code], environment={}, grace_seconds=grace)
    for name in names
]
sys.exit(asyncio.run(supervise(programs, log=functools.partial(print, flush=True))))
"""


class Supervisor:
    """A supervisor in a process, session and process group of its own, as a terminal would start it."""

    def __init__(self, process, log):
        self.process, self.log = process, log
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self):
        async for line in self.process.stdout:
            self.log(line.decode().rstrip("\n"))

    async def exit_code(self):
        async with asyncio.timeout(PATIENCE_SECONDS):
            code = await self.process.wait()
            await self._listening
        return code


@pytest.fixture
async def supervisor(log):
    made = []

    async def start(*names, code=POLITE, grace_seconds=10.0):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SUPERVISOR, ",".join(names), code, str(grace_seconds)),
            stdout=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )
        made.append(Supervisor(process, log))
        return made[-1]

    yield start
    for one in made:
        if one.process.returncode is None:
            one.process.kill()
        await one.exit_code()


@pytest.fixture
def program():
    return a_program


@pytest.fixture
def stubborn():
    return STUBBORN
