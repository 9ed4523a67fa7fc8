"""What the control API accepts. Misspelt fields are refused."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from localhub.world.people import UserType


class Request(BaseModel):
    """The base of all: nothing unknown."""

    model_config = ConfigDict(extra="forbid")


class NewUser(Request):
    """`POST /_hub/users`."""

    login: str
    name: str | None = None
    type: UserType = "User"


class NewApp(Request):
    """`POST /_hub/apps`. `owner` comes into being when unknown."""

    slug: str
    name: str | None = None
    owner: str = "octo-owner"
    permissions: dict[str, str] = Field(default_factory=dict)
    events: list[str] = Field(default_factory=list)
    webhook_url: str = ""
    webhook_secret: str = ""
    client_secret: str = ""
    callback_urls: list[str] = Field(default_factory=list)


class AppChange(Request):
    """`PATCH /_hub/apps/{id}`. Installations keep their permissions until the owner accepts the new ones."""

    webhook_url: str | None = None
    webhook_secret: str | None = None
    permissions: dict[str, str] | None = None
    events: list[str] | None = None
    callback_urls: list[str] | None = None


class NewRepository(Request):
    """`POST /_hub/repositories`. Without `from_path` it is empty; `owner` comes into being when unknown."""

    owner: str
    name: str
    private: bool = False
    description: str | None = None
    from_path: Path | None = None
    collaborators: dict[str, str] = Field(default_factory=dict)
    protected_branches: list[str] = Field(default_factory=list)
    install_app: str | None = None


class NewInstallation(Request):
    """`POST /_hub/installations`. `repositories` None means all of the account."""

    app: str
    account: str
    repositories: list[str] | None = None


class Act(Request):
    """`POST /_hub/act`: what a person does. Which fields count depends on `do`; see the README."""

    by: str
    do: str
    repository: str
    number: int | None = None
    title: str | None = None
    body: str | None = None
    labels: list[str] = Field(default_factory=list)
    label: str = ""
    reason: str | None = None
    target: str = ""
    comment_id: int | None = None
    review_id: int | None = None
    check_run_id: int | None = None
    identifier: str = ""
    state: Literal["APPROVE", "REQUEST_CHANGES", "COMMENT"] = "COMMENT"
    comments: list[dict[str, Any]] = Field(default_factory=list)
    path: str = ""
    line: int | None = None
    side: Literal["LEFT", "RIGHT"] = "RIGHT"
    start_line: int | None = None
    branch: str = ""
    base: str | None = None
    draft: bool = False
    files: dict[str, str | None] = Field(default_factory=dict)
    message: str = "Change"
    force: bool = False
    method: str = "merge"
    login: str = ""
    role: str = ""
    app: str = ""
