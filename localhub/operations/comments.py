"""Comments on issues and pull requests, and reactions."""

from collections.abc import Mapping

from localhub import clock, present
from localhub.errors import invalid
from localhub.hub import Hub
from localhub.operations.limits import check_body
from localhub.scene import Scene
from localhub.webhooks.emit import emit
from localhub.world.issues import Comment, Issue, Reaction, Text
from localhub.world.people import User
from localhub.world.repositories import Repository


def create(scene: Scene, issue: Issue, body: str) -> Comment:
    """Say something; an empty text is refused."""
    if not body.strip():
        raise invalid("IssueComment", "body", "unprocessable", "Body cannot be blank")
    check_body("IssueComment", body)
    comment = Comment(id=scene.hub.world.next_id("comment"), author=scene.by, body=body)
    issue.comments.append(comment)
    issue.updated_at = clock.now()
    _announce(scene, issue, comment, "created")
    return comment


def edit(scene: Scene, issue: Issue, comment: Comment, body: str) -> None:
    """Rewrite a comment."""
    check_body("IssueComment", body)
    before = comment.rewrite(body, scene.by)
    changes = {"body": {"from": before}}
    shape = present.comment(scene.hub, scene.home, issue, comment)
    issue_shape = present.issue(scene.hub, scene.home, issue)
    emit(scene, "issue_comment", "edited", issue=issue_shape, comment=shape, changes=changes)


def delete(scene: Scene, issue: Issue, comment: Comment) -> None:
    """Remove a comment."""
    issue.comments.remove(comment)
    _announce(scene, issue, comment, "deleted")


def _announce(scene: Scene, issue: Issue, comment: Comment, action: str) -> None:
    shape = present.comment(scene.hub, scene.home, issue, comment)
    emit(scene, "issue_comment", action, issue=present.issue(scene.hub, scene.home, issue), comment=shape)


def react(hub: Hub, by: User, text: Text, content: str) -> tuple[Reaction, bool]:
    """Leave an emoji; whether it is new. The same one twice is one."""
    if content not in present.issues.REACTIONS:
        raise invalid("Reaction", "content", "invalid")
    for reaction in text.reactions:
        if reaction.user is by and reaction.content == content:
            return reaction, False
    reaction = Reaction(id=hub.world.next_id("reaction"), user=by, content=content)
    text.reactions.append(reaction)
    return reaction, True


def find_parent(home: Repository, parameters: Mapping[str, str]) -> Issue | None:
    """The issue that a path names by its `number` or by one of its comments, if there is one."""
    if "number" in parameters:
        return home.issues.get(int(parameters["number"]))
    found = home.find_comment(int(parameters["comment"]))
    return None if found is None else found[0]
