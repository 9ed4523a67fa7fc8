"""Where `handoff` asks when the ledger is not on this machine: a web process elsewhere, and the token it wants."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError

from app.config.shapes import TrustedAddress
from app.config.sources import spelled_out
from app.domain.errors import BadConfiguration

URL = "HANDOFF_URL"
"""The address of the web process that the command line asks; no setting of any process."""
TOKEN = "HANDOFF_TOKEN"  # noqa: S105 - a variable's name
"""The token that it is asked with, made by `handoff token create`."""

_ADDRESS: TypeAdapter[str] = TypeAdapter(TrustedAddress)


@dataclass(frozen=True, slots=True)
class Remote:
    """A Handoff that is elsewhere. No slash at the end of its address."""

    url: str
    token: str = field(repr=False)


def remote(environment: Mapping[str, str] = os.environ) -> Remote | None:
    """Return the Handoff that the environment names; None when it is this machine's.

    Raises:
        BadConfiguration: the address is none that a token may be sent to, or there is no token.
    """
    spelled = spelled_out(environment)
    url, token = spelled.get(URL), spelled.get(TOKEN)
    if not url:
        return None
    try:
        address = _ADDRESS.validate_python(url)
    except ValidationError as error:
        what = error.errors()[0]["ctx"]["error"]
        raise BadConfiguration(
            f"{URL} is wrong: {what}. It is the address of your Handoff, for example https://handoff.example.com."
        ) from None
    if not token:
        raise BadConfiguration(
            f"{TOKEN} is not set. It is a token for {address}; `handoff token create NAME` makes one there."
        )
    return Remote(address, token)
