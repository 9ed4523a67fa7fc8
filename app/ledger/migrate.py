"""Brings a database to the newest schema. The steps are in `migrations/versions`, oldest first.

A step is written by hand, for both databases at once; the test that compares the tables with what the steps lead
to prints what is missing. Who else may be migrating at the same moment is the caller's concern.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from app.domain.errors import BadConfiguration

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(connection: Connection) -> None:
    """Take every step that this database has not taken, in the transaction that is open.

    Raises:
        BadConfiguration: the database has taken steps that this version does not know.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise BadConfiguration(
            f"The database was written by a newer Handoff than this one; update this one ({error})."
        ) from error
