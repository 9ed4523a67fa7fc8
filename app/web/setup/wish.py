"""What a person asks for when registering the App, read from a form. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from app.github.manifest import NAME_CHARACTERS_MAX

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})")
AGENT_CHARACTERS_MAX = 1000
ADDRESS_CHARACTERS_MAX = 500
OWN = "own"
"""The choice of an agent that is written out instead of taken from the list."""

Complaints = dict[str, str]
"""Field to sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The App to be. `organization` is empty for a personal account, `agent` where the settings name one.

    `model_url` is where agents find their model; empty: each by itself.
    """

    name: str
    organization: str = ""
    agent: str = ""
    model_url: str = ""

    @property
    def settings(self) -> dict[str, str]:
        """What of this is a setting, by its key in the settings file."""
        return {key: said for key, said in (("agent", self.agent), ("model_url", self.model_url)) if said}

    def address(self, github: str, state: str) -> str:
        """Return where GitHub takes a manifest for this account."""
        account = f"/organizations/{quote(self.organization)}" if self.organization else ""
        return f"{github}{account}/settings/apps/new?state={quote(state)}"


def read_wish(form: Mapping[str, str], *, agent_known: bool) -> Wish | Complaints:
    """Return what is asked for, or what is wrong with it; no agent is asked for where the settings name one."""
    said = {name: value.strip() for name, value in form.items()}
    name = said.get("name", "")
    organization = said.get("organization", "") if said.get("account") == "organization" else ""
    agent = "" if agent_known else _agent(said)
    complaints: Complaints = {}
    if not name or len(name) > NAME_CHARACTERS_MAX or not name.isprintable():
        complaints["name"] = f"Give the App a name of 1 to {NAME_CHARACTERS_MAX} characters."
    if said.get("account") == "organization" and not _LOGIN.fullmatch(organization):
        complaints["organization"] = (
            "Write the organization as its address has it: github.com/NAME, without the rest."
        )
    if not agent_known and not _is_agent(agent):
        complaints["agent"] = (
            "Choose an agent, or write the command line of your own, up to "
            f"{AGENT_CHARACTERS_MAX} characters on one line."
        )
    model_url = "" if agent_known else said.get("model_url", "")
    if model_url and not _is_address(model_url):
        complaints["model_url"] = "Write the whole address, like http://127.0.0.1:11434, or leave it empty."
    return complaints or Wish(name=name, organization=organization, agent=agent, model_url=model_url)


def _agent(said: Mapping[str, str]) -> str:
    chosen = said.get("agent", "")
    return said.get("agent_line", "") if chosen == OWN else chosen


def _is_agent(agent: str) -> bool:
    return 0 < len(agent) <= AGENT_CHARACTERS_MAX and agent.isprintable()


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and len(url) <= ADDRESS_CHARACTERS_MAX
