"""The servers under measurement, as processes of their own: started, and ended whatever happens."""

import contextlib
import os
import re
import sys
from asyncio import Event, timeout
from collections.abc import AsyncIterator, Mapping

from app.embedded.child import Child

START_SECONDS = 60.0
GRACE_SECONDS = 10.0

_ADDRESS = re.compile(r"Listening on http://127\.0\.0\.1:(\d+)")


@contextlib.asynccontextmanager
async def listening(*arguments: str, environment: Mapping[str, str]) -> AsyncIterator[int]:
    """Run Python with arguments, in nothing but this environment; yield the port it says that it listens on.

    Raises:
        TimeoutError: it did not say so within `START_SECONDS`.
    """
    said, ports = Event(), list[int]()

    def hear(line: str) -> None:
        if found := _ADDRESS.search(line):
            ports.append(int(found[1]))
            said.set()
        elif not ports:
            print(line, file=sys.stderr)  # noqa: T201 - why it does not start

    # -P: the folder of a script would hide modules of the standard library.
    child = await Child.start([sys.executable, "-P", *arguments], {"PATH": os.defpath, **environment}, hear)
    try:
        async with timeout(START_SECONDS):
            await said.wait()
        yield ports[0]
    finally:
        await child.stop(GRACE_SECONDS)
