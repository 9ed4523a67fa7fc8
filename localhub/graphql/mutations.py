"""The mutations, with the permissions GitHub really asks for: resolving a thread needs contents:write too."""

from collections.abc import Callable, Iterator
from typing import Any

from localhub.auth import Actor
from localhub.errors import Refusal
from localhub.graphql import objects
from localhub.graphql.execute import Failed, Object
from localhub.hub import Hub
from localhub.operations import discussion, pulls
from localhub.permissions import allows
from localhub.scene import Scene
from localhub.world.issues import Text
from localhub.world.pulls import Pull, ReviewComment
from localhub.world.repositories import Repository

BOTH = ("contents:write", "pull_requests:write")
_CLASSIFIERS = ("ABUSE", "DUPLICATE", "LOW_QUALITY", "OFF_TOPIC", "OUTDATED", "RESOLVED", "SPAM")


class Desk:
    """Where mutations are handed in by one actor."""

    def __init__(self, hub: Hub, actor: Actor) -> None:
        self.hub = hub
        self.actor = actor

    def _reached(self) -> Iterator[Repository]:
        return (each for each in self.hub.world.repositories.values() if self.actor.reaches(each))

    def _scene(self, home: Repository, *needs: str) -> Scene:
        permissions = self.actor.permissions(home)
        if self.actor.user is None or not all(allows(permissions, need) for need in needs):
            raise Failed("FORBIDDEN", "Resource not accessible by integration")
        return Scene(self.hub, home, self.actor.user)

    def _pull(self, node_id: Any) -> tuple[Repository, Pull]:
        for home in self._reached():
            for pull in home.pulls.values():
                if pull.node_id == node_id:
                    return home, pull
        raise Failed("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")

    def _thread(self, node_id: Any) -> tuple[Repository, Pull, ReviewComment]:
        for home in self._reached():
            for pull, comment in home.review_comments():
                if comment.reply_to is None and comment.thread_node_id == node_id:
                    return home, pull, comment
        raise Failed("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")

    def _text(self, node_id: Any) -> tuple[Repository, Text]:
        for home in self._reached():
            texts: list[Text] = [each for issue in home.issues.values() for each in issue.comments]
            texts += [comment for _, comment in home.review_comments()]
            for text in texts:
                if text.node_id == node_id:
                    return home, text
        raise Failed("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")

    def mark_ready(self, given: dict[str, Any], *, draft: bool = False) -> Object:
        """`markPullRequestReadyForReview` and `convertPullRequestToDraft`."""
        home, pull = self._pull(given.get("pullRequestId"))
        pulls.set_draft(self._scene(home, *BOTH), pull, draft=draft)
        return {"pullRequest": objects.pull(self.hub, home, pull)}

    def resolve(self, given: dict[str, Any], *, resolved: bool = True) -> Object:
        """`resolveReviewThread` and `unresolveReviewThread`."""
        home, pull, root = self._thread(given.get("threadId"))
        discussion.set_resolved(self._scene(home, *BOTH), pull, root, resolved=resolved)
        return {"thread": objects.thread(self.hub, pull, root)}

    def reply(self, given: dict[str, Any]) -> Object:
        """`addPullRequestReviewThreadReply`."""
        home, pull, root = self._thread(given.get("pullRequestReviewThreadId"))
        try:
            answer = discussion.reply(
                self._scene(home, "pull_requests:write"), pull, root, given.get("body") or ""
            )
        except Refusal as refusal:
            raise Failed("UNPROCESSABLE", refusal.message) from refusal
        return {"comment": objects.review_comment(self.hub, answer)}

    def minimize(self, given: dict[str, Any]) -> Object:
        """`minimizeComment`."""
        home, text = self._text(given.get("subjectId"))
        self._scene(home, "issues:write" if text.prefix == "IC" else "pull_requests:write")
        if given.get("classifier") not in _CLASSIFIERS:
            raise Failed("UNPROCESSABLE", f"Unknown classifier {given.get('classifier')}")
        text.minimized = given["classifier"].lower().replace("_", "-")
        told = {"isMinimized": True, "minimizedReason": text.minimized}
        return {"minimizedComment": {"__typename": type(text).__name__, "id": text.node_id, **told}}

    def all(self) -> Object:
        """Type Mutation."""
        return {
            "__typename": "Mutation",
            "markPullRequestReadyForReview": _payload(self.mark_ready),
            "convertPullRequestToDraft": _payload(lambda given: self.mark_ready(given, draft=True)),
            "resolveReviewThread": _payload(self.resolve),
            "unresolveReviewThread": _payload(lambda given: self.resolve(given, resolved=False)),
            "addPullRequestReviewThreadReply": _payload(self.reply),
            "minimizeComment": _payload(self.minimize),
        }


def _payload(mutation: Callable[[dict[str, Any]], Object]) -> Callable[[dict[str, Any]], Object]:
    """A mutation takes one `input` and echoes its `clientMutationId`."""

    def perform(arguments: dict[str, Any]) -> Object:
        given = arguments.get("input") or {}
        echo = {"__typename": "Payload", "clientMutationId": given.get("clientMutationId")}
        return {**echo, **mutation(given)}

    return perform
