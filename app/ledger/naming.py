"""How constraints are called, so that a migration can name them, and indexes that cover only some rows."""

from typing import Any

from sqlalchemy import Column, Index, text

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


def index_where(name: str, *columns: Column[Any], where: str, unique: bool = False) -> Index:
    """Return an index of the rows that meet a condition, the same on both databases."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
