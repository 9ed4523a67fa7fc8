"""What happened on an issue or a pull request, in its order: comments, reviews, commits, and small events."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from localhub.git.bare import Commit
from localhub.hub import Hub
from localhub.pages.threads import Thread
from localhub.present.commits import account_of
from localhub.world.issues import Issue, IssueEvent, Text
from localhub.world.people import User
from localhub.world.pulls import Pull, Review
from localhub.world.repositories import Repository

Kind = Literal["comment", "event", "review", "commit"]
EMOJI = {
    "+1": "👍", "-1": "👎", "laugh": "😄", "confused": "😕", "heart": "❤️", "hooray": "🎉", "rocket": "🚀", "eyes": "👀",
}  # fmt: skip
_PLAIN = {
    "closed": "closed this",
    "reopened": "opened this again",
    "merged": "merged this",
    "ready_for_review": "marked this as ready for review",
    "convert_to_draft": "made this a draft again",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a timeline. `order` decides among what happened within one second."""

    kind: Kind
    at: datetime
    order: float
    by: User | None
    thing: Any
    words: str = ""
    threads: tuple[Thread, ...] = ()


def of_issue(issue: Issue) -> list[Entry]:
    """The timeline of an issue, oldest first."""
    entries = [
        Entry(kind="comment", at=each.created_at, order=each.visible_from, by=each.author, thing=each)
        for each in issue.comments
    ]
    entries += [_event(each) for each in issue.events if not _said_elsewhere(issue, each)]
    return sorted(entries, key=lambda entry: (entry.at, entry.order))


def _said_elsewhere(issue: Issue, event: IssueEvent) -> bool:
    """A merge closes a pull request too, and says so once."""
    return event.event == "closed" and any(each.event == "merged" for each in issue.events)


def _event(event: IssueEvent) -> Entry:
    return Entry(
        kind="event", at=event.created_at, order=event.visible_from, by=event.actor, thing=event, words=words(event)
    )  # fmt: skip


def words(event: IssueEvent) -> str:
    """What somebody did, to follow their name."""
    detail = event.detail
    match event.event:
        case "labeled":
            return "added the label"
        case "unlabeled":
            return "removed the label"
        case "renamed":
            return f"changed the title from “{detail['rename']['from']}” to “{detail['rename']['to']}”"
        case "review_requested":
            return f"asked {detail['requested_reviewer']['login']} for a review"
        case "review_dismissed":
            return f"dismissed a review: {detail['dismissed_review']['dismissal_message']}"
        case name:
            return _PLAIN.get(name, name.replace("_", " "))


def of_pull(hub: Hub, home: Repository, pull: Pull, threads: list[Thread]) -> list[Entry]:
    """The timeline of a pull request; reviews carry the threads they began."""
    entries = of_issue(pull.issue)
    entries += [_commit(hub, each, index) for index, each in enumerate(hub.commits(home, pull))]
    for review in pull.reviews:
        begun = tuple(thread for thread in threads if thread.root.review is review)
        if review.submitted_at is not None and (review.body.strip() or begun or review.state != "COMMENTED"):
            entries.append(_review(review, begun))
    return sorted(entries, key=lambda entry: (entry.at, entry.order))


def _commit(hub: Hub, commit: Commit, index: int) -> Entry:
    by = account_of(hub, commit.author_email)
    return Entry(kind="commit", at=commit.committer_date, order=index / 1000, by=by, thing=commit)


def _review(review: Review, threads: tuple[Thread, ...]) -> Entry:
    said = {
        "APPROVED": "approved these changes",
        "CHANGES_REQUESTED": "asked for changes",
        "DISMISSED": "left a review that was dismissed",
    }
    assert review.submitted_at is not None
    return Entry(
        kind="review", at=review.submitted_at, order=review.visible_from, by=review.author, thing=review,
        words=said.get(review.state, "reviewed"), threads=threads,
    )  # fmt: skip


def reactions(text: Text) -> list[tuple[str, int, str]]:
    """Emoji, count and logins of the reactions on a text."""
    counts = Counter(each.content for each in text.reactions)
    return [
        (EMOJI[name], count, ", ".join(each.user.login for each in text.reactions if each.content == name))
        for name, count in counts.items()
    ]
