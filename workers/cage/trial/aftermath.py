"""Does with what a command left what a worker does with it, and looks whether that is without harm.

Takes the files back, searches them for secrets, commits them with a git directory of our own, removes them. Each step
has an end. A kind refusal is no harm; anything else that goes wrong is a finding.
"""

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from app.domain.errors import Refused
from workers.cage.ownership import reclaim, remove_tree
from workers.cage.trial.canaries import disguises
from workers.cage.trial.stage import Stage
from workers.cage.trial.verdict import Check, Finding
from workers.workspace.commit import commit_workspace

_STEP_SECONDS = 120
_THEN = datetime(2026, 1, 1, tzinfo=UTC)
_NAMES_SHOWN = 2
_GREP_FOUND, _GREP_NOTHING = 0, 1


async def left_bytes(place: Stage) -> int:
    """Return what is on the disk of all that the command could write to; holes count nothing."""
    _, said = await _said("du", "-s", "-B1", "-c", "--", str(place.workspace), str(place.home))
    return int(said.split(b"\n")[-2].split()[0])


async def dangerous(place: Stage) -> list[Finding]:
    """Return the devices there are among what was left, and the programs that would run as root."""
    where = (str(place.workspace), str(place.home))
    _, devices = await _said("find", *where, "(", "-type", "b", "-o", "-type", "c", ")", "-print0")
    _, programs = await _said("find", *where, "-type", "f", "-perm", "/6000", "-uid", "0", "-print0")
    rows = [("a device", path) for path in _paths(devices) if _is_device(path)]
    rows += [("a program that runs as root", path) for path in _paths(programs)]
    return [Finding(Check.AFTERMATH, f"{what} was left: {_name(path)}") for what, path in rows[:_NAMES_SHOWN]]


def _is_device(path: bytes) -> bool:
    """Tell a device from a *whiteout*, a number that everybody may make and nothing is behind."""
    try:
        return os.lstat(path).st_rdev != 0
    except OSError:  # too deep to be asked
        return True


def _paths(said: bytes) -> list[bytes]:
    return [path for path in said.split(b"\0") if path]


async def handled(place: Stage, base_sha: str) -> list[Finding]:
    """Do all of it; return what went wrong."""
    findings: list[Finding] = []

    async def step(what: str, work: Callable[[], Awaitable[list[Finding]]]) -> None:
        try:
            async with asyncio.timeout(_STEP_SECONDS):
                findings.extend(await work())
        except TimeoutError:
            findings.append(Finding(Check.AFTERMATH, f"{what} took longer than {_STEP_SECONDS} seconds"))
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is what a worker would have run into
            findings.append(Finding(Check.AFTERMATH, f"{what} failed: {error}"))

    await step("taking its files back", lambda: _taken_back(place))
    await step("searching its files", lambda: searched(place))
    await step("committing its files", lambda: _committed(place, base_sha))
    return findings


async def removed(place: Stage) -> list[Finding]:
    """Remove everything; return what could not be."""
    for path in (place.run, place.folder):
        try:
            async with asyncio.timeout(_STEP_SECONDS):
                await remove_tree(path)
        except Exception as error:  # noqa: BLE001 -- as above
            return [Finding(Check.AFTERMATH, f"what it left could not be removed: {error}")]
    return []


async def searched(place: Stage) -> list[Finding]:
    """Search names, links and contents of all that was left. grep knows holes, depths and names that we do not."""
    forms = disguises(place.token)
    where = (str(place.workspace), str(place.home))
    _, names = await _said("find", *where, "-printf", "%P\\0%l\\0")
    if any(form in names for form in forms):
        return [Finding(Check.SECRETS, "a secret that I planted is in the name of a file that it left")]
    code, said = await _said(
        "grep", "-rlF", "-D", "skip", "-Z", "-f", "-", "--", *where, stdin=b"\n".join(forms)
    )
    if code == _GREP_FOUND:
        found = _name(said.split(b"\0")[0])
        return [Finding(Check.SECRETS, f"a secret that I planted is in a file that it left: {found}")]
    return [] if code == _GREP_NOTHING else [Finding(Check.SECRETS, "not all that it left could be searched")]


async def _taken_back(place: Stage) -> list[Finding]:
    for path in (place.workspace, place.home):
        await reclaim(path)
    return []


async def _committed(place: Stage, base_sha: str) -> list[Finding]:
    """Commit. A refusal is a sentence to a person: that is what a worker does with files that it does not want."""
    with suppress(Refused):
        await commit_workspace(
            place.workspace,
            mirror=place.mirror,
            git_dir=place.folder / "git",
            base_sha=base_sha,
            message="What it left",
            author_name="trial",
            author_email="trial@localhost",
            at=_THEN,
        )
    return []


async def _said(*command: str, stdin: bytes = b"") -> tuple[int, bytes]:
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    try:
        said, _ = await process.communicate(stdin)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, said


def _name(path: bytes) -> str:
    return ascii(Path(path.decode(errors="replace")).name)[:120]
