"""Removes containers whose supervisor is gone: after a power cut, or a kill that met everybody who would have."""

from pathlib import Path

from app.domain.errors import BadConfiguration
from workers.cage.engine.container import LABEL
from workers.cage.engine.look import Engine, asked
from workers.cage.supervisor import alive

_RECORDS = f'{{{{index .Config.Labels "{LABEL}"}}}}'


async def remove_leftovers(engine: Engine, folder: Path) -> int:
    """Remove each container whose records lie in `folder` and are nobody's any more; return how many there were.

    Others are somebody else's, and so are those whose supervisor lives: their worker may come back for them.
    Raises `BadConfiguration` when the engine does not answer.
    """
    listed = await asked(engine, "ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={LABEL}")
    return sum([await _remove_if_left(engine, each, folder) for each in listed.split()])


async def _remove_if_left(engine: Engine, container: str, folder: Path) -> bool:
    try:
        records = Path((await asked(engine, "inspect", "--format", _RECORDS, container)).strip())
        if not records.is_relative_to(folder) or alive(records):
            return False
        await asked(engine, "rm", "--force", "--volumes", container)
    except BadConfiguration:  # somebody was quicker
        return False
    return True
