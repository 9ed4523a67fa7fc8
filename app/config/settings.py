"""What each process must be told, one class a process, one field a variable. Only values; `load` reads them.

A field's description completes *It is …*, in error messages and in `.env.example` alike.
"""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.config.capacity import Capacity, of_this_machine
from app.config.shapes import (
    Database,
    Days,
    Dollars,
    Folder,
    Hosts,
    Networks,
    PrivateKeyFile,
    Secret,
    Starts,
    TrustedAddress,
    WebAddress,
)
from app.domain.spike import Allowed
from app.embedded.folder import socket_path

PREFIX = "HANDOFF_"


class Settings(BaseSettings):
    """What every process knows: where the truth is, where the wake-ups go, and how to log."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    data: Folder = Field(
        Path("data"),
        validate_default=True,
        description="the folder for everything Handoff keeps: the database, the queue, mirrors and runs",
    )
    database_url: Database | None = Field(
        None,
        validation_alias="DATABASE_URL",
        description="the address of the database; without it, an SQLite file in the data folder serves",
        examples=["postgresql://handoff:password@db.internal/handoff"],
    )
    redis_url: SecretStr | None = Field(
        None,
        validation_alias="REDIS_URL",
        description="the address of a Redis or Valkey; without it, `handoff up` brings one along",
        examples=["redis://redis.internal:6379/0"],
    )
    log: Literal["text", "json"] = Field("text", description="the form of the log lines, text or json")
    github_url: TrustedAddress = Field(
        "https://api.github.com",
        description="the address of GitHub's API; with GitHub Enterprise Server, https://HOST/api/v3",
    )
    github_git_url: TrustedAddress = Field(
        "https://github.com",
        description="the address of GitHub's pages, which repositories are fetched from and pushed to as well",
    )
    public_url: TrustedAddress | None = Field(
        None,
        description="the address at which people, and GitHub, reach the web process; without it, this machine's own",
        examples=["https://handoff.example.com"],
    )

    @property
    def database(self) -> str:
        """The address of the ledger's database."""
        return _revealed(self.database_url) or f"sqlite:///{self.data / 'handoff.db'}"

    @property
    def queue_folder(self) -> Path:
        """Where the embedded Valkey lives."""
        return self.data / "valkey"

    @property
    def redis(self) -> str:
        """The address of Redis: the one given, or the socket of the embedded one."""
        return _revealed(self.redis_url) or f"unix://{quote(str(socket_path(self.queue_folder)))}?db=0"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret value in these settings, for the redactor."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))


class WebSettings(Settings):
    """What the process knows that GitHub and people talk to. It never holds the App's private key."""

    webhook_secret: Secret = Field(
        description="the secret of the App's webhook, the same as on GitHub; `openssl rand -hex 32` makes a good one"
    )
    webhook_secret_previous: Secret | None = Field(
        None, description="the secret before that one, accepted as well while you replace it"
    )
    webhook_body_bytes: int = Field(
        5_000_000,
        ge=1024,
        le=25 * 1024 * 1024,
        description="the size of the largest delivery taken, in bytes",
    )
    host: str = Field("127.0.0.1", description="the address that the web process listens on")
    port: int = Field(8080, ge=0, le=65535, description="the port that it listens on, 0 for any free one")
    client_id: str | None = Field(
        None,
        description="the client id of your GitHub App; with the client secret it lets people log in with GitHub",
        examples=["Iv23liABCDEFGHIJKLMN"],
    )
    client_secret: Secret | None = Field(
        None, description="the client secret of your GitHub App, for logging in with GitHub"
    )

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """The secrets that a delivery may be signed with."""
        given = (self.webhook_secret, self.webhook_secret_previous)
        return tuple(secret.get_secret_value() for secret in given if secret is not None)


class WorkerSettings(Settings):
    """What a worker knows: who we are on GitHub, which agents there are, and how much may run."""

    app_id: int = Field(
        gt=0, description="the id of your GitHub App, a number that its page shows under *About*"
    )
    app_slug: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,99}$",
        description="the name of your GitHub App as its address has it, github.com/apps/NAME",
    )
    private_key_file: PrivateKeyFile = Field(
        description="the path of the App's private key, the .pem file that GitHub made for you"
    )
    pull: Literal["auto", "on", "off"] = Field(
        "auto",
        description="the choice whether GitHub is asked for news; auto: when HANDOFF_PUBLIC_URL is not set",
    )
    pull_seconds: int = Field(
        60, ge=1, le=3600, description="the time between two such questions, in seconds"
    )
    onboarding: Literal["on", "off"] = Field(
        "on",
        description="the choice whether a repository without a configuration is offered one, when we are installed on it",
    )
    label: str = Field(
        "handoff",
        max_length=50,
        pattern=r"^[^,\s]([^,\n]*[^,\s])?$",
        description="the label that hands an issue over",
    )
    agent: str = Field(
        min_length=1,
        description="the agent that writes the change, by name or as a command line",
        examples=["claude"],
    )
    senior_agent: str | None = Field(
        None,
        description="the stronger agent that is asked when the first one could not mend something; without it, the same",
        examples=["claude"],
    )
    reviewer: str | None = Field(
        None, description="the agent that reviews it; without it, the same agent does so with fresh eyes"
    )
    model_url: WebAddress | None = Field(
        None,
        description="the address of the model server for agents; without it, each uses its own",
        examples=["http://127.0.0.1:11434"],
    )
    network_allow: Hosts | None = Field(
        None,
        description="the list of hosts, with commas, that agents and checks of every repository may reach, besides "
        "those that its own file names",
        examples=["packages.example.com,*.corp.example.com"],
    )
    private_networks: Networks | None = Field(
        None,
        description="the list of private networks, with commas, that an allowed host may be in; without it, none",
        examples=["10.20.0.0/16"],
    )
    cage: Literal["auto", "bubblewrap", "unshare", "landlock", "docker", "none"] = Field(
        "auto",
        description="the cage that agents run in; auto takes the best that works here, docker and landlock (a reduced "
        "one) are only taken by name, none means no protection",
    )
    container_engine: str = Field(
        "docker",
        min_length=1,
        description="the client of the container engine for the cage docker, by name or path; podman serves as well",
        examples=["podman"],
    )
    image: str | None = Field(
        None,
        description="the image that the cage docker runs in where a repository names none; it has to be here already",
        examples=["node:22"],
    )
    cage_uid: int | None = Field(
        None,
        ge=1,
        le=2**31 - 1,
        description="the user id that agents run as when the worker is root; without it, nobody's",
        examples=["65534"],
    )
    runs: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="the number of runs at once; without it, what this machine's cores and memory allow",
        examples=["4"],
    )
    writes_per_minute: int = Field(
        60,
        ge=1,
        le=500,
        description="the number of writes a minute that GitHub gets from us, for each installation",
    )
    spike_runs: Starts = Field(
        60,
        description="the number of agents that may be started within ten minutes before Handoff pauses by itself and "
        "waits for you, or `unlimited`",
    )
    spike_dollars: Dollars = Field(
        50,
        description="the amount in dollars that may be spent within ten minutes before it does, or `unlimited`",
    )
    lease_seconds: int = Field(
        60,
        ge=1,
        le=3600,
        description="the time after which a silent worker's run may be taken by another, in seconds",
    )
    adoption_seconds: int = Field(
        120,
        ge=0,
        le=24 * 3600,
        description="the time after that in which only its own machine may take the run up alive, in seconds; more "
        "than HANDOFF_UNATTENDED_SECONDS, so that nothing runs twice",
    )
    unattended_seconds: int = Field(
        90,
        ge=1,
        le=24 * 3600,
        description="the time that an agent goes on without a worker, in seconds, so that a restart costs nothing",
    )
    reconcile_seconds: int = Field(
        60, ge=1, le=3600, description="the time between two searches for what was missed, in seconds"
    )
    keep_days: Days = Field(
        30,
        description="the number of days that the files of a job's runs are kept after its end, or `unlimited`",
    )

    @property
    def pulls(self) -> bool:
        """Whether GitHub is asked for news."""
        return self.pull == "on" or (self.pull == "auto" and self.public_url is None)

    @property
    def kept_for(self) -> timedelta | None:
        """How long the files of an ended job are kept, None: for ever."""
        return timedelta(days=self.keep_days) if isinstance(self.keep_days, int) else None

    @property
    def reviewing_agent(self) -> str:
        """The agent that reviews."""
        return self.reviewer or self.agent

    @property
    def capacity(self) -> Capacity:
        """How many runs may be under way at once, and why."""
        return Capacity(self.runs, "HANDOFF_RUNS says so") if self.runs else of_this_machine()

    @property
    def spike(self) -> Allowed:
        """How much may begin and be spent within minutes."""
        starts, dollars = self.spike_runs, self.spike_dollars
        return Allowed(
            starts=None if isinstance(starts, str) else starts,
            dollars=None if isinstance(dollars, str) else dollars,
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed but unwise, a sentence each; a composition root says them in its log."""
        key = self.private_key_file
        said = []
        if key.stat().st_mode & 0o077:
            said.append(
                f"HANDOFF_PRIVATE_KEY_FILE: other users of this machine may read {key}; run `chmod 600 {key}`."
            )
        if self.adoption_seconds <= self.unattended_seconds:
            said.append(
                "HANDOFF_ADOPTION_SECONDS is not more than HANDOFF_UNATTENDED_SECONDS: an agent whose worker is gone can "
                "still be alive when another machine begins its work again; make it more."
            )
        if self.cage == "none":
            said.append(
                "HANDOFF_CAGE=none: agents run WITHOUT A CAGE and can read and change whatever this worker can; "
                "install bubblewrap and set HANDOFF_CAGE=auto."
            )
        return tuple(said)


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""


PROCESSES: tuple[type[Settings], ...] = (WebSettings, WorkerSettings)


def variable(name: str, field: FieldInfo) -> str:
    """Return the variable that a field is read from."""
    return str(field.validation_alias or f"{PREFIX}{name.upper()}")


def secret_names(kinds: Iterable[type[Settings]]) -> frozenset[str]:
    """Return the fields whose values nobody may see."""
    fields = ((name, field) for kind in kinds for name, field in kind.model_fields.items())
    return frozenset(name for name, field in fields if "SecretStr" in str(field.annotation))
