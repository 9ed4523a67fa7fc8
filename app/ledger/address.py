"""Which database an address means."""

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.domain.errors import BadConfiguration
from app.ledger.database import Database
from app.ledger.postgres import PostgresDatabase
from app.ledger.sqlite import SqliteDatabase


async def open_database(address: str) -> Database:
    """Open the database at an address, brought to the newest schema.

    Raises:
        BadConfiguration: the address is none of ours, or the database is one of a newer Handoff.
        TryAgain: the database cannot be reached.
    """
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise BadConfiguration(
            "The database address is not one: it must look like sqlite:///path or postgresql://host/name."
        ) from error
    match url.get_backend_name():
        # A database in memory would be another one for each connection.
        case "sqlite" if url.database and url.database != ":memory:":
            return await SqliteDatabase.open(url.database)
        case "postgresql" | "postgres":
            return await PostgresDatabase.open(url.set(drivername="postgresql+psycopg"))
        case _:
            raise BadConfiguration(
                f"The database address {url.render_as_string()} must look like sqlite:///path or postgresql://host/name."
            )
