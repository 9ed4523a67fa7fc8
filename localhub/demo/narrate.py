"""Tells what can be seen on GitHub while it happens. It looks at localhub only, as a person would."""

import sys
import time
from dataclasses import dataclass, field
from typing import Any


def say(text: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@dataclass(slots=True)
class Narrator:
    """Remembers what it has told, so that each thing is told once."""

    began: float = field(default_factory=time.monotonic)
    told: set[str] = field(default_factory=set)

    def look(self, state: dict[str, Any]) -> None:
        """Tell what is new in a repository's state."""
        for number, issue in _numbered(state["issues"]):
            self._issue(number, issue)
        for number, pull in _numbered(state["pulls"]):
            self._pull(number, pull)

    def _issue(self, number: int, issue: dict[str, Any]) -> None:
        for reaction in issue["reaction_list"]:
            self._tell(f"#{number} reaction {reaction['content']}", f"#{number} {issue['title']}: 👀 seen")
        for comment in issue["comment_list"]:
            first = comment["body"].strip().splitlines()[0]
            self._tell(f"#{number} {first}", f"#{number} {first}")

    def _pull(self, number: int, pull: dict[str, Any]) -> None:
        self._tell(f"pull {number}", f"#{number} pull request opened as a draft: {pull['title']}")
        # GitHub wraps every reply into an empty review, which nobody would read out.
        for review in (review for review in pull["reviews"] if review["body"].strip()):
            first = review["body"].strip().splitlines()[0]
            count = sum(1 for c in pull["review_comment_list"] if c["pull_request_review_id"] == review["id"])
            beside = f" ({count} beside the code)" if count else ""
            self._tell(f"pull {number} review {review['id']}", f"#{number} reviewed: {first}{beside}")
        for comment in pull["review_comment_list"]:
            if comment.get("in_reply_to_id"):
                first = comment["body"].strip().splitlines()[0]
                self._tell(f"pull {number} reply {comment['id']}", f"#{number} in a thread: {first}")
        for comment in pull["comment_list"]:
            first = comment["body"].strip().splitlines()[0]
            self._tell(f"pull {number} comment {comment['id']}", f"#{number} {first}")
        if not pull["draft"]:
            self._tell(f"pull {number} ready", f"#{number} is ready for review")

    def _tell(self, key: str, text: str) -> None:
        if key not in self.told:
            self.told.add(key)
            say(f"{time.monotonic() - self.began:6.1f} s  {text}")


def _numbered(things: Any) -> list[tuple[int, dict[str, Any]]]:
    found = things.values() if isinstance(things, dict) else things
    return sorted(((int(thing["number"]), thing) for thing in found), key=lambda pair: pair[0])
