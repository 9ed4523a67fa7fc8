"""Apps, installations, tokens and deliveries."""

from typing import TYPE_CHECKING, Any

from localhub.clock import iso, iso_or_none
from localhub.present.people import user
from localhub.present.repositories import repository
from localhub.world.apps import App, Delivery, Installation, Token
from localhub.world.people import User

if TYPE_CHECKING:
    from localhub.hub import Hub


def app(hub: "Hub", it: App) -> dict[str, Any]:
    """Schema `integration`."""
    return {
        "id": it.id,
        "slug": it.slug,
        "client_id": it.client_id,
        "node_id": it.node_id,
        "owner": user(hub, it.owner),
        "name": it.name,
        "description": it.description,
        "external_url": it.external_url or f"{hub.url}/apps/{it.slug}",
        "html_url": f"{hub.url}/apps/{it.slug}",
        "created_at": iso(it.created_at),
        "updated_at": iso(it.created_at),
        "permissions": it.permissions,
        "events": it.events,
    }


def via_app(hub: "Hub", account: User) -> dict[str, Any] | None:
    """`performed_via_github_app`: the App behind a bot."""
    behind = hub.world.app_of(account)
    return None if behind is None else app(hub, behind)


def installation(hub: "Hub", it: Installation) -> dict[str, Any]:
    """Schema `installation`."""
    return {
        "id": it.id,
        "account": user(hub, it.account),
        "repository_selection": it.selection,
        "access_tokens_url": f"{hub.url}/app/installations/{it.id}/access_tokens",
        "repositories_url": f"{hub.url}/installation/repositories",
        "html_url": f"{hub.url}/settings/installations/{it.id}",
        "app_id": it.app.id,
        "client_id": it.app.client_id,
        "target_id": it.account.id,
        "target_type": "Organization" if it.account.type == "Organization" else "User",
        "permissions": it.permissions,
        "events": it.events,
        "created_at": iso(it.created_at),
        "updated_at": iso(it.updated_at),
        "single_file_name": None,
        "app_slug": it.app.slug,
        "suspended_by": None if it.suspended_by is None else user(hub, it.suspended_by),
        "suspended_at": iso_or_none(it.suspended_at),
    }


def token(hub: "Hub", it: Token) -> dict[str, Any]:
    """Schema `installation-token`."""
    shape: dict[str, Any] = {
        "token": it.value,
        "expires_at": iso(it.expires_at),
        "permissions": it.permissions,
        "repository_selection": "selected" if it.repository_ids is not None else it.installation.selection,
    }
    if it.repository_ids is not None:
        covered = [hub.world.repositories[number] for number in sorted(it.repository_ids)]
        shape["repositories"] = [repository(hub, each) for each in covered]
    return shape


def hook_config(it: App) -> dict[str, Any]:
    """Schema `webhook-config`; the secret is never told."""
    secret = {"secret": "********"} if it.webhook_secret else {}
    return {"url": it.webhook_url, "content_type": "json", "insecure_ssl": "0", **secret}


def delivery_item(it: Delivery) -> dict[str, Any]:
    """Schema `hook-delivery-item`."""
    return {
        "id": it.id,
        "guid": it.guid,
        "delivered_at": iso(it.created_at),
        "redelivery": it.redelivery,
        "duration": it.duration,
        "status": it.status,
        "status_code": it.status_code,
        "event": it.event,
        "action": it.action,
        "installation_id": it.installation_id,
        "repository_id": it.repository_id,
        "throttled_at": None,
    }


def delivery(it: Delivery) -> dict[str, Any]:
    """Schema `hook-delivery`."""
    return {
        **delivery_item(it),
        "url": it.url,
        "request": {"headers": it.request_headers, "payload": it.payload},
        "response": {"headers": it.response_headers, "payload": it.response_body},
    }
