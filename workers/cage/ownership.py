"""Gives folders to the cage's user before a run, takes them back, and removes them, whatever is in them.

Trees are walked by coreutils, which follow no links, and know depths and modes that end Python's own walkers.
Only for trees whose cage has ended: nobody may change them meanwhile.
"""

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from app.domain.errors import Defect
from workers.cage.spec import CageSpec, Identity


async def prepare(spec: CageSpec, identity: Identity | None) -> None:
    """Make what a spec may write to belong to the cage's user; nothing to do where that is us."""
    if identity is not None:
        await _run("chown", "-hR", f"{identity.uid}:{identity.gid}", "--", *map(str, spec.own))


async def reclaim(path: Path) -> None:
    """Make a tree ours to read and change again."""
    if os.geteuid() == 0:
        await _run("chown", "-hR", f"{os.geteuid()}:{os.getegid()}", "--", str(path))
    await _run("chmod", "-R", "u+rwX", "--", str(path))


async def remove_tree(path: Path) -> None:
    """Remove a tree, with folders nobody may enter and however deep; a tree that is gone is fine."""
    if not await asyncio.to_thread(os.path.islink, path):
        await _run("chmod", "-Rf", "u+rwx", "--", str(path), may_fail=True)
    await _run("rm", "-rf", "--one-file-system", "--", str(path))


async def _run(*command: str, may_fail: bool = False) -> None:
    process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE)
    try:
        said = (await process.communicate())[1]
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode and not may_fail:
        raise Defect(f"{command[0]} failed: {said.decode(errors='replace').strip()[:500]}")
