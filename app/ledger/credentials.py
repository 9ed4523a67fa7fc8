"""Credentials: who may come in, and until when. What was handed out is known by its SHA-256 only.

Their time is the database's, so that hosts whose clocks disagree let the same people in.
"""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, or_, select, update

from app.domain.credentials import CredentialKind, Grant
from app.domain.errors import Refused
from app.ledger.database import instant, serialize
from app.ledger.rows import Credential
from app.ledger.schema import credentials

SECRET_BYTES = 32
PREFIX = "handoff_"
"""In front of every secret, so that one that leaked is known for what it is."""


def new_secret() -> str:
    """Return a secret that nobody can guess; it stands in addresses and headers as it is."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """Return what is kept of a secret. One of 256 random bits needs no salt and no slowness."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def keep(connection: Connection, secret: str, grant: Grant) -> None:
    """Keep a new credential, and forget those whose time is over.

    Raises:
        Refused: there is a token of that name.
    """
    now = instant(connection)
    connection.execute(delete(credentials).where(credentials.c.expires_at <= now))
    if grant.kind is CredentialKind.TOKEN:
        serialize(connection, f"token:{grant.name}")
        if connection.scalar(select(credentials.c.digest).where(*_named(grant.name))) is not None:
            raise Refused(f"There is a token `{grant.name}`. Revoke it first, or choose another name.")
    connection.execute(
        credentials.insert().values(
            digest=digest(secret),
            kind=grant.kind.value,
            name=grant.name,
            login=grant.login,
            repositories=None if grant.repositories is None else sorted(grant.repositories),
            created_at=now,
            expires_at=None if grant.lifetime is None else now + grant.lifetime,
        )
    )


def find(connection: Connection, secret: str, kind: CredentialKind) -> Credential | None:
    """Return the credential of a secret, while its time is not over."""
    now = instant(connection)
    row = connection.execute(select(credentials).where(*_is(secret, kind), _lasts(now))).one_or_none()
    return None if row is None else _read(row)


def take(connection: Connection, secret: str) -> Credential | None:
    """Use up a link: of two who have it, one gets in."""
    now = instant(connection)
    used = delete(credentials).where(*_is(secret, CredentialKind.LINK), _lasts(now)).returning(credentials)
    row = connection.execute(used).one_or_none()
    return None if row is None else _read(row)


def touch(connection: Connection, secret: str) -> None:
    """Keep that a credential was used just now."""
    mine = credentials.c.digest == digest(secret)
    connection.execute(update(credentials).where(mine).values(used_at=instant(connection)))


def drop_session(connection: Connection, secret: str) -> None:
    """End a session."""
    connection.execute(delete(credentials).where(*_is(secret, CredentialKind.SESSION)))


def list_tokens(connection: Connection) -> list[Credential]:
    """Return the tokens, in the order of their names."""
    query = select(credentials).where(credentials.c.kind == CredentialKind.TOKEN.value)
    return [_read(row) for row in connection.execute(query.order_by(credentials.c.name))]


def revoke_token(connection: Connection, name: str) -> bool:
    """Forget the token of that name; False when there is none."""
    return connection.execute(delete(credentials).where(*_named(name))).rowcount > 0


def _is(secret: str, kind: CredentialKind) -> tuple[ColumnElement[bool], ...]:
    return credentials.c.digest == digest(secret), credentials.c.kind == kind.value


def _named(name: str) -> tuple[ColumnElement[bool], ...]:
    return credentials.c.kind == CredentialKind.TOKEN.value, credentials.c.name == name


def _lasts(now: datetime) -> ColumnElement[bool]:
    return or_(credentials.c.expires_at.is_(None), credentials.c.expires_at > now)


def _read(row: Row[Any]) -> Credential:
    return Credential(
        kind=CredentialKind(row.kind),
        name=row.name,
        login=row.login,
        repositories=None if row.repositories is None else frozenset(row.repositories),
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )
