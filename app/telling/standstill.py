"""Whether anything may start, and if not, why, since when, and what to do: the same at the terminal, desk and doctor.

Two things stop everything, the switch in the ledger and the file `STOP` in the data folder of this machine; a third,
the spike guard's switch, only lets nothing new begin.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app import stop_file
from app.ledger.reading import Reading
from app.ledger.rows import PAUSED, STOP, Switch

_UNTIL = "No run starts until `handoff start --all`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """Whether everything is stopped, by whichever of the two, and whether Handoff has paused itself."""

    stop: Switch = field(default_factory=Switch)
    paused: Switch = field(default_factory=Switch)

    @property
    def sentence(self) -> str:
        """What stands still, why, since when, and what to do; empty when nothing does."""
        if self.stop.on:
            return f"Everything is stopped: {_why(self.stop)} {_UNTIL}."
        if self.paused.on:
            return f"Handoff has paused itself: {_why(self.paused)} {_UNTIL}; what is under way goes on."
        return ""


async def standstill(ledger: Reading, data: Path) -> Standstill:
    """Look into the ledger and the data folder."""
    return both(await ledger.switch(STOP), await ledger.switch(PAUSED), file(data))


def both(stop: Switch, paused: Switch, seen: Switch) -> Standstill:
    """Put together what the ledger says and what is seen in the folder; the ledger knows better who and since when."""
    return Standstill(stop=stop if stop.on else seen, paused=paused)


def file(data: Path) -> Switch:
    """Return the file as if it were a switch."""
    if not stop_file.is_stopped(data):
        return Switch()
    words, at = stop_file.words(data)
    because = "the file `STOP` lies in the data folder" + (f" ({words.rstrip('.')})" if words else "")
    return Switch(on=True, because=because, at=datetime.fromtimestamp(at, UTC) if at else None)


def _why(switch: Switch) -> str:
    since = f" That was at {switch.at:%Y-%m-%d %H:%M} UTC." if switch.at else ""
    return f"{switch.because}.{since}"
