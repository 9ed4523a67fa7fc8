"""The commands for secrets of checks: set, listed by name, removed. A value is read, never printed, never an argument."""

import sys
from getpass import getpass

from app.config import Settings
from app.config.check_secrets import VALUE_CHARACTERS_MAX, remove_secret, secret_names, set_secret
from app.config.remote import remote
from app.domain.errors import Refused

BYTES_READ = 4 * VALUE_CHARACTERS_MAX + 4
"""Enough to see that a value is too long."""


def set_one(settings: Settings, full_name: str, name: str) -> str:
    """Keep what stands on standard input as a secret of a repository's checks; a terminal is asked unseen.

    Raises:
        Refused: the name or the value cannot be used.
    """
    _only_here()
    set_secret(settings.data, full_name, name, _value(full_name, name))
    return (
        f"`{name}` is set for the checks of {full_name}. They get it once `secrets:` in the repository's "
        f"`.github/handoff.yml` names it; what they run can read it, the change's own tests included."
    )


def list_all(settings: Settings, full_name: str) -> str:
    """Return the names that are set."""
    _only_here()
    names = secret_names(settings.data, full_name)
    if not names:
        return f"No secret is set for {full_name}. `handoff secret set {full_name} NAME` sets one."
    return "\n".join(names)


def remove_one(settings: Settings, full_name: str, name: str) -> str:
    """Forget a secret.

    Raises:
        NotFound: there is none of that name.
    """
    _only_here()
    remove_secret(settings.data, full_name, name)
    return f"`{name}` is removed from {full_name}. Checks that still ask for it are refused from now on."


def _value(full_name: str, name: str) -> str:
    if sys.stdin.isatty():
        return getpass(f"The value of {name} for {full_name}: ")
    try:
        said = sys.stdin.buffer.read(BYTES_READ).decode()
    except UnicodeDecodeError:
        raise Refused("The value has to be text in UTF-8; nothing was kept.") from None
    return said.removesuffix("\n").removesuffix("\r")


def _only_here() -> None:
    if remote() is not None:
        raise Refused(
            "Secrets are kept in the data folder of the machine that runs the checks, and do not travel. Run this "
            "command there, on each machine that has a worker."
        )
