"""Runs `handoff doctor` for a page: one at a time, in a process of its own, which alone opens the App's key."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from app.domain.redaction import redact_shapes

DOCTOR = (sys.executable, "-P", "-m", "workers.doctor", "--json")
"""By module name: nothing here imports what it starts."""
PATIENCE_SECONDS = 120.0
WORDS_MAX = 500

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; `fix` is empty when there is nothing to do."""

    name: str
    level: Literal["ok", "warning", "problem", "unknown"]
    says: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the doctor said, or why it said nothing."""

    findings: tuple[Finding, ...] = ()
    trouble: str = ""

    @property
    def problems(self) -> tuple[Finding, ...]:
        """What keeps Handoff from working."""
        return tuple(each for each in self.findings if each.level == "problem")


_READER = TypeAdapter(Report)


class Checkup:
    """The newest report, and the one that is being made."""

    def __init__(self, command: Sequence[str] = DOCTOR) -> None:
        """Keep what to run: whatever prints a report as JSON."""
        self._command = command
        self._task: asyncio.Task[Report] | None = None

    def begin(self) -> None:
        """Let the doctor look anew: what it has seen so far may have changed."""
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(_examine(self._command))

    @property
    def begun(self) -> bool:
        """Whether it was ever asked for."""
        return self._task is not None

    @property
    def report(self) -> Report | None:
        """What it said; None while it is looking."""
        return self._task.result() if self._task is not None and self._task.done() else None


async def _examine(command: Sequence[str]) -> Report:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            out, err = await process.communicate()
    except TimeoutError:
        return Report(trouble=f"The checks took longer than {PATIENCE_SECONDS:.0f} seconds.")
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return _read(out, err)


def _read(out: bytes, err: bytes) -> Report:
    """Return what was printed; a doctor that could not look says on its other output why."""
    try:
        return _READER.validate_json(out)
    except ValidationError:
        said = redact_shapes(err.decode(errors="replace")).strip()[-WORDS_MAX:]
        logger.warning("The doctor gave no report: %s", said or "it said nothing")
        sentence = "" if "Traceback" in said or 'File "' in said else said
        return Report(trouble=f"The checks could not be made. {sentence}".strip())
