"""The services that are known by name: which program serves, how it is prepared, and what a command is told of it.

Finds programs and writes shell scripts; starts nothing. A wheel's binary of our own is never taken for the project's.
"""

import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.domain.errors import Refused
from app.domain.policy import Service
from app.voice.services import not_installed
from workers.agents.readable import readable_for

_POSTGRES_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin")

Row = dict[str, Any]
"""A service as `workers.checks.inside.serving` reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a known service is served, what the commands beside it are told, and what they must be able to read."""

    row: Row
    environment: Mapping[str, str]
    readable: tuple[Path, ...]


def row_of(service: Service, home: Path) -> Row:
    """Return the row of a service by command; what it keeps lies in a folder of its own in the home."""
    return {
        "name": service.name,
        "folder": str(_folder(home, service.name)),
        "prepare": None,
        "run": service.run,
        "ready": service.ready,
        "port": service.port,
        "stop": "SIGTERM",
        "environment": dict(service.env),
    }


def _folder(home: Path, name: str) -> Path:
    return home / ".services" / name


def postgres(home: Path, search_path: str | None) -> Recipe:
    """PostgreSQL: its cluster is made once, with a database `app`; nothing in it has to survive a power cut.

    The socket is in the cage's own /tmp: below a home its path could be longer than a socket's may be.
    """
    folder = next(_postgres_folders(search_path), None)
    if folder is None:
        raise Refused(not_installed("postgres", "PostgreSQL", "postgresql"))
    at, quoted = _folder(home, "postgres"), shlex.quote
    initdb, server = quoted(str(folder / "initdb")), quoted(str(folder / "postgres"))
    made, new = quoted(str(at / "data")), quoted(str(at / "new"))
    how = "--username=postgres --auth=trust --encoding=UTF8 --no-sync"
    prepare = f"""
        if ! [ -d {made} ]; then
            rm -rf {new}
            {initdb} --pgdata={new} {how} --locale=C.UTF-8 || {{
                rm -rf {new}; {initdb} --pgdata={new} {how} --no-locale; }} || exit
            echo 'CREATE DATABASE app' | {server} --single -D {new} postgres || exit
            mv {new} {made}
        fi
        rm -f {made}/postmaster.pid"""
    quick = "-c fsync=off -c full_page_writes=off"
    row = row_of(Service(name="postgres"), home) | {
        "prepare": prepare,
        "run": f"exec {server} -D {made} -h 127.0.0.1 -p 5432 -k /tmp {quick}",
        # The eighth line is how `pg_ctl --wait` knows (src/include/utils/pidfile.h).
        "ready": f"sed -n 8p {made}/postmaster.pid | grep -q ready",
        "port": 5432,
        "stop": "SIGINT",
    }
    url = "postgresql://postgres@127.0.0.1:5432/app"
    environment = {
        "DATABASE_URL": url, "PGHOST": "127.0.0.1", "PGPORT": "5432", "PGUSER": "postgres", "PGDATABASE": "app",
    }  # fmt: skip
    return Recipe(row=row, environment=environment, readable=readable_for(folder / "postgres"))


def redis(home: Path, search_path: str | None) -> Recipe:
    """Redis or Valkey, which keeps what was written when it is stopped."""
    program = next(_on_path(("redis-server", "valkey-server"), search_path), None)
    if program is None:
        raise Refused(not_installed("redis", "Redis or Valkey", "redis-server"))
    folder = shlex.quote(str(_folder(home, "redis")))
    row = row_of(Service(name="redis"), home) | {
        "run": f"exec {shlex.quote(str(program))} --bind 127.0.0.1 --port 6379 --dir {folder} --save 3600 1",
        "port": 6379,
    }
    environment = {"REDIS_URL": "redis://127.0.0.1:6379/0"}
    return Recipe(row=row, environment=environment, readable=readable_for(program))


RECIPES: Mapping[str, Callable[[Path, str | None], Recipe]] = MappingProxyType(
    {"postgres": postgres, "redis": redis}
)


def _postgres_folders(search_path: str | None) -> Iterator[Path]:
    """Yield the folders that hold a server and what makes its clusters, those of the path first."""
    for program in _on_path(("postgres",), search_path):
        yield from (f for f in (program.resolve().parent, program.parent) if (f / "initdb").exists())
    if search_path is None:
        for pattern in _POSTGRES_FOLDERS:
            yield from sorted(Path("/").glob(pattern[1:]), key=_version, reverse=True)


def _on_path(names: Sequence[str], search_path: str | None) -> Iterator[Path]:
    folders = os.get_exec_path() if search_path is None else search_path.split(os.pathsep)
    for name in names:
        for folder in folders:
            if os.access(Path(folder, name), os.X_OK):
                yield Path(folder, name).absolute()


def _version(folder: Path) -> list[int]:
    return [int(part) for word in folder.parts for part in word.split("-")[-1].split(".") if part.isdigit()]
