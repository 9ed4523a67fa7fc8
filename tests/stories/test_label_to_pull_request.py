"""The main story: somebody labels an issue and comes back to a pull request that was checked and reviewed."""

from inline_snapshot import snapshot

from app.domain.job import Phase
from tests.world.repository import CLOCK
from tests.world.said import said

BETTER = (
    CLOCK
    + '\n\ndef hours(text: str) -> int:\n    """Return the whole hours."""\n    return minutes(text) // 60\n'
)


async def test_a_label_becomes_a_checked_and_reviewed_pull_request(story):
    story.agent.agent_writes({"clock.py": BETTER}, title="Count the hours too")
    number = await story.hand_over("Count hours")

    job = await story.until_phase(number, Phase.IN_REVIEW)

    pull = await story.pull_of(job)
    assert (pull["title"], pull["draft"], pull["state"]) == ("Count the hours too", False, "open")
    assert [person["login"] for person in pull["requested_reviewers"]] == ["ada"]
    assert pull["head"]["ref"] == "handoff/1-count-hours"
    assert [label["name"] for label in (await story.issue(number))["labels"]] == ["handoff"]
    assert said(pull["body"]) == snapshot("""\
**`tests` passes on this commit**, run by Handoff in a fresh clone, not by the agent.

## What

Hours are counted.

## Why

They were not.

Fixes #1

## How it was checked

| command | result | it said | time |
|---|---|---|---|
| `python3 -m unittest -q` | passed | 1 passed | N s |

The agent says: I ran the tests.

---
_Written by `scripted` for @ada, who handed over #1. Handoff never merges._\
""")


async def test_people_hear_twice_once_when_it_begins_and_once_when_it_is_ready(story):
    number = await story.hand_over("Count hours")

    await story.until_phase(number, Phase.IN_REVIEW)

    issue = await story.issue(number)
    assert [each["content"] for each in issue["reaction_list"]] == ["eyes"]
    assert [said(comment["body"]) for comment in issue["comment_list"]] == snapshot(
        [
            """\
**Ready.** Pull request #2 waits for your review.

- [x] writing the change
- [x] running the checks on it
- [x] bringing it to the pull request
- [x] reviewing it with fresh eyes

Started TIME · 4 runs · pull request #2

_Next: please review the pull request, then merge it or close it._\
""",
            """\
@ada, this is ready for you: 1 check passed, and the review has no remarks.

Please read it, then merge it or close it. I never merge by myself.\
""",
        ]
    )


async def test_findings_become_one_review_with_only_good_anchors_beside_the_code(story):
    story.agent.agent_writes({"clock.py": BETTER})
    story.agent.reviewer_finds(
        {"path": "clock.py", "line": 12, "title": "Negative times"},
        {"path": "clock.py", "line": 2, "start_line": 1, "title": "Far from the change"},
        {"path": "nowhere.py", "line": 1, "title": "No such file"},
        {"path": "clock.py", "line": 11, "severity": "low", "title": "A small thing"},
    )
    number = await story.hand_over("Count hours")

    job = await story.until_phase(number, Phase.IN_REVIEW)

    pull = await story.pull_of(job)
    assert [(review["state"], review["user"]["login"]) for review in pull["reviews"]] == [
        ("COMMENTED", "handoff[bot]")
    ]
    assert [(c["path"], c["line"]) for c in pull["review_comment_list"]] == [("clock.py", 12)]
    body = pull["reviews"][0]["body"]
    assert all(title in body for title in ("Far from the change", "No such file", "A small thing"))
    [check] = (await story.state())["check_runs"]
    assert (check["status"], check["conclusion"], check["external_id"]) == ("completed", "neutral", job.id)


async def test_a_clean_review_says_so_and_the_check_run_is_green(story):
    number = await story.hand_over()

    job = await story.until_phase(number, Phase.IN_REVIEW)

    pull = await story.pull_of(job)
    assert pull["reviews"][0]["body"].startswith(
        "I read this change with fresh eyes and found nothing to remark."
    )
    [check] = (await story.state())["check_runs"]
    assert check["conclusion"] == "success"


async def test_the_commit_is_the_bots_and_says_who_helped(story):
    number = await story.hand_over()
    job = await story.until_phase(number, Phase.IN_REVIEW)

    [commit] = await story.commits(job)

    assert commit == snapshot("""\
handoff[bot] <1002+handoff[bot]@users.noreply.github.com>
Count the hours too

Hours are counted.

Refs #1
Assisted-by: scripted\
""")


async def test_the_repositorys_own_template_and_guide_are_respected(story_with):
    files = {
        ".github/pull_request_template.md": "- [ ] I have read the rules\n",
        "CONTRIBUTING.md": "Every public function has a docstring.\n",
    }
    async with story_with(files) as story:
        number = await story.hand_over()
        job = await story.until_phase(number, Phase.IN_REVIEW)

        assert "- [ ] I have read the rules" in (await story.pull_of(job))["body"]
        brief = (story.data / "runs" / f"{job.id}.1" / "brief.md").read_text()
        for told in (*files.values(), "Its newest commits. Word your `title` like them."):
            assert told.strip() in brief


async def test_merging_ends_the_job_and_takes_the_label_off(story):
    number = await story.hand_over()
    job = await story.until_phase(number, Phase.IN_REVIEW)

    await story.act("merge", number=job.work.pull_request.number)

    await story.until_phase(number, Phase.ENDED)
    issue = await story.issue(number)
    assert (issue["labels"], issue["state"]) == ([], "closed")
    assert said(issue["comment_list"][0]["body"]).startswith("**Merged.** @ada merged the pull request.")


async def test_twelve_issues_at_once_are_twelve_pull_requests(story):
    numbers = [await story.open_issue(f"Task {n}") for n in range(12)]
    for n, number in enumerate(numbers):
        story.agent.agent_writes({f"file{n}.txt": f"{n}\n"}, about=f"Task {n}\n")
        await story.label(number)

    jobs = [await story.until_phase(number, Phase.IN_REVIEW) for number in numbers]

    assert len({job.work.pull_request.number for job in jobs}) == len(await story.pulls()) == 12
