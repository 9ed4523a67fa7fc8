"""Repositories, issues, pull requests, threads and comments as GraphQL tells them."""

from collections.abc import Iterator
from typing import Any

from localhub.clock import iso, iso_or_none
from localhub.graphql.execute import Failed, Object, connection
from localhub.hub import Hub
from localhub.world.issues import Comment, Issue, Text
from localhub.world.people import User
from localhub.world.pulls import Pull, Review, ReviewComment
from localhub.world.repositories import Repository


def repository(hub: Hub, home: Repository) -> Object:
    """Type Repository."""
    return {
        "__typename": "Repository",
        "id": home.node_id,
        "databaseId": home.id,
        "name": home.name,
        "nameWithOwner": home.full_name,
        "isPrivate": home.private,
        "owner": actor(home.owner),
        "pullRequest": lambda given: pull(hub, home, _numbered(home.pulls, given, "PullRequest")),
        "issue": lambda given: issue(hub, home, _plain_issue(home, given)),
        "issueOrPullRequest": lambda given: issue_or_pull(hub, home, _numbered(home.issues, given, "Issue")),
    }


def _numbered(known: dict[int, Any], given: dict[str, Any], name: str) -> Any:
    if given.get("number") not in known:
        raise Failed("NOT_FOUND", f"Could not resolve to {name} with the number of {given.get('number')}.")
    return known[given["number"]]


def _plain_issue(home: Repository, given: dict[str, Any]) -> Issue:
    found: Issue = _numbered(
        {n: each for n, each in home.issues.items() if not each.is_pull}, given, "an Issue"
    )
    return found


def actor(user: User) -> Object:
    """Type Actor: a bot's login comes without `[bot]`, as in GraphQL."""
    return {
        "__typename": user.type,
        "__interfaces": ("Actor",),
        "login": user.login.removesuffix("[bot]"),
        "id": user.node_id,
        "databaseId": user.id,
    }


def _text(text: Text) -> dict[str, Any]:
    edits = [
        {"__typename": "UserContentEdit", "editedAt": iso(when), "createdAt": iso(when), "editor": actor(who)}
        for when, who in reversed(text.edits)
    ]
    return {
        "id": text.node_id,
        "databaseId": text.id,
        "fullDatabaseId": str(text.id),
        "body": text.body,
        "author": actor(text.author),
        "createdAt": iso(text.created_at),
        "updatedAt": iso(text.updated_at),
        "lastEditedAt": iso(text.edits[-1][0]) if text.edits else None,
        "editor": actor(text.edits[-1][1]) if text.edits else None,
        "includesCreatedEdit": bool(text.edits),
        "isMinimized": text.minimized is not None,
        "minimizedReason": text.minimized,
        "userContentEdits": connection("UserContentEdit", edits),
    }


def issue_comment(it: Comment) -> Object:
    """Type IssueComment."""
    return {**_text(it), "__typename": "IssueComment", "__interfaces": ("Node", "Comment")}


def issue(hub: Hub, home: Repository, it: Issue) -> Object:
    """Type Issue."""
    comments = [issue_comment(each) for each in it.comments]
    labels = [{"__typename": "Label", "name": each.name, "id": each.node_id} for each in it.labels]
    return {
        **_text(it),
        "__typename": "Issue",
        "__interfaces": ("Comment",),
        "number": it.number,
        "title": it.title,
        "state": "OPEN" if it.open else "CLOSED",
        "closedAt": iso_or_none(it.closed_at),
        "url": f"{hub.url}/{home.full_name}/issues/{it.number}",
        "labels": connection("Label", labels),
        "comments": connection("IssueComment", comments),
    }


def issue_or_pull(hub: Hub, home: Repository, it: Issue) -> Object:
    """Type Issue or PullRequest."""
    return pull(hub, home, home.pulls[it.number]) if it.is_pull else issue(hub, home, it)


def pull(hub: Hub, home: Repository, it: Pull) -> Object:
    """Type PullRequest."""
    state = "MERGED" if it.merged_at else "OPEN" if it.issue.open else "CLOSED"
    return {
        **issue(hub, home, it.issue),
        "__typename": "PullRequest",
        "id": it.node_id,
        "databaseId": it.id,
        "state": state,
        "isDraft": it.draft,
        "merged": it.merged_at is not None,
        "headRefName": it.head_ref,
        "headRefOid": it.head_sha,
        "baseRefName": it.base_ref,
        "baseRefOid": it.base_sha,
        "url": f"{hub.url}/{home.full_name}/pull/{it.number}",
        "reviewThreads": connection("PullRequestReviewThread", list(threads(hub, it))),
        "reviews": connection(
            "PullRequestReview", [review(each) for each in it.reviews if each.submitted_at]
        ),
    }


def review(it: Review) -> Object:
    """Type PullRequestReview."""
    return {
        "__typename": "PullRequestReview",
        "__interfaces": ("Comment",),
        "id": it.node_id,
        "databaseId": it.id,
        "fullDatabaseId": str(it.id),
        "state": it.state,
        "body": it.body,
        "author": actor(it.author),
        "submittedAt": iso_or_none(it.submitted_at),
        "lastEditedAt": iso(it.edits[-1][0]) if it.edits else None,
        "editor": actor(it.edits[-1][1]) if it.edits else None,
        "commit": {"__typename": "Commit", "oid": it.commit_id},
    }


def threads(hub: Hub, it: Pull) -> Iterator[Object]:
    """The threads of a pull request, oldest first; drafts are not shown."""
    for comment in it.comments:
        if comment.reply_to is None and comment.review.submitted_at:
            yield thread(hub, it, comment)


def thread(hub: Hub, pull_request: Pull, root: ReviewComment) -> Object:
    """Type PullRequestReviewThread."""
    members = [each for each in pull_request.comments if each.root is root]
    resolver = pull_request.resolved.get(root.id)
    return {
        "__typename": "PullRequestReviewThread",
        "id": root.thread_node_id,
        "isResolved": resolver is not None,
        "resolvedBy": None if resolver is None else actor(resolver),
        "isOutdated": root.outdated,
        "isCollapsed": resolver is not None or root.outdated,
        "path": root.path,
        "line": root.line,
        "startLine": root.start_line,
        "originalLine": root.original_line,
        "originalStartLine": root.original_start_line,
        "diffSide": root.side,
        "startDiffSide": root.start_side,
        "subjectType": root.subject_type.upper(),
        "viewerCanResolve": True,
        "viewerCanUnresolve": True,
        "viewerCanReply": True,
        "comments": connection("PullRequestReviewComment", [review_comment(hub, each) for each in members]),
    }


def review_comment(_hub: Hub, it: ReviewComment) -> Object:
    """Type PullRequestReviewComment."""
    reply_to = it.reply_to
    return {
        **_text(it),
        "__typename": "PullRequestReviewComment",
        "path": it.path,
        "line": it.line,
        "originalLine": it.original_line,
        "diffHunk": it.diff_hunk,
        "outdated": it.outdated,
        "pullRequestReview": review(it.review),
        "replyTo": reply_to
        and {"__typename": "PullRequestReviewComment", "id": reply_to.node_id, "databaseId": reply_to.id},
        "commit": {"__typename": "Commit", "oid": it.commit_id},
        "originalCommit": {"__typename": "Commit", "oid": it.original_commit_id},
    }
