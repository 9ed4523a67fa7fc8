"""What a push does to reviews already given, and what a merge closes.

GitHub moves a comment along with its line, makes it outdated when the line changed or left the diff, and
after a rewrite of history re-points old reviews to the new head.
"""

import re

from localhub.git.move import moved_line
from localhub.hub import Hub
from localhub.world.pulls import Pull, ReviewComment
from localhub.world.repositories import Repository

_CLOSING = re.compile(r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)", re.IGNORECASE)


def closing_numbers(body: str) -> list[int]:
    """The issues a text closes by GitHub's keywords."""
    return [int(number) for number in _CLOSING.findall(body)]


def move_reviews(pull: Pull, *, rewritten: bool) -> None:
    """After a force push every review says that it was of the new head."""
    if rewritten:
        for review in pull.reviews:
            review.commit_id = pull.head_sha


def move_comments(hub: Hub, home: Repository, pull: Pull, old_head: str) -> None:
    """Carry the comments over from the old head to the present one."""
    for comment in pull.comments:
        if not comment.outdated:
            _move(hub, home, pull, comment, old_head)


def _move(hub: Hub, home: Repository, pull: Pull, comment: ReviewComment, old_head: str) -> None:
    file = hub.diff(home, pull).file(comment.path)
    if comment.subject_type == "file" and file is not None:
        comment.commit_id = pull.head_sha
        return
    line = None if file is None else _new_number(hub, home, pull, comment, old_head)
    found = None if file is None or line is None else file.locate(comment.side, line)
    if line is None or found is None:
        comment.outdated = True
        comment.line = comment.start_line = comment.position = None
        return
    if comment.start_line is not None and comment.line is not None:
        comment.start_line += line - comment.line
    comment.line, comment.position, comment.commit_id = line, found[1].position, pull.head_sha


def _new_number(hub: Hub, home: Repository, pull: Pull, comment: ReviewComment, old_head: str) -> int | None:
    if comment.line is None:
        return None
    if comment.side == "RIGHT":
        return moved_line(hub.bare(home), old_head, pull.head_sha, comment.path, comment.line)
    before, after = hub.merge_base(home, pull, old_head), hub.merge_base(home, pull)
    return moved_line(hub.bare(home), before, after, comment.path, comment.line)
