"""`python -m localhub.demo`: sets everything up, labels every issue at once, and tells what happens."""

import asyncio
import json
import shutil
import signal
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from localhub.demo.handoff import Handoff, HandoffError, free_port, settings
from localhub.demo.narrate import Narrator, say
from localhub.demo.review import leave_review
from localhub.demo.stage import Hub, Stage, label_all, look, set_stage
from localhub.demo.turn import LOOK_SECONDS, stay, your_turn
from localhub.demo.wishes import WishError, Wishes, wishes
from localhub.serve import running_hub

SETTLED = {"ready", "merged", "closed", "stopped", "needs you"}


async def demo(wanted: Wishes, folder: Path) -> int:
    """Run the demo in a folder; return the exit code."""
    port = free_port()
    async with running_hub(folder / "hub") as running:
        hub = Hub(running.url)
        stage = await set_stage(hub, wanted, folder, f"http://127.0.0.1:{port}/webhooks/github")
        handoff = Handoff(settings(stage, wanted, folder, port), folder / "handoff.log", port)
        try:
            return await _play(hub, handoff, stage, wanted, folder)
        finally:
            await handoff.stop()
            await hub.close()


async def _play(hub: Hub, handoff: Handoff, stage: Stage, wanted: Wishes, folder: Path) -> int:
    count = len(stage.issues) + len(stage.left)
    say(
        f"A pretend GitHub is at {stage.url}, with {stage.full_name} and {count} open issues. Open it in a browser."
    )
    if wanted.agent.startswith("scripted:"):
        say(
            "The agent is scripted: it replays changes that were written beforehand. Everything else is real."
        )
    say("Handoff is starting …")
    await handoff.start()
    say(f"Handoff is up; its log is {folder / 'handoff.log'}.")
    say(f"Ada puts the label on {len(stage.issues)} issues.\n")
    narrator = Narrator()
    began = time.monotonic()
    await label_all(hub, stage)
    until = began + wanted.seconds
    await _watch(hub, handoff, stage, narrator, until, revisions=0)
    rows = await _rows(handoff, await look(hub, stage))
    await _ask_for_changes(hub, handoff, stage, narrator, rows=rows, until=until)
    rows = await _rows(handoff, await look(hub, stage))
    finished = len(rows) == len(stage.issues) and all(row["state"] == "ready" for row in rows)
    if not finished:
        say("\nNot everything became ready. The end of the log:\n" + handoff.last_words())
    if not wanted.once:
        say(f"\n{your_turn(stage, rows, await handoff.login_link())}\n")
        await stay(hub, handoff, stage, narrator)
    say(json.dumps({"jobs": rows}))
    return 0 if finished else 1


async def _ask_for_changes(
    hub: Hub, handoff: Handoff, stage: Stage, narrator: Narrator, *, rows: list[dict[str, Any]], until: float
) -> None:
    """Ada reads the second pull request (or the only one) and asks for changes; watch until they are taken in."""
    ready = [row for row in rows if row["state"] == "ready"]
    if not ready:
        return
    number = ready[min(1, len(ready) - 1)]["pull_request"]
    count = await leave_review(hub, stage, stage.token, number)
    say(f"\nAda reads #{number} and leaves a review with {count} comments.\n")
    await _watch(hub, handoff, stage, narrator, until, revisions=1)


async def _watch(
    hub: Hub, handoff: Handoff, stage: Stage, narrator: Narrator, until: float, *, revisions: int
) -> None:
    """Tell what happens until every job has settled, with so many revisions in all, or the time is up."""
    looks = 0
    while time.monotonic() < until:
        handoff.check()
        narrator.look(await look(hub, stage))
        looks += 1
        if looks % 6 == 0:
            jobs = await handoff.jobs()
            enough = sum(job["revisions"] for job in jobs) >= revisions
            settled = len(jobs) >= len(stage.issues) and all(_state(job) in SETTLED for job in jobs)
            if enough and settled and not await handoff.undone():
                break
        await asyncio.sleep(LOOK_SECONDS)
    narrator.look(await look(hub, stage))


async def _rows(handoff: Handoff, state: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [_row(await handoff.job(job["id"]), state["pulls"]) for job in await handoff.jobs()]
    return sorted(rows, key=lambda row: row["issue"])


def _row(job: dict[str, Any], pulls: dict[str, dict[str, Any]]) -> dict[str, Any]:
    number = job["pull_request"]["number"] if job["pull_request"] else None
    pull = pulls.get(str(number), {})
    return {
        "issue": job["issue"],
        "state": _state(job),
        "pull_request": number,
        "runs": job["runs"],
        "revisions": job["revisions"],
        "review_comments": len(pull.get("review_comment_list", [])),
        "seconds": round(_at(job["changed_at"]) - _at(job["opened_at"]), 1),
    }


def _at(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()


def _state(job: dict[str, Any]) -> str:
    """Return where a job stands, in one word: what a person would say of it."""
    if job["phase"] == "in review":
        return "ready"
    if job["phase"] == "ended":
        return str(job["close"])
    waits = any(hold["until"] is None for hold in job["holds"])
    return "needs you" if waits else str(job["phase"])


def main() -> int:
    """Run the demo in a temporary folder."""
    try:
        wanted = wishes()
    except WishError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    folder = Path(tempfile.mkdtemp(prefix="handoff-demo-"))
    for asked in (signal.SIGINT, signal.SIGTERM):  # also where a shell in the background ignores the first
        signal.signal(asked, signal.default_int_handler)
    try:
        code = asyncio.run(demo(wanted, folder))
    except HandoffError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        say("\nStopped. Thank you for trying it.")
        code = 0
    if code == 0:
        shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
