"""The shapes that settings can have, each with what is wrong when they have not. A message follows *is wrong:*."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

SECRET_CHARACTERS_MIN = 16
DATABASES = ("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://")


def _database(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(DATABASES):
        raise ValueError("it names neither SQLite nor PostgreSQL")
    return url


def _strong(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SECRET_CHARACTERS_MIN:
        raise ValueError(f"it is shorter than {SECRET_CHARACTERS_MIN} characters, so it could be guessed")
    return secret


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it is not a web address")
    return url.rstrip("/")


def _trusted_address(url: str) -> str:
    parts = urlsplit(_web_address(url))
    if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
        raise ValueError("it would send our tokens readable over a network, so it must begin with https://")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _private_key(path: Path) -> Path:
    try:
        text = _absolute(path).read_text(errors="replace")
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({(error.strerror or 'unreadable').lower()})") from None
    if "PRIVATE KEY-----" not in text:
        raise ValueError(f"{path} holds no private key in PEM form")
    return _absolute(path)


Database = Annotated[SecretStr, AfterValidator(_database)]
Secret = Annotated[SecretStr, AfterValidator(_strong)]
Folder = Annotated[Path, AfterValidator(_absolute)]
PrivateKeyFile = Annotated[Path, AfterValidator(_private_key)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
TrustedAddress = Annotated[str, AfterValidator(_trusted_address)]
"""An address that our tokens may be sent to: encrypted, or on this machine."""
