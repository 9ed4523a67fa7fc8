"""Apps, their installations, tokens and webhook deliveries."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from localhub import clock
from localhub.world.people import User
from localhub.world.record import Record

Permissions = dict[str, str]


@dataclass(slots=True, kw_only=True)
class Delivery(Record):
    """One attempt to hand an event to an App."""

    guid: str
    event: str
    action: str | None
    installation_id: int | None
    repository_id: int | None
    url: str
    payload: dict[str, Any]
    redelivery: bool = False
    status: str = "pending"
    status_code: int = 0
    duration: float = 0.0
    request_headers: dict[str, str] = field(default_factory=dict)
    response_headers: dict[str, str] = field(default_factory=dict)
    response_body: str | None = None


@dataclass(slots=True, kw_only=True)
class App(Record):
    """A registered GitHub App."""

    prefix: ClassVar[str] = "A"
    slug: str
    name: str
    client_id: str
    owner: User
    bot: User
    public_key: RSAPublicKey
    permissions: Permissions
    events: list[str]
    webhook_url: str = ""
    webhook_secret: str = ""
    client_secret: str = ""
    description: str | None = None
    external_url: str = ""
    public: bool = True
    """A private App can be installed on its owner's account only."""
    callback_urls: list[str] = field(default_factory=list)
    setup_url: str = ""
    """Where a person is sent after installing."""
    deliveries: list[Delivery] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Conversion:
    """An App made from a manifest, whose secrets are told once to whoever has the code."""

    app: App
    pem: str
    webhook_secret: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """A person's yes to an App, which is told who they are once, by whoever has the code and knows the verifier."""

    app: App
    person: User
    redirect_uri: str
    challenge: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UserToken:
    """A token by which an App acts for a person."""

    value: str
    app: App
    person: User
    expires_at: datetime


@dataclass(slots=True, kw_only=True)
class Installation(Record):
    """An App installed on an account."""

    prefix: ClassVar[str] = "IN"
    app: App
    account: User
    permissions: Permissions
    events: list[str]
    selection: Literal["all", "selected"] = "selected"
    repository_ids: set[int] = field(default_factory=set)
    suspended_at: datetime | None = None
    suspended_by: User | None = None
    updated_at: datetime = field(default_factory=clock.now)


@dataclass(slots=True, kw_only=True)
class Token:
    """An installation token: what it may do and until when. `repository_ids` None means all."""

    value: str
    installation: Installation
    permissions: Permissions
    repository_ids: set[int] | None
    expires_at: datetime
    revoked: bool = False
