"""The whole world as one JSON document, for assertions. Holds no secret and no token."""

from typing import Any

from localhub import present
from localhub.control.stage import describe_app
from localhub.hub import Hub
from localhub.world.issues import Issue
from localhub.world.pulls import Pull
from localhub.world.repositories import Repository


def describe(hub: Hub, only: str | None) -> dict[str, Any]:
    """Everything, or one repository (`owner/name`) of it."""
    chosen = [each for each in hub.world.repositories.values() if only in (None, each.full_name)]
    return {
        "url": hub.url,
        "users": [present.user(hub, each) for each in hub.world.users.values()],
        "apps": [
            {**describe_app(app), "deliveries": [present.delivery_item(each) for each in app.deliveries]}
            for app in hub.world.apps.values()
        ],
        "installations": [present.installation(hub, each) for each in hub.world.installations.values()],
        "repositories": {each.full_name: _repository(hub, each) for each in chosen},
        "faults": [rule.model_dump() for rule in hub.faults.rules],
        "holds": [hold.describe() for hold in hub.holds.holds.values()],
    }


def _repository(hub: Hub, home: Repository) -> dict[str, Any]:
    return {
        "id": home.id,
        "full_name": home.full_name,
        "private": home.private,
        "default_branch": home.default_branch,
        "path": str(home.path),
        "collaborators": {login: role.role_name for login, role in home.collaborators.items()},
        "refs": home.refs,
        "issues": {str(n): _issue(hub, home, each) for n, each in home.issues.items() if not each.is_pull},
        "pulls": {str(number): _pull(hub, home, each) for number, each in home.pulls.items()},
        "check_runs": [
            {**present.check_run(hub, home, run), "annotations": run.annotations, "actions": run.actions}
            for run in home.checks
        ],
    }


def _issue(hub: Hub, home: Repository, issue: Issue) -> dict[str, Any]:
    return {
        **present.issue(hub, home, issue),
        "reaction_list": [{"user": each.user.login, "content": each.content} for each in issue.reactions],
        "comment_list": [_comment(hub, home, issue, index) for index in range(len(issue.comments))],
        "events": [present.issue_event(hub, home, event) for event in issue.events],
    }


def _comment(hub: Hub, home: Repository, issue: Issue, index: int) -> dict[str, Any]:
    comment = issue.comments[index]
    reactions = [{"user": each.user.login, "content": each.content} for each in comment.reactions]
    shape = present.comment(hub, home, issue, comment)
    return {**shape, "reaction_list": reactions, "minimized": comment.minimized, "edits": len(comment.edits)}


def _pull(hub: Hub, home: Repository, pull: Pull) -> dict[str, Any]:
    comments = [
        {
            **present.review_comment(hub, home, pull, each),
            "thread_id": each.thread_node_id,
            "resolved_by": pull.resolved[each.root.id].login if each.root.id in pull.resolved else None,
            "outdated": each.outdated,
            "reaction_list": [{"user": r.user.login, "content": r.content} for r in each.reactions],
        }
        for each in pull.comments
    ]
    return {
        **_issue(hub, home, pull.issue),
        **present.pull(hub, home, pull),
        "reviews": [present.review(hub, home, pull, each) for each in pull.reviews],
        "review_comment_list": comments,
    }
