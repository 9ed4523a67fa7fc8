"""What the set-up process must be told, and whether there is anything to set up. It writes nothing."""

import os

from pydantic import Field

from app.config.load import load
from app.config.settings import Settings, WebSettings, WorkerSettings, variable
from app.config.shapes import Networks
from app.config.sources import CONFIG_FILE, given_besides, spelled_out
from app.domain.errors import BadConfiguration

IDENTITY = frozenset({"webhook_secret", "app_id", "app_slug", "private_key_file"})
"""The settings that say who we are on GitHub. Where some are there and some are not, a person began by hand."""


class SetUpSettings(Settings):
    """What the process knows that registers the App: nobody's secret, for there is none yet."""

    host: str = Field("127.0.0.1", description="the address that the web process listens on")
    port: int = Field(8080, ge=0, le=65535, description="the port that it listens on, 0 for any free one")
    agent: str | None = Field(
        None, description="the agent that writes the change, by name or as a command line"
    )


class MachineSettings(Settings):
    """What says how agents run on a machine, readable before anybody knows who we are on GitHub."""

    agent: str | None = Field(None, description="the agent that writes the change")
    senior_agent: str | None = Field(None, description="the stronger agent")
    reviewer: str | None = Field(None, description="the agent that reviews it")
    model_url: str | None = Field(None, description="the address of the model server for agents")
    cage: str = Field("auto", description="the cage that agents run in")
    container_engine: str = Field("docker", description="the client of the container engine")
    image: str | None = Field(None, description="the image that the cage docker runs in")
    cage_uid: int | None = Field(None, ge=1, le=2**31 - 1, description="the user id that agents run as")
    private_networks: Networks | None = Field(None, description="the private networks of allowed hosts")


def is_nobody() -> bool:
    """Say whether no source of settings says anything of who we are on GitHub.

    Raises:
        BadConfiguration: one of the sources cannot be read.
    """
    spelled = {name.upper() for name, value in spelled_out(os.environ).items() if value}
    for kind in (WebSettings, WorkerSettings):
        said = {name for name, field in kind.model_fields.items() if variable(name, field) in spelled}
        if IDENTITY & (said | given_besides(kind, os.environ).values.keys()):
            return False
    return True


def load_set_up() -> SetUpSettings:
    """Read the settings of the set-up process.

    Raises:
        BadConfiguration: something is wrong; or no agent is named, and there is a settings file where set-up, which
            writes into the data folder, could not write the one that is chosen.
    """
    settings = load(SetUpSettings)
    elsewhere = os.environ.get(CONFIG_FILE)
    if elsewhere and not settings.agent:
        raise BadConfiguration(
            f'HANDOFF_AGENT is not set. Write agent = "claude", or another one, into {elsewhere}, and start again.'
        )
    return settings
