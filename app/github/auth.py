"""Prove to GitHub who we are: as the App by a signed JWT, in a repository by a narrowed token.

Tokens live in memory only. A token is for one repository and one set of permissions, and one that came
with anything else than was asked for is refused. githubkit's own strategy is not used: it mints one token
per concurrent call, keeps those that GitHub rejected, and drops misspelt permissions without a word.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol, TypeAlias

import httpx
import jwt
from pydantic import SecretStr

from app.domain.errors import BadConfiguration, Refused
from app.domain.redaction import Redactor

Clock: TypeAlias = Callable[[], datetime]
"""Tells the time, with its zone."""

ISSUED_BEFORE = timedelta(seconds=60)
EXPIRES_AFTER = timedelta(minutes=9)
REFRESH_BEFORE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class AppKey:
    """The App's identity: its client id (or App id) and its private key in PEM."""

    issuer: str
    private_key: SecretStr = field(repr=False)

    def jwt(self, now: datetime) -> str:
        """Sign a JWT for requests as the App, valid from a minute ago for ten minutes in all.

        Raises:
            BadConfiguration: the key is not an RSA private key in PEM.
        """
        claims = {"iss": self.issuer, "iat": now - ISSUED_BEFORE, "exp": now + EXPIRES_AFTER}
        try:
            return jwt.encode(claims, self.private_key.get_secret_value(), algorithm="RS256")
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise BadConfiguration(
                "The App's private key is not an RSA key in PEM, as GitHub hands it out."
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A token as GitHub gave it."""

    token: SecretStr
    expires_at: datetime
    permissions: Mapping[str, str]
    repositories: tuple[str, ...]


class Mint(Protocol):
    """Asks GitHub for a token."""

    def __call__(
        self, installation_id: int, *, repository: str | None, permissions: Mapping[str, str]
    ) -> Awaitable[Granted]:
        """Return what GitHub granted, unchecked; None is for all repositories of the installation."""
        ...


_Key: TypeAlias = tuple[int, str | None, frozenset[tuple[str, str]]]


class Tokens:
    """Installation tokens, one per installation, repository and set of permissions."""

    def __init__(self, mint: Mint, *, clock: Clock, redactor: Redactor) -> None:
        self._mint = mint
        self._clock = clock
        self._redactor = redactor
        self._granted: dict[_Key, Granted] = {}
        self._turns: dict[_Key, asyncio.Lock] = {}

    async def token(
        self, installation_id: int, *, repository: str | None, permissions: Mapping[str, str]
    ) -> SecretStr:
        """Return a token with at least five minutes to live, minting one when needed; callers wait for one mint.

        Args:
            installation_id: where we are installed.
            repository: the name of the one repository that it is for, without its owner; None is for all of them.
            permissions: what it may do.

        Raises:
            Refused: GitHub granted something else than was asked for.
            HandoffError: whatever kept GitHub from granting one.
        """
        key = (installation_id, repository and repository.lower(), frozenset(permissions.items()))
        async with self._turns.setdefault(key, asyncio.Lock()):
            if (held := self._granted.get(key)) and held.expires_at - REFRESH_BEFORE > self._clock():
                return held.token
            granted = await self._mint(installation_id, repository=repository, permissions=permissions)
            self._redactor.register(granted.token.get_secret_value(), passing=True)
            _check(granted, repository=repository, permissions=permissions)
            self._drop_expired()
            self._granted[key] = granted
            return granted.token

    def forget(self, token: SecretStr) -> None:
        """Drop a token that GitHub did not accept."""
        self._granted = {key: held for key, held in self._granted.items() if held.token != token}

    def _drop_expired(self) -> None:
        now = self._clock()
        self._granted = {key: held for key, held in self._granted.items() if held.expires_at > now}
        self._turns = {
            key: turn for key, turn in self._turns.items() if key in self._granted or turn.locked()
        }


def _check(granted: Granted, *, repository: str | None, permissions: Mapping[str, str]) -> None:
    """Refuse a token that can do more, less or elsewhere: a misspelt narrowing is a full token otherwise."""
    if dict(granted.permissions) != dict(permissions):
        raise Refused(
            f"GitHub granted a token with {_listed(granted.permissions)} where I asked for {_listed(permissions)}, "
            "so I do not use it."
        )
    if repository is not None and [name.lower() for name in granted.repositories] != [repository.lower()]:
        raise Refused(
            f"GitHub granted a token for {', '.join(granted.repositories) or 'every repository'} "
            f"where I asked for {repository} alone, so I do not use it."
        )


def _listed(permissions: Mapping[str, str]) -> str:
    return ", ".join(f"{name}: {level}" for name, level in sorted(permissions.items())) or "no permissions"


class AsApp(httpx.Auth):
    """Signs each request as the App."""

    def __init__(self, key: AppKey, clock: Clock) -> None:
        self._key = key
        self._clock = clock

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Add a fresh JWT, and explain a refusal: it is the key, the id or the clock."""
        request.headers["Authorization"] = f"Bearer {self._key.jwt(self._clock())}"
        response = yield request
        if response.status_code == 401:
            raise BadConfiguration(self._why_refused(response))

    def _why_refused(self, response: httpx.Response) -> str:
        ahead = self._seconds_ahead(response)
        if abs(ahead) > ISSUED_BEFORE.total_seconds():
            direction = "ahead of" if ahead > 0 else "behind"
            return f"This machine's clock is {abs(ahead):.0f} seconds {direction} GitHub's; set it, or GitHub refuses me."
        return (
            "GitHub does not accept the App's key: check that the App id and the private key belong together."
        )

    def _seconds_ahead(self, response: httpx.Response) -> float:
        try:
            theirs = parsedate_to_datetime(response.headers["date"])
        except (KeyError, ValueError):
            return 0.0
        return self._clock().timestamp() - theirs.timestamp()


class AsInstallation(httpx.Auth):
    """Acts in one repository (None: in all of an installation) with one set of permissions."""

    def __init__(
        self, tokens: Tokens, installation_id: int, *, repository: str | None, permissions: Mapping[str, str]
    ) -> None:
        self._tokens = tokens
        self._installation_id = installation_id
        self._repository = repository
        self._permissions = permissions

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Add a token. A refused token was not acted upon, so even a write is sent once more with a new one."""
        token = await self._token()
        request.headers["Authorization"] = f"Bearer {token.get_secret_value()}"
        response = yield request
        if response.status_code == 401:
            self._tokens.forget(token)
            request.headers["Authorization"] = f"Bearer {(await self._token()).get_secret_value()}"
            yield request

    async def _token(self) -> SecretStr:
        return await self._tokens.token(
            self._installation_id, repository=self._repository, permissions=self._permissions
        )
