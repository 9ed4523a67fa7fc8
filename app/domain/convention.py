"""How a repository words its commits, read off its newest subjects. Pure; it rewrites nobody's words but ours."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

SUBJECTS_MIN = 5
"""Fewer tell a habit no better than chance."""
SHARE_MIN = 0.6

_CONVENTIONAL = re.compile(
    r"(?:build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test)(?:\([^)\s]{1,40}\))?!?: \S"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """The habit: Conventional Commits (https://www.conventionalcommits.org, 1.0.0), or none that we know."""

    conventional: bool = False

    def subject(self, text: str, kind: str = "fix") -> str:
        """Return a subject of our own in this repository's form; one that has the form already stays as it is."""
        if not self.conventional or _CONVENTIONAL.match(text):
            return text
        return f"{kind}: {text[:1].lower()}{text[1:]}"


def convention_of(subjects: Sequence[str]) -> Convention:
    """Return what the newest subjects have in common; merges say nothing about it."""
    own = [subject for subject in subjects if not subject.startswith(("Merge ", "Revert "))]
    if len(own) < SUBJECTS_MIN:
        return Convention()
    conventional = sum(1 for subject in own if _CONVENTIONAL.match(subject))
    return Convention(conventional=conventional / len(own) >= SHARE_MIN)
