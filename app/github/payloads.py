"""The parts of GitHub's webhook payloads that we read, and no more: `extra="ignore"`, every field needed.

GitHub adds fields and drops others all the time; a model that knows the whole payload refuses a third of
real ones. These are shapes only: `inbound.py` says what they mean.
"""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from app.domain.ids import Actor, Repository

Id = Annotated[int, Field(ge=0, lt=2**63)]
Number = Annotated[int, Field(ge=1, lt=2**31)]


class Part(BaseModel):
    """A part of a payload: unknown fields are passed over, known ones are not converted."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class Head(Part):
    """What can be asked of any payload."""

    action: str = ""
    installation: "Installation | None" = None


class Installation(Part):
    """The App's installation a delivery came through; absent from ordinary repository webhooks."""

    id: Id


class Account(Part):
    """A person, a bot or an organisation."""

    login: str
    id: Id
    type: str = "User"

    def actor(self) -> Actor:
        """Say it in our words."""
        return Actor(login=self.login, id=self.id, is_bot=self.type == "Bot")


GHOST = Account(login="ghost", id=10137)
"""Whom GitHub shows for an account that was deleted; payloads then say null."""


class Repo(Part):
    """The repository a delivery is about."""

    id: Id
    name: str
    owner: Account


class Label(Part):
    """A label."""

    name: str


class Issue(Part):
    """An issue, or a pull request seen as one."""

    number: Number
    title: str
    body: str | None = None
    user: Account | None = None
    updated_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    pull_request: dict[str, object] | None = None


class PullRequest(Part):
    """A pull request."""

    number: Number
    title: str
    body: str | None = None
    user: Account | None = None
    updated_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    merged: bool = False


class Comment(Part):
    """A comment on an issue or a pull request."""

    id: Id
    body: str
    created_at: AwareDatetime


class EditedComment(Comment):
    """A comment as it is after an edit, and who wrote it first."""

    user: Account | None = None
    updated_at: AwareDatetime


class OldText(Part):
    """A text as it was before an edit."""

    text: str = Field(alias="from")


class CommentChanges(Part):
    """What was edited in a comment."""

    body: OldText


class OldBase(Part):
    """The branch that a pull request was aimed at before; what it says is not needed."""


class PullRequestChanges(Part):
    """What was edited in a pull request; None is unchanged."""

    base: OldBase | None = None


class Review(Part):
    """A review of a pull request."""

    id: Id
    state: str
    body: str | None = None
    submitted_at: AwareDatetime


class Dismissed(Part):
    """A review that counts no longer."""

    id: Id


class Delivery(Part):
    """What every delivery that we read has."""

    installation: Installation
    repository: Repo
    sender: Account

    def home(self) -> Repository:
        """Return the repository in our words."""
        return Repository(
            id=self.repository.id,
            owner=self.repository.owner.login,
            name=self.repository.name,
            installation_id=self.installation.id,
        )


class Covered(Part):
    """A repository as a delivery about an installation has it, without its owner."""

    id: Id
    full_name: Annotated[str, Field(pattern=r"^[^/\s]+/[^/\s]+$")]


class DatedInstallation(Installation):
    """An installation, and when it was last changed: seconds since 1970, or in words, by the age of the payload."""

    updated_at: Annotated[int, Field(ge=0, lt=2**33)] | AwareDatetime


class InstallationDelivery(Part):
    """Repositories came to an installation, at its beginning or later."""

    installation: DatedInstallation
    repositories: tuple[Covered, ...] = ()
    repositories_added: tuple[Covered, ...] = ()
    sender: Account


class IssueDelivery(Delivery):
    """Something happened to an issue."""

    issue: Issue


class IssueLabelDelivery(IssueDelivery):
    """A label was put on an issue or taken off."""

    label: Label


class CommentDelivery(IssueDelivery):
    """Something happened to a comment."""

    comment: Comment


class CommentEditDelivery(IssueDelivery):
    """A comment was edited."""

    comment: EditedComment
    changes: CommentChanges


class PullRequestDelivery(Delivery):
    """Something happened to a pull request."""

    pull_request: PullRequest


class PullRequestLabelDelivery(PullRequestDelivery):
    """A label was put on a pull request."""

    label: Label


class PullRequestEditDelivery(PullRequestDelivery):
    """A pull request was edited: title, text or base."""

    pull_request: "AimedPullRequest"
    changes: PullRequestChanges


class PushDelivery(PullRequestDelivery):
    """The head of a pull request moved."""

    before: str
    after: str


class ReviewDelivery(Delivery):
    """Something happened to a review. GitHub sends a shorter pull request here than elsewhere."""

    pull_request: "Numbered"
    review: Review


class DismissalDelivery(Delivery):
    """A review was dismissed. It keeps the time at which it was submitted; the pull request has that of the dismissal."""

    pull_request: "Dated"
    review: Dismissed


class Numbered(Part):
    """All that a review says of its pull request that we need."""

    number: Number


class Dated(Numbered):
    """The same, and when it was last changed."""

    updated_at: AwareDatetime


class Base(Part):
    """The branch that a pull request is aimed at."""

    ref: str


class AimedPullRequest(PullRequest):
    """A pull request, with its base."""

    base: Base
