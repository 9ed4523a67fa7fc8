"""Ada reads one of the pull requests and leaves a review with three comments, as a person would in the browser."""

import re
from typing import Any

from localhub.demo.stage import PERSON, Hub, Stage

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)")

WISHES = (
    (
        "writer.writerow([name",
        "Please mend what the review found: nobody should run a formula by opening this.",
    ),
    ("lineterminator", "Why not the usual line ends of CSV?"),
    ("--format", "Should CSV be the default, now that we have it?"),
)
"""What Ada says, and the line she says it beside; on other lines when an agent wrote other ones."""


async def leave_review(hub: Hub, stage: Stage, token: str, number: int) -> int:
    """Submit one review with up to three comments on a pull request; return how many there are."""
    lines = await _added_lines(hub, stage, token, number)
    comments = []
    for word, wish in WISHES:
        place = next((line for line in lines if word in line[2]), next(iter(lines), None))
        if place is not None:
            lines.remove(place)
            comments.append({"path": place[0], "line": place[1], "side": "RIGHT", "body": wish})
    act = {
        "by": PERSON,
        "do": "review",
        "repository": stage.full_name,
        "number": number,
        "state": "COMMENT",
    }
    await hub.post("/_hub/act", {**act, "body": "", "comments": comments})
    return len(comments)


async def _added_lines(hub: Hub, stage: Stage, token: str, number: int) -> list[tuple[str, int, str]]:
    """The lines that the pull request adds: path, number and text, code before tests and words."""
    path = f"/repos/{stage.full_name}/pulls/{number}/files"
    files: list[dict[str, Any]] = await hub.get(path, token=token)
    found = [(f["filename"], line, text) for f in files for line, text in _added(f.get("patch") or "")]
    return sorted(
        (line for line in found if line[2].strip()),
        key=lambda line: "test" in line[0] or line[0].endswith(".md"),
    )


def _added(patch: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    number = 0
    for line in patch.split("\n"):
        if match := _HUNK.match(line):
            number = int(match[1])
        elif line.startswith("+"):
            found.append((number, line[1:]))
            number += 1
        elif not line.startswith("-"):
            number += 1
    return found
