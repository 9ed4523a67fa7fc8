"""Brings a database to the newest schema. The steps are in `migrations/versions`, oldest first.

A step is written by hand, for both databases at once; the test that compares the tables with what the steps lead
to prints what is missing. Who else may be migrating at the same moment is the caller's concern.
"""

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from app.domain.errors import BadConfiguration

_MIGRATIONS = Path(__file__).parent / "migrations"
_TAKEN = table("alembic_version", column("version_num"))


def migrate(connection: Connection) -> None:
    """Take every step that this database has not taken, in the transaction that is open.

    Raises:
        BadConfiguration: the database has taken steps that this version does not know.
    """
    if taken(connection) == steps()[-1]:
        return
    # A third of a second to import, and needed once in the life of a database: most starts do without it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise BadConfiguration(
            f"The database was written by a newer Handoff than this one; update this one ({error})."
        ) from error


def steps() -> list[str]:
    """Return the names of all steps, oldest first: the numbers that their files begin with."""
    return sorted(step.name.partition("_")[0] for step in (_MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def taken(connection: Connection) -> str | None:
    """Return the newest step that a database has taken, None for one that has taken none."""
    if not inspect(connection).has_table(_TAKEN.name):
        return None
    found: str | None = connection.scalar(select(_TAKEN.c.version_num))
    return found
