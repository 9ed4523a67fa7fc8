"""The private home of an agent: what is laid out in it before a run and what is fetched from it afterwards.

An agent may have been here before and may have left anything in place of a file: whatever stands in the
way is removed, never written through and never followed.
"""

import os
import secrets
from pathlib import Path

from workers.agents.agent import Visit
from workers.agents.schemas import schema_text
from workers.agents.untrusted import read_untrusted_text

RESPONSE_BYTES_MAX = 1_000_000


def furnish(home: Path, visit: Visit, *, brief: str) -> None:
    """Lay out the brief and the schema in `home` (as the host sees it) and clear away an earlier outcome.

    Everything written is readable by whoever the agent runs as; making `home` writable for them is the
    cage's business.
    """
    home.mkdir(parents=True, exist_ok=True)
    for name in (visit.outcome.name, visit.response.name):
        _remove(home / name)
    _write(home / visit.brief.name, brief)
    _write(home / visit.schema.name, schema_text(visit.kind))


def furnish_repair(home: Path, visit: Visit, *, brief: str) -> None:
    """Replace the brief only: the invalid outcome stays for the agent to mend."""
    _write(home / visit.brief.name, brief)


def read_response(home: Path) -> str | None:
    """Return the prose an agent left in its response file, None when there is none."""
    return read_untrusted_text(home / "response.md", bytes_max=RESPONSE_BYTES_MAX)


def _write(path: Path, text: str) -> None:
    _remove(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o644), "w", encoding="utf-8") as file:
        file.write(text)


def _remove(path: Path) -> None:
    """Clear a place. A folder is moved aside, for it may be deeper than any walker: it goes with the home."""
    if path.is_dir() and not path.is_symlink():
        path.rename(path.with_name(f".in-the-way-{secrets.token_hex(8)}"))
    else:
        path.unlink(missing_ok=True)
