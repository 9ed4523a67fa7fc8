"""What GitHub answers, cut down to what we use: frozen values, read leniently.

Unknown fields are passed over, so a new field at GitHub breaks nothing; a missing one that we need is an
error at the door (`failures.py`), never a `KeyError` further in.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AliasPath, BeforeValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from app.domain.ids import Actor

LENIENT = ConfigDict(extra="ignore", validate_by_name=True, validate_by_alias=True, hide_input_in_errors=True)
GHOST = Actor(login="ghost", id=10137)
"""Whom GitHub shows for an account that was deleted; its answers then say null."""


def _actor(value: Any) -> Any:
    """Read a user of GitHub's as one of ours; null is the ghost."""
    if value is None:
        return GHOST
    if isinstance(value, dict):
        return Actor(login=value["login"], id=value["id"], is_bot=value.get("type") == "Bot")
    return value


def _names(value: Any) -> Any:
    """Read labels, which GitHub may give as objects or as bare names."""
    return tuple(label["name"] if isinstance(label, dict) else label for label in value)


def _id_of(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) else value


Who = Annotated[Actor, BeforeValidator(_actor)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Text = Annotated[str, BeforeValidator(lambda value: value or "")]


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class RepositoryInfo:
    """A repository now. `size_kilobytes` is 0 for an empty one, and lags behind pushes at GitHub."""

    id: int
    name: str
    owner: Who
    default_branch: str
    private: bool
    archived: bool
    fork: bool = False
    size_kilobytes: int = Field(default=0, validation_alias="size")
    html_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class Issue:
    """An issue, or a pull request seen as one. `node_id` is what GraphQL knows it by."""

    number: int
    node_id: str = ""
    title: str
    body: Text = ""
    state: str
    labels: Names = ()
    author: Who = Field(validation_alias="user")
    locked: bool = False
    updated_at: datetime
    is_pull_request: Annotated[bool, BeforeValidator(bool)] = Field(
        default=False, validation_alias="pull_request"
    )
    html_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class Comment:
    """A comment; `app_id` is the App that wrote it, None for a person."""

    id: int
    body: Text = ""
    author: Who = Field(validation_alias="user")
    app_id: Annotated[int | None, BeforeValidator(_id_of)] = Field(
        default=None, validation_alias="performed_via_github_app"
    )
    created_at: datetime
    updated_at: datetime
    html_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class Pull:
    """A pull request. `head_repository` is None when the fork it came from is gone."""

    number: int
    node_id: str
    title: str
    body: Text = ""
    state: str
    draft: bool = False
    merged_at: datetime | None = None
    author: Who = Field(validation_alias="user")
    head_sha: str = Field(validation_alias=AliasPath("head", "sha"))
    head_branch: str = Field(validation_alias=AliasPath("head", "ref"))
    head_repository: Annotated[int | None, BeforeValidator(_id_of)] = Field(
        default=None, validation_alias=AliasPath("head", "repo")
    )
    base_branch: str = Field(validation_alias=AliasPath("base", "ref"))
    base_sha: str = Field(validation_alias=AliasPath("base", "sha"))
    changed_files: int | None = None
    mergeable: bool | None = None
    html_url: str = ""

    @property
    def merged(self) -> bool:
        """Whether it was merged."""
        return self.merged_at is not None


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class ChangedFile:
    """A file of a pull request. `patch` None is unknown (binary, too large, a rename), not unchanged."""

    path: str = Field(validation_alias="filename")
    status: str
    previous_path: str | None = Field(default=None, validation_alias="previous_filename")
    patch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class Review:
    """A review. `state` is as GitHub writes it: COMMENTED, APPROVED, CHANGES_REQUESTED, DISMISSED, PENDING."""

    id: int
    author: Who = Field(validation_alias="user")
    body: Text = ""
    state: str
    commit_id: str | None = None
    submitted_at: datetime | None = None
    html_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class ReviewComment:
    """A comment on a file or a line. `line` is None when it is outdated or on the whole file."""

    id: int
    path: str
    body: Text = ""
    author: Who = Field(validation_alias="user")
    line: int | None = None
    side: str | None = None
    in_reply_to_id: int | None = None
    html_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """An inline comment that we post with a review; a range when `start_line` is given."""

    path: str
    line: int
    body: str
    side: str = "RIGHT"
    start_line: int | None = None

    def as_json(self) -> dict[str, str | int]:
        """Say it as GitHub reads it."""
        remark: dict[str, str | int] = {
            "path": self.path,
            "body": self.body,
            "line": self.line,
            "side": self.side,
        }
        return remark | (
            {} if self.start_line is None else {"start_line": self.start_line, "start_side": self.side}
        )


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class CheckRun:
    """A check run; `external_id` is the name we gave it."""

    id: int
    name: str
    head_sha: str
    status: str
    conclusion: str | None = None
    external_id: str | None = None
    html_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class CheckRuns:
    """A page of check runs."""

    check_runs: tuple[CheckRun, ...]


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class AppInfo:
    """The App as GitHub knows it."""

    id: int
    slug: str
    name: str
    permissions: dict[str, str]
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class Installation:
    """An installation of the App."""

    id: int
    account: Who
    permissions: dict[str, str]
    suspended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class HookDelivery:
    """One attempt at delivering a webhook. Attempts of one delivery share their `guid`."""

    id: int
    guid: str
    delivered_at: datetime
    redelivery: bool
    status: str
    status_code: int
    event: str
    action: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class DeliveryContent:
    """What one attempt at delivering a webhook carried. The payload is parsed: its bytes are gone."""

    id: int
    guid: str
    event: str
    delivered_at: datetime
    payload: dict[str, Any] = Field(validation_alias=AliasPath("request", "payload"))


@dataclass(frozen=True, slots=True, kw_only=True, config=LENIENT)
class HookConfig:
    """Where the App's deliveries go. `secret` is masked by GitHub, and None when there is none."""

    url: str | None = None
    content_type: str | None = None
    insecure_ssl: str | int | None = None
    secret: str | None = None
