"""Which paths a program needs to see inside a cage that holds only the system's own: as few as will do.

It never answers with a home, a file system root or somebody's project: where the natural answer is that
broad, only the file itself is named.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

SYSTEM_FOLDERS = tuple(map(Path, ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")))
INTERPRETERS_DEEP = 4
SHEBANG_BYTES_MAX = 512
LINKS_MAX = 40

_PROGRAM_FOLDERS = {"bin", "sbin", ".bin", "shims"}
_STORES = tuple(map(Path, ("/nix/store", "/gnu/store")))
_SIGNS_OF_A_PROJECT = (".git", ".env")


def readable_for(executable: Path) -> tuple[Path, ...]:
    """Return what `executable` (an absolute path) needs mounted read-only, outermost folders only.

    Every link on the way to the file counts, the environment around a `bin` folder, the base of a Python
    virtual environment, the `node_modules` around a script, and the interpreter of a script likewise.
    """
    return _outermost(_needs(executable, INTERPRETERS_DEEP))


def _needs(executable: Path, depth: int) -> Iterator[Path]:
    last = executable
    for hop in _hops(executable):
        yield root_of(hop)
        yield from _virtual_environment_base(hop)
        last = hop
    interpreter = _interpreter(last)
    if interpreter and depth:
        yield from _needs(interpreter, depth - 1)


def root_of(path: Path) -> Path:
    """Return the folder that belongs to `path`, or `path` itself when that folder holds more than a program."""
    for store in _STORES:
        if path.is_relative_to(store):
            return store
    if "node_modules" in path.parts:
        return Path(*path.parts[: path.parts.index("node_modules") + 1])
    folder = path.parent.parent if path.parent.name in _PROGRAM_FOLDERS else path.parent
    return path if _too_broad(folder) else folder


def _too_broad(folder: Path) -> bool:
    home = Path.home()
    shared = {Path("/opt"), Path("/srv"), Path("/var"), Path("/tmp"), home / ".local"}  # noqa: S108 -- compared
    return (
        folder in shared
        or home.is_relative_to(folder)
        or len(folder.parts) <= 2
        or any((folder / sign).exists() for sign in _SIGNS_OF_A_PROJECT)
    )


def _hops(path: Path) -> Iterator[Path]:
    for _ in range(LINKS_MAX):
        yield path
        if not path.is_symlink():
            return
        path = Path(os.path.normpath(path.parent / path.readlink()))


def _virtual_environment_base(python: Path) -> Iterator[Path]:
    configuration = python.parent.parent / "pyvenv.cfg"
    if not configuration.is_file():
        return
    for line in configuration.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "home":
            yield root_of(Path(value.strip()) / "python")


def _interpreter(script: Path) -> Path | None:
    with script.open("rb") as file:
        first = file.read(SHEBANG_BYTES_MAX).split(b"\n")[0]
    if not first.startswith(b"#!"):
        return None
    words = first[2:].decode("utf-8", errors="replace").split()
    if words and Path(words[0]).name == "env":
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    found = shutil.which(words[0]) if words else None
    return Path(found) if found else None


def _outermost(paths: Iterator[Path]) -> tuple[Path, ...]:
    chosen: list[Path] = []
    for path in sorted(set(paths), key=lambda path: len(path.parts)):
        if not any(path.is_relative_to(folder) for folder in (*SYSTEM_FOLDERS, *chosen)):
            chosen.append(path)
    return tuple(chosen)
