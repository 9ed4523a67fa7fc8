"""Setting the stage: users, Apps, repositories, installations."""

from typing import Any

from localhub import present
from localhub.control.deed import repository_named, user_named
from localhub.control.models import AppChange, NewApp, NewInstallation, NewRepository, NewUser
from localhub.errors import Refusal, invalid
from localhub.hub import Hub
from localhub.operations import apps, repositories
from localhub.world.apps import App
from localhub.world.people import User


def add_user(hub: Hub, wanted: NewUser) -> dict[str, Any]:
    """A person, with a token for git and REST."""
    if hub.world.user(wanted.login) is not None:
        raise invalid("User", "login", "already_exists")
    user = hub.world.add_user(wanted.login, wanted.name, wanted.type)
    return {**present.user(hub, user), "token": user.token}


def _account(hub: Hub, login: str) -> User:
    return hub.world.user(login) or hub.world.add_user(login)


def add_app(hub: Hub, wanted: NewApp) -> dict[str, Any]:
    """An App, with its private key: the only time it is shown."""
    app, pem = apps.register(
        hub, slug=wanted.slug, name=wanted.name or wanted.slug, owner=_account(hub, wanted.owner),
        wanted=wanted.permissions, events=wanted.events, webhook_url=wanted.webhook_url,
        webhook_secret=wanted.webhook_secret,
    )  # fmt: skip
    app.client_secret, app.callback_urls = wanted.client_secret, list(wanted.callback_urls)
    return {**describe_app(app), "pem": pem}


def describe_app(app: App) -> dict[str, Any]:
    """An App without its secrets."""
    return {
        "id": app.id,
        "slug": app.slug,
        "client_id": app.client_id,
        "bot_login": app.bot.login,
        "bot_id": app.bot.id,
        "webhook_url": app.webhook_url,
        "permissions": app.permissions,
        "events": app.events,
    }


def change_app(hub: Hub, app_id: int, wanted: AppChange) -> dict[str, Any]:
    """Change hook, secret, permissions or events."""
    app = hub.world.apps.get(app_id)
    if app is None:
        raise Refusal(404, f"There is no App {app_id}.")
    for name, value in wanted.model_dump(exclude_none=True).items():
        setattr(app, name, value)
    return describe_app(app)


def add_repository(hub: Hub, wanted: NewRepository) -> dict[str, Any]:
    """A repository, with an App installed on it if asked for."""
    repository = repositories.create(
        hub, _account(hub, wanted.owner), wanted.name, private=wanted.private, description=wanted.description,
        source=wanted.from_path, collaborators=wanted.collaborators,
    )  # fmt: skip
    repository.protected = set(wanted.protected_branches)
    if wanted.install_app is not None:
        app = _app(hub, wanted.install_app)
        apps.install(hub, app, repository.owner, [repository], everything=False)
    return present.full_repository(hub, repository)


def _app(hub: Hub, slug: str) -> App:
    app = hub.world.app_by_slug(slug)
    if app is None:
        raise Refusal(404, f"There is no App {slug}; create one with POST /_hub/apps.")
    return app


def add_installation(hub: Hub, wanted: NewInstallation) -> dict[str, Any]:
    """Install an App on an account."""
    app, account = _app(hub, wanted.app), user_named(hub, wanted.account)
    chosen = [
        repository_named(hub, name if "/" in name else f"{wanted.account}/{name}")
        for name in wanted.repositories or ()
    ]
    everything = wanted.repositories is None
    return present.installation(hub, apps.install(hub, app, account, chosen, everything=everything))
