"""Whether a worker stands still, by the file `STOP` or by the switch, and the refusal to write to GitHub meanwhile.

What runs is ended elsewhere: by a cage's supervisor, which sees the file, and by the heartbeat, which hears of the
switch. Nothing is lost by standing still: the ledger keeps what is due.
"""

from pathlib import Path

from app import stop_file
from app.domain.errors import TryAgain
from app.ledger.reading import Reading
from app.ledger.rows import STOP

AGAIN_SECONDS = 15.0


class Halted(TryAgain):
    """Everything is stopped, so I write nothing to GitHub before `handoff start --all`."""


def halted(data: Path) -> bool:
    """Tell whether the file lies in the data folder: one look at a name, whatever else does not answer."""
    return stop_file.is_stopped(data)


async def refuse_to_write(ledger: Reading, data: Path) -> None:
    """Return when GitHub may be written to.

    Raises:
        Halted: everything is stopped.
        TryAgain: the ledger cannot tell just now, which is as good as a no.
    """
    if halted(data) or (await ledger.switch(STOP)).on:
        raise Halted(after_seconds=AGAIN_SECONDS)
