"""The shapes that settings can have, each with what is wrong when they have not. A message follows *is wrong:*."""

from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr, WithJsonSchema

from app.domain.policy.hosts import wrong_with_host

SECRET_CHARACTERS_MIN = 16
DAYS_MAX = 36_500
STARTS_MAX = 100_000
UNLIMITED = "unlimited"
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


def _days(given: Any) -> Any:
    text = str(given).strip()
    if text == UNLIMITED or (text.isdecimal() and 1 <= int(text) <= DAYS_MAX):
        return text if text == UNLIMITED else int(text)
    raise ValueError(f"it is neither a number of days from 1 to {DAYS_MAX:,} nor the word {UNLIMITED}")


def _starts(given: Any) -> Any:
    text = str(given).strip()
    if text == UNLIMITED or (text.isdecimal() and 1 <= int(text) <= STARTS_MAX):
        return text if text == UNLIMITED else int(text)
    raise ValueError(f"it is neither a number from 1 to {STARTS_MAX:,} nor the word {UNLIMITED}")


def _dollars(given: Any) -> Any:
    text = str(given).strip()
    with suppress(ValueError):
        if text == UNLIMITED or 0 < float(text) < float("inf"):
            return text if text == UNLIMITED else float(text)
    raise ValueError(f"it is neither an amount above 0 nor the word {UNLIMITED}")


def listed(text: str | None) -> tuple[str, ...]:
    """Return the entries of a list with commas."""
    return tuple(dict.fromkeys(entry for each in (text or "").split(",") if (entry := each.strip())))


NEVER_PRIVATE = (
    "127.0.0.0/8",
    "169.254.0.0/16",
    "0.0.0.0/8",
    "224.0.0.0/4",
    "::1/128",
    "fe80::/10",
    "ff00::/8",
)
"""This machine, its neighbours on one wire, where clouds hand out credentials, and what is no single place."""


def _networks(text: str) -> str:
    for entry in listed(text):
        try:
            network = ip_network(entry)
        except ValueError:
            raise ValueError(f"{entry} is no network, like 10.20.0.0/16") from None
        for never in map(ip_network, NEVER_PRIVATE):
            if network.version == never.version and network.overlaps(never):
                raise ValueError(f"{entry} holds {never}, which no cage may reach")
    return text


def _hosts(text: str) -> str:
    for entry in listed(text):
        if wrong := wrong_with_host(entry):
            raise ValueError(f"an entry {wrong}")
    return text


Database = Annotated[SecretStr, AfterValidator(_database)]
Secret = Annotated[SecretStr, AfterValidator(_strong)]
Folder = Annotated[Path, AfterValidator(_absolute)]
PrivateKeyFile = Annotated[Path, AfterValidator(_private_key)]
Days = Annotated[
    int | Literal["unlimited"],
    BeforeValidator(_days),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": DAYS_MAX}, {"const": UNLIMITED}]}),
]
"""A number of days; without an end only by that word."""
Starts = Annotated[
    int | Literal["unlimited"],
    BeforeValidator(_starts),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1, "maximum": STARTS_MAX}, {"const": UNLIMITED}]}
    ),
]
Dollars = Annotated[
    float | Literal["unlimited"],
    BeforeValidator(_dollars),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1},
                {"type": "string", "pattern": rf"^({UNLIMITED}|[0-9]+([.][0-9]+)?)$"},
            ]
        }
    ),
]
"""Like the numbers of days and of starts: without an end only by that word."""
Networks = Annotated[str, AfterValidator(_networks)]
Hosts = Annotated[str, AfterValidator(_hosts)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
TrustedAddress = Annotated[str, AfterValidator(_trusted_address)]
"""An address that our tokens may be sent to: encrypted, or on this machine."""
