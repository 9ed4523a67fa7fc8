"""How the repository wants things done, as a part of a brief: its guide, its template, its way to word a commit.

It comes from the base branch, so only people who may write there have put it there. It is quoted, never obeyed as
a brief: where it contradicts the brief, the brief counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.convention import Convention, convention_of
from workers.agents.brief import fenced

GUIDE_CHARACTERS_MAX = 12_000
TEMPLATE_CHARACTERS_MAX = 4_000
SUBJECTS_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseStyle:
    """What was found on the base branch; `guide` and `template` are (path, text), `subjects` the newest first.

    `left_out` says what of the repository is not in the checkout, a sentence each.
    """

    guide: tuple[str, str] | None = None
    template: tuple[str, str] | None = None
    subjects: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def convention(self) -> Convention:
        """The habit that its commit subjects show."""
        return convention_of(self.subjects)


def shown(style: HouseStyle) -> str:
    """Return the part of the brief, empty when the repository says nothing about it."""
    parts = [
        *_quoted("What it asks of contributors", style.guide, GUIDE_CHARACTERS_MAX),
        *_quoted(
            "Its template for pull requests, whose questions your description answers",
            style.template,
            TEMPLATE_CHARACTERS_MAX,
        ),
        *_subjects(style),
        *_left_out(style),
    ]
    return "\n\n".join(["## How this repository does things", *parts]) if parts else ""


def _quoted(what: str, file: tuple[str, str] | None, limit: int) -> Sequence[str]:
    if file is None or not file[1].strip():
        return ()
    path, text = file
    cut = "" if len(text) <= limit else f" (its first {limit:,} characters; read the file for the rest)"
    return (f"{what}, from `{path}`{cut}:\n\n{fenced(text[:limit])}",)


def _subjects(style: HouseStyle) -> Sequence[str]:
    if not style.subjects:
        return ()
    form = (
        "They follow Conventional Commits, and so does your `title`"
        if style.convention.conventional
        else "Word your `title` like them"
    )
    return (f"Its newest commits. {form}.\n\n{fenced(chr(10).join(style.subjects[:SUBJECTS_SHOWN]))}",)


def _left_out(style: HouseStyle) -> Sequence[str]:
    if not style.left_out:
        return ()
    listed = fenced(chr(10).join(style.left_out))
    return (f"Not all of the repository is here, and what is missing must stay as it is:\n\n{listed}",)
