"""Which App hears of what: subscription, installation, ownership. Builds the envelope of every event."""

import uuid
from typing import Any

from localhub import present
from localhub.hub import Hub
from localhub.scene import Scene
from localhub.world.apps import App, Delivery, Installation
from localhub.world.people import User

IMPLIED_BY_CHECKS = frozenset({"check_run", "check_suite"})


def emit(
    scene: Scene, event: str, action: str | None, *, only_app_id: int | None = None, **fields: Any
) -> None:
    """Tell every App that covers the repository and listens to the event."""
    hub, home = scene.hub, scene.home
    for installation in hub.world.installations_on(home):
        if only_app_id not in (None, installation.app.id) or not _listens(installation, event):
            continue
        payload = {
            **({} if action is None else {"action": action}),
            **fields,
            "repository": present.repository(hub, home),
            "sender": present.user(hub, scene.by),
            "installation": {"id": installation.id, "node_id": installation.node_id},
        }
        _post(hub, installation.app, event, payload, repository_id=home.id)


def emit_to_app(
    hub: Hub, event: str, app: App, *, action: str | None = None, sender: User | None = None,
    installation: Installation | None = None, **fields: Any,
) -> None:  # fmt: skip
    """Tell one App about itself: ping and the installation events."""
    payload = {**({} if action is None else {"action": action}), **fields}
    if installation is not None:
        payload["installation"] = present.installation(hub, installation)
    if sender is not None:
        payload["sender"] = present.user(hub, sender)
    _post(hub, app, event, payload, repository_id=None)


def _listens(installation: Installation, event: str) -> bool:
    if installation.suspended_at is not None:
        return False
    implied = event in IMPLIED_BY_CHECKS and installation.permissions.get("checks") == "write"
    return implied or event in installation.events


def _post(hub: Hub, app: App, event: str, payload: dict[str, Any], *, repository_id: int | None) -> None:
    if not app.webhook_url:
        return
    installation = payload.get("installation")
    delivery = Delivery(
        id=hub.world.next_id("delivery"), guid=str(uuid.uuid4()), event=event, action=payload.get("action"),
        installation_id=installation and installation["id"], repository_id=repository_id, url=app.webhook_url, payload=payload,
    )  # fmt: skip
    hub.courier.post(app, delivery)
