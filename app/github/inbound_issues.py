"""From deliveries about issues and comments to facts. Which delivery becomes which fact is said in `inbound.py`."""

from app.domain.checkboxes import ticked_between
from app.domain.facts import (
    BoxTicked,
    CommentWritten,
    IssueClosed,
    IssueLabeled,
    IssueRemoved,
    IssueUnlabeled,
    Unread,
)
from app.github.acts import act_key
from app.github.payloads import (
    GHOST,
    CommentDelivery,
    CommentEditDelivery,
    Delivery,
    Issue,
    IssueDelivery,
    IssueLabelDelivery,
    PullRequest,
)


def labeled(
    delivery: Delivery, issue: Issue | PullRequest, label: str, is_pull_request: bool
) -> IssueLabeled:
    """A label was put on, with the text as it was at that moment."""
    return IssueLabeled(
        act_key=act_key("labeled", delivery.repository.id, issue.number, issue.updated_at, label),
        repository=delivery.home(),
        number=issue.number,
        by=delivery.sender.actor(),
        at=issue.updated_at,
        label=label,
        title=issue.title,
        body=issue.body or "",
        author=(issue.user or GHOST).actor(),
        is_pull_request=is_pull_request,
    )


def unlabeled(delivery: IssueLabelDelivery) -> IssueUnlabeled:
    """A label was taken off."""
    issue, label = delivery.issue, delivery.label.name
    return IssueUnlabeled(
        act_key=act_key("unlabeled", delivery.repository.id, issue.number, issue.updated_at, label),
        repository=delivery.home(),
        number=issue.number,
        by=delivery.sender.actor(),
        at=issue.updated_at,
        label=label,
    )


def closed(delivery: IssueDelivery) -> IssueClosed:
    """An issue was closed."""
    issue = delivery.issue
    at = issue.closed_at or issue.updated_at
    return IssueClosed(
        act_key=act_key("closed", delivery.repository.id, issue.number, at),
        repository=delivery.home(),
        number=issue.number,
        by=delivery.sender.actor(),
        at=at,
    )


def removed(delivery: IssueDelivery, *, how: str) -> IssueRemoved:
    """An issue was deleted or transferred."""
    issue = delivery.issue
    return IssueRemoved(
        act_key=f"{how}:{delivery.repository.id}:{issue.number}",
        repository=delivery.home(),
        number=issue.number,
        by=delivery.sender.actor(),
        at=issue.updated_at,
        how=how,
    )


def commented(delivery: CommentDelivery) -> CommentWritten:
    """Something was said."""
    comment = delivery.comment
    return CommentWritten(
        act_key=f"comment:{comment.id}",
        repository=delivery.home(),
        number=delivery.issue.number,
        by=delivery.sender.actor(),
        at=comment.created_at,
        comment_id=comment.id,
        body=comment.body,
        on_pull_request=delivery.issue.pull_request is not None,
    )


def comment_edited(delivery: CommentEditDelivery) -> BoxTicked | Unread:
    """An edit says something in one case only: a person ticked one box in a bot's comment, and changed nothing else."""
    comment, author = delivery.comment, (delivery.comment.user or GHOST).actor()
    if not author.is_bot:
        return Unread("An edited comment is not read again: only new comments count.")
    if delivery.sender.actor().is_bot:
        return Unread(f"@{author.login}'s comment was edited by a bot, and only people tick boxes.")
    box = ticked_between(delivery.changes.body.text, comment.body)
    if box is None:
        return Unread(f"@{author.login}'s comment was edited otherwise than by ticking one of its boxes.")
    return BoxTicked(
        act_key=f"box:{comment.id}:{box}:{int(comment.updated_at.timestamp())}",
        repository=delivery.home(),
        number=delivery.issue.number,
        by=delivery.sender.actor(),
        at=comment.updated_at,
        comment_id=comment.id,
        comment_author=author,
        box=box,
        on_pull_request=delivery.issue.pull_request is not None,
    )
