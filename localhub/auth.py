"""Who is asking: App by JWT, installation or person by token, or nobody. Says 401 in GitHub's words."""

import base64
import binascii
import time
from dataclasses import dataclass
from typing import Literal

import jwt
from jwt.types import Options

from localhub import clock
from localhub.errors import Refusal, bad_credentials
from localhub.world.apps import App, Permissions, Token
from localhub.world.people import Role, User
from localhub.world.repositories import Repository
from localhub.world.store import World

CLOCK_DRIFT_SECONDS = 60
LIFETIME_SECONDS = 600
_UNREADABLE = "A JSON web token could not be decoded"
_ISSUED = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
_EXPIRES = "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
_TOO_FAR = "'Expiration time' claim ('exp') is too far in the future"
_TIMES_ARE_OURS: Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
_PERSON: dict[Role, str] = {Role.READ: "read", Role.TRIAGE: "read"}
_PERSON_SCOPES = (
    "contents",
    "issues",
    "pull_requests",
    "checks",
    "statuses",
    "workflows",
    "actions",
    "metadata",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whoever sent a request."""

    kind: Literal["anonymous", "app", "installation", "user"]
    user: User | None = None
    app: App | None = None
    token: Token | None = None
    through: App | None = None
    """The App that acts for a person, with a token of theirs."""

    @property
    def name(self) -> str:
        """For the log."""
        if self.app is not None:
            return self.app.slug
        return "" if self.user is None else self.user.login

    def reaches(self, repository: Repository) -> bool:
        """Whether the repository exists for this actor."""
        if self.token is not None:
            installation, chosen = self.token.installation, self.token.repository_ids
            covered = installation.selection == "all" or repository.id in installation.repository_ids
            return repository.owner is installation.account and (
                covered and (chosen is None or repository.id in chosen)
            )
        return self.user is not None and repository.role_of(self.user) >= Role.READ

    def permissions(self, repository: Repository | None) -> Permissions:
        """What the actor may do there; a person's role is told in the words of permissions."""
        if self.token is not None:
            return self.token.permissions
        if self.user is None or repository is None:
            return {}
        level = _PERSON.get(repository.role_of(self.user), "write")
        return {**dict.fromkeys(_PERSON_SCOPES, level), "issues": "write", "pull_requests": "write"}


ANONYMOUS = Actor(kind="anonymous")


def identify(world: World, authorization: str | None) -> Actor:
    """The actor behind an `Authorization` header; raises Refusal 401."""
    if not authorization:
        return ANONYMOUS
    scheme, _, value = authorization.partition(" ")
    match scheme.lower():
        case "basic":
            return by_token(world, _password(value))
        case "bearer" | "token" if value.count(".") == 2 and not value.startswith("gh"):
            return Actor(kind="app", app=by_jwt(world, value.strip()))
        case "bearer" | "token":
            return by_token(world, value.strip())
        case _:
            raise bad_credentials()


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError) as error:
        raise bad_credentials() from error


def by_token(world: World, value: str) -> Actor:
    """The installation or person that holds a token."""
    token = world.tokens.get(value)
    if token is not None:
        installation = token.installation
        if token.revoked or clock.now() >= token.expires_at or installation.id not in world.installations:
            raise bad_credentials()
        if installation.suspended_at is not None:
            raise Refusal(403, "This installation has been suspended")
        return Actor(kind="installation", user=installation.app.bot, app=installation.app, token=token)
    theirs = world.user_tokens.get(value)
    if theirs is not None:
        if clock.now() >= theirs.expires_at:
            raise bad_credentials()
        return Actor(kind="user", user=theirs.person, through=theirs.app)
    person = next((user for user in world.users.values() if value and user.token == value), None)
    if person is None or person.type != "User":
        raise bad_credentials()
    return Actor(kind="user", user=person)


def by_jwt(world: World, value: str) -> App:
    """The App that signed a JWT (RS256, at most ten minutes ahead); raises Refusal 401 or 404."""
    try:
        unverified = jwt.decode(value, options={"verify_signature": False})
        app = world.app_by_issuer(str(unverified.get("iss", "")))
        if app is None:
            raise Refusal(404, "Integration not found")
        claims = jwt.decode(value, app.public_key, algorithms=["RS256"], options=_TIMES_ARE_OURS)
    except jwt.PyJWTError as error:
        raise Refusal(401, _UNREADABLE) from error
    _check_times(claims.get("iat"), claims.get("exp"))
    return app


def _check_times(issued: object, expires: object) -> None:
    now = time.time()
    if not isinstance(issued, int | float) or issued > now + CLOCK_DRIFT_SECONDS:
        raise Refusal(401, _ISSUED)
    if not isinstance(expires, int | float) or expires <= now:
        raise Refusal(401, _EXPIRES)
    if expires > now + LIFETIME_SECONDS:
        raise Refusal(401, _TOO_FAR)
