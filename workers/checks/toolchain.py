"""The programs that the repository's own commands may use: what is on this worker's PATH, shown read-only.

Our own environment is left out, so that a check never finds our libraries and calls them its own. So are the
shims of version managers, which look for their manager in somebody's home; for Python the interpreter that runs
us stands in.
"""

import os
import shutil
import sys
from functools import cache
from pathlib import Path

from workers.agents.environment import SYSTEM_PATH
from workers.agents.readable import readable_for

PROGRAMS = ("python3", "node", "npm", "go", "cargo", "java", "mvn", "ruby", "make", "cc")


@cache
def _found() -> tuple[Path, ...]:
    ours = Path(sys.prefix) / "bin"
    folders = [
        folder for folder in os.get_exec_path() if Path(folder) != ours and Path(folder).name != "shims"
    ]
    search = os.pathsep.join([*folders, str(Path(sys.base_prefix) / "bin")])
    found = (shutil.which(program, path=search) for program in PROGRAMS)
    return tuple(Path(path).absolute() for path in found if path is not None)


def is_here(program: str) -> bool:
    """Tell whether a check finds a program on its PATH, as long as it has no image of its own."""
    return shutil.which(program, path=path_variable()) is not None


@cache
def toolchains() -> tuple[Path, ...]:
    """Return the folders that these programs need, beyond the system's own."""
    return tuple(dict.fromkeys(path for program in _found() for path in readable_for(program)))


@cache
def path_variable() -> str:
    """Return the PATH on which a check finds them."""
    folders = (str(program.parent) for program in _found())
    return os.pathsep.join(dict.fromkeys((*folders, *SYSTEM_PATH.split(os.pathsep))))


@cache
def versions() -> tuple[str, ...]:
    """Return what changes when one of these programs does: where it is, its size and its time; nothing is run for it."""
    real = sorted({program.resolve() for program in _found()})
    return tuple(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in real)
