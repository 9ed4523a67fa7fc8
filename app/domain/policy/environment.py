"""The shape of what a file says about the project's own environment: variables, services, image, network."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from app.domain.policy.hosts import FORM as HOST_FORM
from app.domain.policy.hosts import wrong_with_host
from app.domain.policy.names import FORM as NAME_FORM
from app.domain.policy.names import NAME_CHARACTERS, wrong_with_name, wrong_with_shared_name
from app.domain.policy.policy import KNOWN_SERVICES
from app.domain.policy.shape import Command, Strict, sentence, unless

VALUE_CHARACTERS = 10_000
_SERVICE_NAME = r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?"
_IMAGE = (
    r"([a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?(:[0-9]{1,5})?/)?"
    r"[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
    r"(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?"
)
IMAGE_CHARACTERS = 300


def _wrong_with_value(text: str) -> str | None:
    return "holds a NUL, which no variable can" if "\0" in text else None


def _wrong_with_image(text: str) -> str | None:
    if len(text) <= IMAGE_CHARACTERS and re.fullmatch(_IMAGE, text, re.ASCII):
        return None
    return "is no reference to an image. Write it as for `docker pull`, like `node:22` or `ghcr.io/acme/build:1.4`"


def _wrong_with_known(text: str) -> str | None:
    if text in KNOWN_SERVICES:
        return None
    known = " and ".join(f"`{name}`" for name in KNOWN_SERVICES)
    return f"is no service that I know by its name: {known}. For another one write `name:` and `run:`, its command"


def _wrong_with_service_name(text: str) -> str | None:
    if re.fullmatch(_SERVICE_NAME, text, re.ASCII):
        return None
    return "is no name for a service. Use small letters, digits and `-`, at most 40 characters"


def _said_once(entries: list[str]) -> list[str]:
    for number, entry in enumerate(entries):
        if entry in entries[:number]:
            raise sentence(f"names `{entry}` twice. Please keep one of them")
    return entries


def _form(pattern: str, characters: int) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": "string", "pattern": f"^{pattern}$", "minLength": 1, "maxLength": characters}
    )


Name = Annotated[str, unless(wrong_with_name), _form(NAME_FORM, NAME_CHARACTERS)]
Value = Annotated[str, Field(max_length=VALUE_CHARACTERS), unless(_wrong_with_value)]
SharedName = Annotated[str, unless(wrong_with_shared_name), _form(NAME_FORM, NAME_CHARACTERS)]
Variables = Annotated[dict[SharedName, Value], Field(max_length=100)]
Names = Annotated[list[Name], Field(max_length=20), AfterValidator(_said_once)]
Host = Annotated[str, unless(wrong_with_host), _form(HOST_FORM, 260)]
Image = Annotated[str, unless(_wrong_with_image), _form(_IMAGE, IMAGE_CHARACTERS)]


class ServiceEntry(Strict):
    """A program that checks talk to, started beside them."""

    model_config = ConfigDict(title="Service")

    name: Annotated[str, unless(_wrong_with_service_name), _form(_SERVICE_NAME, 40)] = Field(
        description="the name that the service has in logs and sentences", examples=["search"]
    )
    run: Command = Field(
        description="the command that starts it, run by a shell from the root of the clone; it must not go to the "
        "background",
        examples=["meilisearch --http-addr 127.0.0.1:7700"],
    )
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        None, description="the port of 127.0.0.1 that is waited for", examples=[7700]
    )
    ready: Command | None = Field(
        None,
        description="the command that exits with 0 when the service is ready",
        examples=["curl -fs http://127.0.0.1:7700/health"],
    )
    env: Variables = Field(
        default={},
        description="the variables of the service itself, each with its text",
        examples=[{"MEILI_ENV": "test"}],
    )


def _which(entry: Any) -> str:
    return "[name]" if isinstance(entry, str) else "[service]"


_Known = Annotated[
    str, unless(_wrong_with_known), WithJsonSchema({"type": "string", "enum": [*KNOWN_SERVICES]})
]
ServiceOrName = Annotated[
    Annotated[_Known, Tag("[name]")] | Annotated[ServiceEntry, Tag("[service]")], Discriminator(_which)
]


class NetworkEntry(Strict):
    """Where agents and checks may go; everything else is closed to them."""

    model_config = ConfigDict(title="Network")

    allow: Annotated[list[Host], Field(max_length=100)] = Field(
        default=[],
        description="the list of hosts that may be reached: `packages.example.com`, `*.example.com` for all below it, "
        "or either with a port; without one, 443 and 80",
        examples=[["packages.example.com"]],
    )
    registries: bool = Field(
        default=True,
        description="the choice whether the usual package registries may be reached",
        examples=[False],
    )
