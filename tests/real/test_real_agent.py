"""The main story with a real coding agent, Claude Code, as author and as reviewer; only its model is scripted."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from app.domain.holds import HoldKind
from app.domain.job import Phase
from localhub.model_server.server import ModelServer
from tests.world.repository import TESTS, git
from tests.world.scripts import DONE
from tests.world.setting import Story
from workers.agents.claude import NO_KEY

RANGE = '    if not 0 <= int(rest) < 60:\n        raise ValueError(f"{rest} are no minutes")\n'
REFUSES = """
    def test_sixty_minutes_are_an_hour_more(self):
        with self.assertRaises(ValueError):
            minutes("1:60")
"""
WORK = (
    {"do": "say", "text": "Let me look at what there is."},
    {"do": "read", "path": "clock.py"},
    {"do": "read", "path": "test_clock.py"},
    {
        "do": "replace",
        "path": "test_clock.py",
        "old": TESTS.splitlines()[-1],
        "new": TESTS.splitlines()[-1] + "\n" + REFUSES.rstrip(),
    },
    {"do": "run", "command": "python3 -m unittest -q"},
    {
        "do": "replace",
        "path": "clock.py",
        "old": "    return int(hours)",
        "new": RANGE + "    return int(hours)",
    },
    {"do": "run", "command": "python3 -m unittest -q"},
)
OUTCOME = {"do": "outcome", "outcome": {**DONE, "title": "Refuse minutes that no clock shows"}}
FINDING = {
    "path": "clock.py",
    "line": 7,
    "severity": "high",
    "title": "Seconds are lost without a word",
    "body": "`minutes('1:30:10')` fails with *too many values to unpack*, which says nothing. I ran it.",
    "category": "correctness",
    "evidence": "executed",
}
REVIEW = (
    {"do": "read", "path": "clock.py"},
    {"do": "run", "command": "python3 -c \"import clock; clock.minutes('1:30:10')\""},
    {
        "do": "outcome",
        "outcome": {"ending": "succeeded", "summary": "One input fails.", "findings": [FINDING]},
    },
    {"do": "say", "text": "I have left my review."},
)


def script(name: str, kind: str, *steps: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, "steps": steps, **rest}


@pytest.fixture
def model() -> Iterator[ModelServer]:
    """The model server, which knows how to do the work and the review; a test may teach it otherwise."""
    scripts = [script("work", "implement", *WORK, OUTCOME), script("review", "review", *REVIEW)]
    with ModelServer(scripts) as server:
        yield server


@pytest.fixture
async def story(
    claude_program: Path,
    model: ModelServer,
    story_with: Callable[..., AbstractAsyncContextManager[Story]],
) -> AsyncIterator[Story]:
    agent = f"claude:{claude_program}"
    async with story_with(agent=agent, reviewer=agent, model_url=model.url, cage="auto") as told:
        yield told


async def test_claude_code_writes_and_reviews_a_change(story: Story, model: ModelServer) -> None:
    number = await story.hand_over("Refuse 1:60", "`minutes('1:60')` is 120. It should be refused.")

    job = await story.until_phase(number, Phase.IN_REVIEW)

    pull = await story.pull_of(job)
    assert (pull["title"], pull["draft"]) == ("Refuse minutes that no clock shows", False)
    assert [(check.name, check.passed, check.summary) for check in job.work.checks or ()] == [
        ("tests", True, "2 passed")
    ]
    changed = git(Path((await story.state())["path"]), "diff", "--numstat", f"main...{job.work.branch}")
    assert changed.splitlines() == ["2\t0\tclock.py", "4\t0\ttest_clock.py"]
    [review] = pull["reviews"]
    assert (review["state"], review["user"]["login"]) == ("COMMENTED", "handoff[bot]")
    [comment] = pull["review_comment_list"]
    assert (comment["path"], comment["line"], comment["commit_id"]) == ("clock.py", 7, job.work.head_sha)
    assert "**Seconds are lost without a word** (high, executed)" in comment["body"]
    [check] = (await story.state())["check_runs"]
    assert (check["status"], check["conclusion"], check["external_id"]) == ("completed", "neutral", job.id)
    assert job.runs == 4
    assert job.work.cost_dollars
    assert "none" not in job.work.cages
    assert {asked.key for asked in model.log} == {NO_KEY}
    assert {asked.script for asked in model.log if asked.tools} == {"work", "review"}


async def test_an_outcome_that_was_forgotten_is_mended_in_the_same_conversation(
    story: Story, model: ModelServer, tmp_path: Path
) -> None:
    """What the binary itself printed is kept, so nobody has to take our word for it."""
    model.scripts = [
        script("work", "implement", *WORK),
        script("mend", "", OUTCOME, about=["was not accepted"]),
        script("review", "review", *REVIEW),
    ]
    number = await story.hand_over()

    job = await story.until_phase(number, Phase.IN_REVIEW)

    assert job.runs == 4
    [written, *_] = await story.ledger.runs(job.id)
    printed = (tmp_path / "data" / "runs" / written.id / "events.jsonl").read_text()
    lines = [json.loads(line) for line in printed.splitlines()]
    assert [line["subtype"] for line in lines if "subtype" in line] == ["init", "success"] * 2
    assert len({line["session_id"] for line in lines}) == 1
    assert lines[-1]["permission_denials"] == []
    assert ("FAILED (failures=1)" in printed, "Ran 2 tests" in printed) == (True, True)
    assert list(dict.fromkeys(asked.script for asked in model.log if asked.tools)) == [
        "work",
        "mend",
        "review",
    ]


async def test_a_key_that_the_provider_refuses_is_a_persons_to_mend(story: Story, model: ModelServer) -> None:
    refused = {"do": "fault", "status": 401, "times": 99}
    model.scripts = [script("work", "implement", refused, *WORK)]
    number = await story.hand_over()

    job = await story.until_held(number)

    assert [hold.kind for hold in job.holds] == [HoldKind.ANSWER]
    assert "the model provider refused Claude Code's key (401)" in (await story.comments(number))[-1]
    assert (job.runs, await story.pulls()) == (1, [])
