"""Where setting up happens: our own address, as configured, and GitHub's. Pure; no header of a request is believed."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from app.github.manifest import Addresses
from app.web.auth.github import CALLBACK
from app.web.auth.hosts import House

DONE = "/setup/done"
"""The page of the web process on which setting up ends; GitHub sends people there after installing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`house` is where we are and the web process will be, `github` where GitHub's pages are.

    `agent` is the one that the settings name, or empty.
    """

    house: House
    github: str
    agent: str = ""

    @property
    def base_url(self) -> str:
        """Where a browser finds us: the address that is configured, or this machine's own."""
        return self.house.public_url or f"http://localhost:{self.house.port}"

    @property
    def host(self) -> str:
        """What a browser that means us puts into `Host`."""
        return urlsplit(self.base_url).netloc

    @property
    def addresses(self) -> Addresses:
        """What the manifest says about us. GitHub reaches us only where a public address is configured."""
        return Addresses(
            registered=f"{self.base_url}/setup/registered",
            logged_in=f"{self.base_url}{CALLBACK}",
            installed=f"{self.base_url}{DONE}",
            deliveries=f"{self.house.public_url}/webhooks/github" if self.house.public_url else None,
        )
