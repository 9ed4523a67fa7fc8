"""Keeps what a run leaves: its records in the ledger, for any host to show, and on the disk no more than those.

The records were redacted when they were written, and are once more: a secret may have become known meanwhile. How
long they are kept is decided by `workers.reconcile.prune`.
"""

import asyncio
import logging
from pathlib import Path

from app.domain.errors import TryAgain
from app.ledger.artifacts import file_key
from app.ledger.store import Ledger
from workers.agents.files import BRIEF, EVENTS, EXIT, INVALID_OUTCOME, OUTCOME, RESPONSES, Redact, dumped
from workers.agents.untrusted import Unreadable, read_end_of_untrusted, read_untrusted
from workers.cage.ownership import remove_tree
from workers.reconcile.prune import KEPT

logger = logging.getLogger(__name__)

FILE_BYTES_MAX = 1_000_000
"""What the ledger keeps of one file: of events the end, of anything else the beginning."""
_READ_BYTES_MAX = 8_000_000
_ROOM_BYTES = 1_000
RESPONSE = "response.md"


async def keep_files(ledger: Ledger, job: str, run: str, folder: Path, redact: Redact) -> None:
    """Put the records in the folder of a run into the ledger; a run does not fail for want of that."""
    found = await asyncio.to_thread(records_of, folder, run, redact)
    try:
        for name, text in found.items():
            await ledger.keep_artifact(job, file_key(run, name), "text/plain", text.encode(errors="replace"))
    except TryAgain as error:
        logger.warning("files not kept: %s", error, extra={"action": "run", "run": run})


def records_of(folder: Path, run: str, redact: Redact) -> dict[str, str]:
    """Return the records in the folder of a run by the names that people see, as far as they are kept."""
    places = {name: folder / name for name in (BRIEF, OUTCOME, INVALID_OUTCOME, EXIT)}
    places[RESPONSE] = folder / RESPONSES / f"{run}.md"
    found = {name: _beginning(path, redact) for name, path in places.items()}
    found[EVENTS] = _end_of_events(folder / EVENTS, redact)
    return {name: text for name, text in found.items() if text is not None}


def _beginning(path: Path, redact: Redact) -> str | None:
    content = read_untrusted(path, bytes_max=_READ_BYTES_MAX)
    if isinstance(content, Unreadable):
        return None
    data = redact(content.decode("utf-8", errors="replace")).encode(errors="replace")
    if len(data) <= FILE_BYTES_MAX:
        return data.decode()
    begin = data[: FILE_BYTES_MAX - _ROOM_BYTES]
    return f"{begin.decode(errors='replace')}\n({len(data) - len(begin):,} bytes more)\n"


def _end_of_events(path: Path, redact: Redact) -> str | None:
    """Return the last whole lines, after one that says how much is left out."""
    found = read_end_of_untrusted(path, bytes_max=FILE_BYTES_MAX - _ROOM_BYTES)
    if isinstance(found, Unreadable):
        return None
    data, before = found
    if not before:
        return redact(data.decode("utf-8", errors="replace"))
    cut, _, end = data.partition(b"\n")
    told = f"The first {before + len(cut) + 1:,} bytes are left out here."
    return dumped({"type": "truncated", "text": told}) + "\n" + redact(end.decode("utf-8", errors="replace"))


async def tidy(folder: Path) -> None:
    """Remove all that a run left but its records; clones, homes and what its cages said unredacted among it."""
    names = await asyncio.to_thread(lambda: sorted(path.name for path in folder.iterdir()))
    for name in names:
        if name not in KEPT:
            await remove_tree(folder / name)
