"""The App that set-up registered: who it is in `registration.json`, its secrets in files beside it. Not who asks.

`registration.json` is written last, so where it is, the secrets are. Nobody needs to read all of them: the web
process takes the two secrets that are its own, a worker takes the path of the private key.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from app.config.private import make_ours, why_not_ours, write_whole
from app.domain.errors import BadConfiguration, Refused

FILE = "registration.json"
PRIVATE_KEY = Path("secrets", "private-key.pem")
WEBHOOK_SECRET = Path("secrets", "webhook-secret")
CLIENT_SECRET = Path("secrets", "client-secret")
LOCK = ".registering"
TELLS = frozenset({"app_id", "app_slug", "client_id", "private_key_file", "webhook_secret", "client_secret"})
"""The settings that a registration says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Who we are on GitHub, without anything secret. `html_url` is the App's page, `owner` a login."""

    app_id: int
    slug: str
    name: str
    client_id: str
    html_url: str
    owner: str


_SHAPE = TypeAdapter(Registration)


def register(
    data: Path, registration: Registration, *, private_key: str, webhook_secret: str, client_secret: str
) -> None:
    """Keep an App that GitHub has just made for us: folders 0700, files 0600, each written whole.

    Raises:
        Refused: an App is registered here already, or is being registered right now; it is left as it is.
        BadConfiguration: the data folder cannot be written.
    """
    make_ours(data)
    with _alone(data):
        if (data / FILE).exists():
            raise Refused(
                f"An App is registered in {data} already, and I keep it. For another one, name another folder in "
                f"HANDOFF_DATA, or move {data / FILE} away."
            )
        make_ours(data / "secrets")
        write_whole(data / PRIVATE_KEY, private_key)
        write_whole(data / WEBHOOK_SECRET, webhook_secret)
        write_whole(data / CLIENT_SECRET, client_secret)
        write_whole(data / FILE, _SHAPE.dump_json(registration, indent=2).decode() + "\n")


def registration_of(data: Path) -> Registration | None:
    """Return the App that is registered in a data folder, None when there is none yet.

    Raises:
        BadConfiguration: there is one that cannot be trusted or read; it counts neither as one nor as none.
    """
    path = data / FILE
    if not path.exists():
        return None
    because = why_not_ours(data) or why_not_ours(path)
    if because is not None:
        raise BadConfiguration(
            f"I do not trust {path}: {because}. If it is yours, run "
            f"`chmod 700 {data} && chmod 600 {path}`; if not, name another folder in HANDOFF_DATA."
        )
    try:
        return _SHAPE.validate_json(path.read_bytes(), strict=True)
    except (OSError, ValidationError):
        raise BadConfiguration(
            f"{path} cannot be read as an App's registration. Bring it back from a backup, or move it away and "
            "register the App anew."
        ) from None


def registered_settings(data: Path, wanted: frozenset[str]) -> Mapping[str, object]:
    """Return what a registration says about the wanted settings; no file behind any other one is opened.

    Raises:
        BadConfiguration: the registration or one of the wanted secrets cannot be read.
    """
    found = registration_of(data) if wanted & TELLS else None
    if found is None:
        return {}
    known: dict[str, object] = {
        "app_id": found.app_id,
        "app_slug": found.slug,
        "client_id": found.client_id,
        "private_key_file": data / PRIVATE_KEY,
    }
    secrets = {"webhook_secret": WEBHOOK_SECRET, "client_secret": CLIENT_SECRET}
    told = {name: value for name, value in known.items() if name in wanted}
    return told | {name: _secret(data / path) for name, path in secrets.items() if name in wanted}


def _secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = (getattr(error, "strerror", None) or "it is no text").lower()
        raise BadConfiguration(
            f"{path} cannot be read ({reason}), though an App is registered. Bring it back from a backup, or make "
            f"a new secret on the App's page at GitHub and write it there."
        ) from None


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[None]:
    lock = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(lock)
        yield
    except OSError as error:
        raise BadConfiguration(
            f"The App's secrets cannot be written to {data}: {(error.strerror or 'unwritable').lower()}. Make room "
            "there, delete the App on GitHub, and register it once more."
        ) from error
    finally:
        os.close(lock)


def _take(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Refused("Somebody else is registering an App here at this moment. Reload the page.") from None
