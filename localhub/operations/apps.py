"""Registering Apps, installing them, minting tokens."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from localhub import clock, permissions, present
from localhub.errors import Refusal, invalid
from localhub.hub import Hub
from localhub.webhooks.emit import emit_to_app
from localhub.world.apps import App, Installation, Permissions, Token
from localhub.world.people import User
from localhub.world.repositories import Repository

TOKEN_LIFETIME = timedelta(hours=1)
MOST_REPOSITORIES = 500
_PADDING_CHARACTERS = 210


def register(
    hub: Hub, *, slug: str, name: str, owner: User, wanted: Permissions, events: Sequence[str],
    webhook_url: str, webhook_secret: str,
) -> tuple[App, str]:  # fmt: skip
    """A new App and its private key as PEM. A hook URL is pinged at once, as GitHub does."""
    if hub.world.app_by_slug(slug) is not None:
        raise invalid("Integration", "slug", "already_exists")
    permissions.check_known(wanted)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    bot = hub.world.add_user(f"{slug}[bot]", kind="Bot")
    app = App(
        id=hub.world.next_id("app"), slug=slug, name=name, owner=owner, bot=bot, public_key=key.public_key(),
        client_id=f"Iv23li{secrets.token_hex(7)}", permissions={"metadata": "read", **wanted},
        events=list(events), webhook_url=webhook_url, webhook_secret=webhook_secret,
    )  # fmt: skip
    bot.app_id = app.id
    hub.world.apps[app.id] = app
    ping(hub, app)
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    return app, pem.decode()


def ping(hub: Hub, app: App) -> None:
    """Send `ping` to the App's hook."""
    hook = {"type": "App", "id": app.id, "active": True, "events": app.events, "app_id": app.id}
    shape = {**hook, "name": "web", "config": present.hook_config(app)}
    emit_to_app(hub, "ping", app, zen="Practice before you ship.", hook_id=app.id, hook=shape)


def install(
    hub: Hub, app: App, account: User, repositories: Sequence[Repository], *, everything: bool
) -> Installation:
    """Install an App on an account, or add repositories to the installation that is there."""
    existing = next(
        (each for each in hub.world.installations.values() if each.app is app and each.account is account),
        None,
    )
    if existing is not None:
        _add_repositories(hub, existing, repositories)
        return existing
    installation = Installation(
        id=hub.world.next_id("installation"), app=app, account=account, permissions=dict(app.permissions),
        events=list(app.events), selection="all" if everything else "selected",
        repository_ids={each.id for each in repositories},
    )  # fmt: skip
    hub.world.installations[installation.id] = installation
    covered = hub.world.repositories_of(installation)
    _tell(hub, installation, account, "created", repositories=[_short(each) for each in covered])
    return installation


def _short(repository: Repository) -> dict[str, Any]:
    keys = ("id", "node_id", "name", "full_name", "private")
    return {key: getattr(repository, key) for key in keys}


def _tell(hub: Hub, it: Installation, by: User, action: str, **fields: Any) -> None:
    emit_to_app(hub, "installation", it.app, action=action, sender=by, installation=it, **fields)


def _add_repositories(hub: Hub, it: Installation, repositories: Sequence[Repository]) -> None:
    added = [each for each in repositories if each.id not in it.repository_ids]
    it.repository_ids |= {each.id for each in added}
    _tell_repositories(hub, it, "added", added)


def remove_repository(hub: Hub, it: Installation, repository: Repository) -> None:
    """Take a repository out of an installation."""
    it.repository_ids.discard(repository.id)
    _tell_repositories(hub, it, "removed", [repository])


def _tell_repositories(hub: Hub, it: Installation, action: str, which: Sequence[Repository]) -> None:
    if not which:
        return
    lists: dict[str, Any] = {"repositories_added": [], "repositories_removed": []} | {
        f"repositories_{action}": [_short(each) for each in which]
    }
    emit_to_app(
        hub, "installation_repositories", it.app, action=action, sender=it.account, installation=it,
        repository_selection=it.selection, **lists,
    )  # fmt: skip


def uninstall(hub: Hub, it: Installation, by: User) -> None:
    """Remove an installation; its tokens die with it."""
    _tell(hub, it, by, "deleted")
    del hub.world.installations[it.id]


def suspend(hub: Hub, it: Installation, by: User, *, suspended: bool) -> None:
    """Suspend or take up again."""
    it.suspended_at, it.suspended_by = (clock.now(), by) if suspended else (None, None)
    _tell(hub, it, by, "suspend" if suspended else "unsuspend")


def accept_permissions(hub: Hub, it: Installation, by: User) -> None:
    """The owner accepts what the App now asks for; tokens minted before stay as they were."""
    it.permissions, it.events = dict(it.app.permissions), list(it.app.events)
    _tell(hub, it, by, "new_permissions_accepted")


def mint(
    hub: Hub, it: Installation, asked: Mapping[str, str] | None, names: Sequence[str], ids: Sequence[int]
) -> Token:
    """An installation token, narrowed as asked; raises Refusal 403 or 422."""
    if it.suspended_at is not None:
        raise Refusal(403, "This installation has been suspended")
    covered = list(hub.world.repositories_of(it))
    chosen = [each for each in covered if each.name in names or each.id in ids]
    if len(chosen) < len(set(names)) or len(chosen) < len(set(ids)) or len(names) > MOST_REPOSITORIES:
        told = "There is at least one repository that does not exist or is not accessible to the parent installation."
        raise Refusal(422, told, [])
    token = Token(
        value=_value(hub, it), installation=it, permissions=permissions.narrow(it.permissions, asked),
        repository_ids={each.id for each in chosen} if chosen else None,
        expires_at=clock.now() + TOKEN_LIFETIME,
    )  # fmt: skip
    hub.world.tokens[token.value] = token
    return token


def _value(hub: Hub, it: Installation) -> str:
    """A token in the format of 2026: `ghs_APPID_JWT`, some 500 characters."""
    claims = {"iss": "localhub", "sub": it.id, "jti": secrets.token_urlsafe(_PADDING_CHARACTERS)}
    return f"ghs_{it.app.id}_{jwt.encode(claims, hub.secret, algorithm='HS256')}"
