"""The second half of the demo: the person at the screen takes over, in a browser, and the terminal tells what comes of it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from localhub.demo.handoff import Handoff
from localhub.demo.narrate import Narrator
from localhub.demo.stage import LABEL, PERSON, Hub, Stage, look

LOOK_SECONDS = 0.5


def your_turn(stage: Stage, rows: Sequence[dict[str, Any]], desk: str) -> str:
    """What to try next, with the links. `rows` are the jobs: `issue`, `state`, `pull_request`, `revisions`.

    `desk` is the link that lets a browser in to Handoff's own pages.
    """
    home = f"{stage.url}/{stage.full_name}"
    lines = ["Everything stays up, and now it is your turn. In a browser:", ""]
    lines += [f"  Everything there is   {stage.url}/", f"  The repository        {home}", ""]
    lines += [
        f"  Hand over an issue    {_issue_link(home, stage)}",
        f"                        Press “+ {LABEL}” there.",
    ]
    ready = [row for row in rows if row["state"] == "ready"]
    if ready:
        number = min(ready, key=lambda row: row["revisions"])["pull_request"]
        lines += [
            f"  Read a pull request   {home}/pull/{number}",
            f"  Review it             {home}/pull/{number}/files",
            "                        Press + beside a line or two, then “Submit review”, and watch it being revised.",
        ]
    lines += [
        "",
        f"  See Handoff's desk    {desk}",
        "                        What needs you, what it is at, and why. The link works once, within ten minutes.",
        "",
        f"You are {PERSON} there; the menu at the top makes you somebody else. Press Ctrl-C here to end.",
    ]
    return "\n".join(lines)


def _issue_link(home: str, stage: Stage) -> str:
    """An issue that nobody has handed over yet, else the form for a new one."""
    return f"{home}/issues/{stage.left[0]}" if stage.left else f"{home}/issues/new"


async def stay(hub: Hub, handoff: Handoff, stage: Stage, narrator: Narrator) -> None:
    """Tell what happens from now on, until somebody presses Ctrl-C.

    Raises:
        HandoffError: Handoff has ended by itself.
    """
    while True:
        handoff.check()
        narrator.look(await look(hub, stage))
        await asyncio.sleep(LOOK_SECONDS)
