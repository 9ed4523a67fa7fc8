"""What lets somebody in: a link that works once, a session, a token. Values only; secrets are made and kept elsewhere."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

LINK_LIFETIME: Final = timedelta(minutes=10)
OWNER_LIFETIME: Final = timedelta(days=30)
PERSON_LIFETIME: Final = timedelta(hours=12)
"""After that, what a person from GitHub may see is asked again, by logging in again."""


class CredentialKind(StrEnum):
    """How somebody is let in."""

    LINK = "link"
    SESSION = "session"
    TOKEN = "token"  # noqa: S105 - the name of a kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A credential to be made. Without `login` it is the owner's, who sees everything.

    `name` says whose it is: the user of this machine, the name of a token, or the number of an account on GitHub,
    because a login may be renamed and taken by somebody else.
    """

    kind: CredentialKind
    name: str
    login: str = ""
    repositories: frozenset[int] | None = None
    lifetime: timedelta | None = None


def link(user: str) -> Grant:
    """Return what lets the owner of this machine in, once and soon."""
    return Grant(kind=CredentialKind.LINK, name=user, lifetime=LINK_LIFETIME)


def owner_session(user: str) -> Grant:
    """Return the session of the owner of this machine."""
    return Grant(kind=CredentialKind.SESSION, name=user, lifetime=OWNER_LIFETIME)


def person_session(login: str, account: int, repositories: frozenset[int]) -> Grant:
    """Return the session of a person from GitHub, who sees these repositories."""
    return Grant(
        kind=CredentialKind.SESSION,
        name=str(account),
        login=login,
        repositories=repositories,
        lifetime=PERSON_LIFETIME,
    )


def token(name: str) -> Grant:
    """Return a token of the owner, for programs. It lasts until it is revoked."""
    return Grant(kind=CredentialKind.TOKEN, name=name)
