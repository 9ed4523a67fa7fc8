"""Sets a whole stage from one JSON document: `users`, `apps`, `repositories`, `installations`, `acts`, in that order."""

from typing import Any

from localhub.control import stage
from localhub.control.acts import perform
from localhub.control.models import Act, NewApp, NewInstallation, NewRepository, NewUser
from localhub.hub import Hub


def plant(hub: Hub, document: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Make everything; returns what was made under the same names. Raises Refusal or ValidationError."""
    return {
        "users": [stage.add_user(hub, NewUser(**each)) for each in document.get("users", ())],
        "apps": [stage.add_app(hub, NewApp(**each)) for each in document.get("apps", ())],
        "repositories": [
            stage.add_repository(hub, NewRepository(**each)) for each in document.get("repositories", ())
        ],
        "installations": [
            stage.add_installation(hub, NewInstallation(**each)) for each in document.get("installations", ())
        ],
        "acts": [perform(hub, Act(**each)) for each in document.get("acts", ())],
    }
