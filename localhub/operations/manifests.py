"""Registering an App from a manifest: what GitHub wants of one, and the code that is redeemed once within the hour."""

import json
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from localhub import clock, permissions
from localhub.errors import Refusal
from localhub.hub import Hub
from localhub.operations import apps
from localhub.world.apps import Conversion
from localhub.world.people import User

NAME_CHARACTERS_MAX = 34
CALLBACKS_MAX = 10
CODE_LIFETIME = timedelta(hours=1)
_KNOWN = frozenset({
    "name", "url", "hook_attributes", "redirect_url", "callback_urls", "setup_url", "description", "public",
    "default_events", "default_permissions", "request_oauth_on_install", "setup_on_update",
})  # fmt: skip
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "issues": ("issues",), "issue_comment": ("issues", "pull_requests"), "pull_request": ("pull_requests",),
    "pull_request_review": ("pull_requests",), "pull_request_review_comment": ("pull_requests",),
    "pull_request_review_thread": ("pull_requests",), "check_run": ("checks",), "check_suite": ("checks",),
    "push": ("contents",), "create": ("contents",), "delete": ("contents",), "label": ("metadata",),
    "repository": ("metadata",),
}  # fmt: skip
"""Which permission an event needs; any of them will do."""

Manifest = dict[str, Any]


def read(text: str) -> Manifest:
    """The manifest that a form carried; raises Refusal 422 with every objection."""
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise Refusal(422, "Invalid GitHub App configuration: the manifest is no JSON object.")
    objections = [*_unknown(document), *_addresses(document), *_events(document)]
    if objections:
        raise Refusal(422, f"Invalid GitHub App configuration: {'; '.join(objections)}.")
    permissions.check_known(document.get("default_permissions", {}))
    return document


def _unknown(document: Manifest) -> list[str]:
    return [f"{name} is not a key of a manifest" for name in sorted(document.keys() - _KNOWN)]


def _addresses(document: Manifest) -> list[str]:
    callbacks = document.get("callback_urls", [])
    hook = document.get("hook_attributes")
    wanted = {"url": document.get("url"), "redirect_url": document.get("redirect_url")}
    wanted |= {"hook url": hook.get("url")} if hook is not None else {}
    wanted |= {"setup_url": document["setup_url"]} if document.get("setup_url") else {}
    wanted |= {f"callback url {number}": each for number, each in enumerate(callbacks)}
    wrong = [f"{name} is no web address" for name, value in wanted.items() if not _is_address(value)]
    return [*wrong, *(["there are too many callback urls"] if len(callbacks) > CALLBACKS_MAX else [])]


def _is_address(value: object) -> bool:
    parts = urlsplit(value) if isinstance(value, str) else None
    return parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname)


def _events(document: Manifest) -> list[str]:
    granted = {"metadata": "read", **document.get("default_permissions", {})}
    return [
        f"event {event} is not supported by the permissions"
        for event in document.get("default_events", [])
        if not any(each in granted for each in _NEEDS.get(event, ()))
    ]


def create(hub: Hub, owner: User, document: Manifest, name: str) -> str:
    """Make the App; returns the code that its secrets are fetched with. Raises Refusal 422 for the name."""
    name = name.strip()
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not slug or len(name) > NAME_CHARACTERS_MAX:
        raise Refusal(422, f"Name must have 1 to {NAME_CHARACTERS_MAX} characters.")
    if hub.world.app_by_slug(slug) is not None:
        raise Refusal(422, "Name is already taken.")
    hook = document.get("hook_attributes")
    active = hook is not None and hook.get("active", True)
    secret = secrets.token_hex(20) if hook is not None else None
    app, pem = apps.register(
        hub, slug=slug, name=name, owner=owner, wanted=document.get("default_permissions", {}),
        events=document.get("default_events", []), webhook_url=hook["url"] if hook and active else "",
        webhook_secret=secret or "",
    )  # fmt: skip
    app.client_secret = secrets.token_hex(20)
    app.description, app.external_url = document.get("description"), document["url"]
    app.public, app.setup_url = document.get("public", False), document.get("setup_url", "")
    app.callback_urls = list(document.get("callback_urls", []))
    code = secrets.token_hex(20)
    hub.world.conversions[code] = Conversion(
        app=app, pem=pem, webhook_secret=secret, expires_at=clock.now() + CODE_LIFETIME
    )
    return code


def convert(hub: Hub, code: str) -> Conversion:
    """The App and its secrets, once; raises Refusal 404."""
    made = hub.world.conversions.pop(code, None)
    if made is None or clock.now() >= made.expires_at:
        raise Refusal(404, "Not Found")
    return made
