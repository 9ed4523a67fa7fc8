"""From a webhook payload to a fact, in one flat `match`: the router and its documentation at once.

What means nothing to us becomes `Unread` with the reason. Nothing here raises, whatever the bytes are,
and nothing is judged: a stranger's label is a fact like any other, and `admit` refuses it.
"""

from pydantic import ValidationError

from app.domain.facts import Fact, Several, Unread
from app.github import inbound_installations, inbound_issues, inbound_pulls
from app.github.payloads import (
    CommentDelivery,
    CommentEditDelivery,
    DismissalDelivery,
    Head,
    InstallationDelivery,
    IssueDelivery,
    IssueLabelDelivery,
    PullRequestDelivery,
    PullRequestEditDelivery,
    PullRequestLabelDelivery,
    PushDelivery,
    ReviewDelivery,
)

EVENTS = frozenset({"issues", "issue_comment", "pull_request", "pull_request_review"})
"""The events that some arm of the `match` reads: what `app.yml` subscribes to."""

UNASKED = frozenset({"installation", "installation_repositories"})
"""The events that are read as well, and that GitHub sends to every App without its asking."""


def read(event: str, guid: str, payload: bytes) -> Fact | Several | Unread:
    """Return the fact that a delivery states, the several that it states, or why it states none.

    Args:
        event: the header `X-GitHub-Event`.
        guid: the header `X-GitHub-Delivery`, named in reasons so that the delivery can be found at GitHub.
        payload: the raw body, at most as large as the receiver lets in.
    """
    try:
        head = Head.model_validate_json(payload)
    except ValidationError as error:
        return Unread(
            f"Delivery {guid} of {event!r} is not a JSON object as GitHub sends it: {_first(error)}."
        )
    if event in EVENTS and head.installation is None:
        return Unread(
            f"Delivery {guid} came through an ordinary webhook, not through our App, so I cannot answer it."
        )
    try:
        return _fact(event, head.action, payload)
    except ValidationError as error:
        what = f"{event}.{head.action}"
        return Unread(
            f"Delivery {guid} of {what!r} lacks something that I need to understand it: {_first(error)}."
        )


def _fact(event: str, action: str, payload: bytes) -> Fact | Several | Unread:
    match event, action:
        case "issues", "labeled":
            labeled = IssueLabelDelivery.model_validate_json(payload)
            return inbound_issues.labeled(
                labeled, labeled.issue, labeled.label.name, labeled.issue.pull_request is not None
            )
        case "pull_request", "labeled":
            marked = PullRequestLabelDelivery.model_validate_json(payload)
            return inbound_issues.labeled(
                marked, marked.pull_request, marked.label.name, is_pull_request=True
            )
        case "issues", "unlabeled":
            return inbound_issues.unlabeled(IssueLabelDelivery.model_validate_json(payload))
        case "issues", "closed":
            return inbound_issues.closed(IssueDelivery.model_validate_json(payload))
        case "issues", "deleted" | "transferred":
            return inbound_issues.removed(IssueDelivery.model_validate_json(payload), how=action)
        case "issue_comment", "created":
            return inbound_issues.commented(CommentDelivery.model_validate_json(payload))
        case "issue_comment", "edited":
            return inbound_issues.comment_edited(CommentEditDelivery.model_validate_json(payload))
        case "pull_request_review", "submitted":
            return inbound_pulls.reviewed(ReviewDelivery.model_validate_json(payload))
        case "pull_request_review", "dismissed":
            return inbound_pulls.dismissed(DismissalDelivery.model_validate_json(payload))
        case "pull_request_review", "edited":
            return Unread(
                "An edited review is not read again: only what was said when it was submitted counts."
            )
        case "pull_request", "closed":
            return inbound_pulls.pull_request_closed(PullRequestDelivery.model_validate_json(payload))
        case "pull_request", "reopened":
            return inbound_pulls.reopened(PullRequestDelivery.model_validate_json(payload))
        case "pull_request", "converted_to_draft":
            return inbound_pulls.drafted(PullRequestDelivery.model_validate_json(payload))
        case "pull_request", "ready_for_review":
            return inbound_pulls.readied(PullRequestDelivery.model_validate_json(payload))
        case "pull_request", "synchronize":
            return inbound_pulls.pushed(PushDelivery.model_validate_json(payload))
        case "pull_request", "edited":
            return inbound_pulls.pull_request_edited(PullRequestEditDelivery.model_validate_json(payload))
        case ("installation", "created") | ("installation_repositories", "added"):
            return inbound_installations.installed(InstallationDelivery.model_validate_json(payload))
        case known, _ if known in EVENTS | UNASKED:
            return Unread(f"'{event}.{action}' changes nothing for a job.")
        case _:
            return Unread(f"I do not read '{event}' events.")


def _first(error: ValidationError) -> str:
    """Say the first thing that is wrong, without quoting the payload: it may hold anything."""
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(step) for step in problem["loc"])
    return f"{where}: {problem['msg']}" if where else problem["msg"]
