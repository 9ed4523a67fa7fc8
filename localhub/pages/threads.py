"""Review comments gathered into threads, as one person sees them: another's draft is not there."""

from dataclasses import dataclass

from localhub.world.people import User
from localhub.world.pulls import Pull, ReviewComment, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A comment with its replies. `line` is None when it is outdated or about the whole file."""

    root: ReviewComment
    comments: tuple[ReviewComment, ...]
    resolved_by: User | None

    @property
    def line(self) -> int | None:
        """The line it stands at now."""
        return self.root.line

    @property
    def side(self) -> Side:
        """The side of the diff its line is on."""
        return self.root.side

    @property
    def draft(self) -> bool:
        """Whether it is in a review that is not yet submitted."""
        return self.root.review.state == "PENDING"

    @property
    def place(self) -> str:
        """Where it is, in words."""
        line = self.root.line or self.root.original_line
        if line is None:
            return f"{self.root.path}, the whole file"
        return f"{self.root.path}, line {line}{', outdated' if self.root.outdated else ''}"


def of_pull(pull: Pull, reader: User) -> list[Thread]:
    """The threads of a pull request in the order they began."""
    seen = [each for each in pull.comments if each.review.state != "PENDING" or each.author is reader]
    roots = [each for each in seen if each.reply_to is None]
    return [
        Thread(
            root=root,
            comments=tuple(each for each in seen if each.root is root),
            resolved_by=pull.resolved.get(root.id),
        )
        for root in roots
    ]
