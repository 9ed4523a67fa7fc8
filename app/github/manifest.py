"""Registering the App: its manifest, filled in for one installation of ours, and the call that redeems GitHub's code.

The manifest is a value made of `app.yml`; the call needs no credentials and is made once in the life of an
installation. It refuses to keep anything: what GitHub hands over goes to the caller and nowhere else.

https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import httpx
import yaml
from pydantic import BaseModel, Field, SecretStr, ValidationError

from app.domain.errors import HandoffError, Refused, Unreachable
from app.github.failures import refused

NAME_CHARACTERS_MAX = 34
"""GitHub's limit for the name of an App."""

NOWHERE = "https://example.com/webhooks/github"
"""GitHub wants an address for deliveries even where they are switched off."""

TIMEOUT = httpx.Timeout(20, connect=5)

_API_VERSION = "2022-11-28"
_USED_UP = (
    "GitHub does not know the code that it sent here: it was used already, or it is older than an hour. "
    "Begin again, and press GitHub's button within the hour. "
    "If the App is on GitHub already, delete it there first: its key was shown only once."
)
_NO_ANSWER = (
    "GitHub made the App, but did not answer when I asked for its key ({why}). "
    "Delete the App on GitHub, under *Settings, Developer settings, GitHub Apps*, and begin again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where GitHub finds us. `deliveries` is None where no delivery can reach us: then we ask for news."""

    registered: str
    logged_in: str
    installed: str
    deliveries: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What GitHub tells about a new App, once. Its secrets are not part of its `repr`."""

    app_id: int
    slug: str
    name: str
    client_id: str
    html_url: str
    owner: str
    private_key: str = field(repr=False)
    client_secret: str = field(repr=False)
    webhook_secret: str | None = field(repr=False)


def template() -> dict[str, Any]:
    """Return `app.yml`: what the App may do, and what it wants to be told."""
    read: dict[str, Any] = yaml.safe_load(files("app.github").joinpath("app.yml").read_text())
    return read


def manifest(form: Mapping[str, Any], *, name: str, addresses: Addresses) -> dict[str, Any]:
    """Return the manifest of a private App of that name, as GitHub reads it; `form` is `app.yml`."""
    return {
        **form,
        "name": name,
        "public": False,
        "hook_attributes": {
            "url": addresses.deliveries or NOWHERE,
            "active": addresses.deliveries is not None,
        },
        "redirect_url": addresses.registered,
        "callback_urls": [addresses.logged_in],
        "setup_url": addresses.installed,
        "setup_on_update": False,
        "request_oauth_on_install": False,
    }


async def redeem(api_url: str, code: str) -> Registered:
    """Turn the code that GitHub sent a person back with into the App and its secrets. It works once.

    Raises:
        Refused: GitHub does not know the code, or does not want this.
        TryAgain: a rate limit; the code is still good.
        Unreachable: no answer, or one that cannot be read; the App exists, its secrets are lost.
    """
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            answer = await client.post(_address(api_url, code), headers=_HEADERS)
    except httpx.HTTPError as error:
        raise Unreachable(_NO_ANSWER.format(why=type(error).__name__)) from None
    if not answer.is_success:
        raise _no(answer)
    return _read(answer)


_HEADERS = {
    "Accept": "application/vnd.github+json",
    "User-Agent": "handoff",
    "X-GitHub-Api-Version": _API_VERSION,
}


def _address(api_url: str, code: str) -> str:
    return f"{api_url}/app-manifests/{quote(code, safe='')}/conversions"


def _no(answer: httpx.Response) -> HandoffError:
    """Sort a refusal. The general words would repeat the code, which is part of the address."""
    match answer.status_code:
        case 404 | 410 | 422:
            return Refused(_USED_UP)
        case status if status >= 500:
            return Unreachable(_NO_ANSWER.format(why=f"it said {status}"))
        case _:
            return refused(answer, now=datetime.now(UTC))


class _Owner(BaseModel):
    login: str = ""
    slug: str = ""


class _Answer(BaseModel):
    """The fields of GitHub's answer that we read."""

    id: int = Field(gt=0)
    slug: str = Field(min_length=1)
    name: str
    client_id: str = Field(min_length=1)
    html_url: str
    owner: _Owner
    pem: SecretStr
    client_secret: SecretStr
    webhook_secret: SecretStr | None = None


def _read(answer: httpx.Response) -> Registered:
    try:
        told = _Answer.model_validate_json(answer.content)
    except ValidationError:  # its message could quote a secret
        raise Unreachable(_NO_ANSWER.format(why="its answer has not the shape that I know")) from None
    return Registered(
        app_id=told.id,
        slug=told.slug,
        name=told.name,
        client_id=told.client_id,
        html_url=told.html_url,
        owner=told.owner.login or told.owner.slug,
        private_key=told.pem.get_secret_value(),
        client_secret=told.client_secret.get_secret_value(),
        webhook_secret=told.webhook_secret.get_secret_value() if told.webhook_secret else None,
    )
