"""The desk and a job's page: what they say, of whom, and in whose words."""

import re
from dataclasses import replace

from app.domain.agenda import Ending
from app.domain.conversation import Question
from app.domain.critique import Finding, Severity
from app.domain.events import ReviewPosted
from app.domain.facts import CommentWritten
from app.domain.ids import Actor
from app.domain.job import CheckResult
from tests.builders import AT, REPOSITORY, report
from tests.pages.front import Front

SCRIPT = "<script>alert('hi')</script> & \"more\""
HOSTILE = '"><img src=x onerror=alert(1)>'


def group(page: str, key: str) -> str:
    """The part of the desk that is one group."""
    found = re.search(rf'<section class="group {key}".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


async def test_an_empty_desk_says_what_to_do_next(front: Front):
    page = (await front.ada.get("/")).text
    assert "Put the label" not in page
    assert "Install the App on a repository" in page


async def test_where_nothing_was_handed_over_it_names_the_repositories_it_knows(front: Front):
    await front.house.ledger.hear(front.house.labeled(), "webhook")
    page = (await front.ada.get("/")).text
    assert "Put the label <code>handoff</code> on an issue" in page
    assert 'href="https://github.test/acme/clock/issues"' in page


async def test_jobs_are_grouped_by_what_they_need(front: Front):
    await front.alive()
    ready = await front.job("jready", 1, title="This is ready")
    ready = await front.house.publish(ready)
    ready = await front.house.run_ends(ready, report(head_sha="h1", findings=()))
    await front.house.happen(ready, ReviewPosted(at=AT, because="the review is posted"))
    await front.job("jline", 2, title="This waits")
    asks = await front.job("jasks", 3, title="This asks")
    question = Question(text="Which zone?", options=("UTC", "local"), recommended="UTC")
    await front.house.run_ends(asks, report(Ending.NEEDS_ANSWER, question=question))
    page = (await front.ada.get("/")).text
    assert "This is ready" in group(page, "you")
    assert "Pull request #40" in group(page, "you")
    assert "This asks" in group(page, "you")
    assert "A question for you" in group(page, "you")
    assert "Without an answer I take: UTC" in group(page, "you")
    assert "This waits" in group(page, "waiting")
    assert "place 1 in line" in group(page, "waiting")


async def test_a_run_that_is_under_way_shows_its_stage_and_its_agent(front: Front):
    await front.alive()
    job = await front.job()
    await front.begin(job)
    running = group((await front.ada.get("/")).text, "running")
    assert "Writing the change" in running
    assert "scripted" in running
    assert 'aria-label="Step 1 of 4"' in running


async def test_the_machine_says_what_is_wrong_with_it(front: Front):
    assert "No worker is alive, so nothing moves" in (await front.ada.get("/")).text
    await front.alive()
    assert "The queue does not answer" in (await front.ada.get("/")).text
    await front.house.ledger.set_switch("stop", on=True, because="ada wants to look first")
    assert "Everything is stopped: ada wants to look first." in (await front.ada.get("/")).text
    await front.house.ledger.set_switch("stop", on=False, because="ada has looked")
    await front.house.ledger.set_switch("paused", on=True, because="60 agents were started")
    assert "Handoff has paused itself: 60 agents were started." in (await front.ada.get("/")).text
    (front.house.settings.data / "STOP").write_text("<b>too much</b>")
    page = (await front.ada.get("/")).text
    assert "lies in the data folder (&lt;b&gt;too much&lt;/b&gt;)." in page


async def test_what_strangers_wrote_is_text_and_nothing_else(front: Front):
    job = await front.job(title=SCRIPT)
    check = CheckResult(
        name="tests",
        command=f"make {HOSTILE}",
        passed=False,
        seconds=1,
        summary=SCRIPT,
        tail=HOSTILE,
        blocker="b",
    )
    finding = Finding(title=SCRIPT, body=f"`{HOSTILE}`", severity=Severity.HIGH, path=HOSTILE)
    job = await front.house.run_ends(job, report(head_sha="h", base_sha="b", summary=SCRIPT))
    question = Question(text=SCRIPT, options=(HOSTILE,), recommended=HOSTILE, because=SCRIPT)
    asked = report(Ending.NEEDS_ANSWER, checks=(check,), findings=(finding,), question=question)
    await front.house.run_ends(job, replace(asked, because=SCRIPT))
    await front.house.ledger.keep_artifact(job.id, f"log:{job.id}.1", "text/plain", HOSTILE.encode())
    for path in ("/", "/jobs/jabc", "/jobs/jabc/runs/jabc.1/output"):
        page = (await front.ada.get(path)).text
        assert "alert" in page, path
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path


async def test_no_page_has_script_or_style_of_its_own(front: Front):
    job = await front.job()
    await front.house.run_ends(job, report(head_sha="h", base_sha="b"))
    await front.house.ledger.keep_artifact(job.id, "log:jabc.1", "text/plain", b"said")
    for path in ("/", "/jobs/jabc", "/jobs/jabc/runs/jabc.1/output", "/jobs/nothing"):
        answer = await front.ada.get(path)
        assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|javascript:", answer.text) == []
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


async def test_a_jobs_page_tells_its_story_with_every_reason(front: Front):
    job = await front.job()
    job = await front.house.run_ends(job, report(head_sha="h1", base_sha="b1", agent="claude:opus"))
    red = CheckResult(
        name="tests",
        command="make test",
        passed=False,
        seconds=3.2,
        summary="1 failed, 4 passed",
        failing_lines=("E   assert 1 == 2",),
        failed_tests=("test_utc",),
        blocker="tests:1",
    )
    await front.house.run_ends(job, report(Ending.BLOCKED, checks=(red,)))
    page = (await front.ada.get("/jobs/jabc")).text
    for said in (
        "Writing the change: succeeded",
        "claude:opus",
        "make test",
        "1 failed, 4 passed",
        "assert 1 == 2",
    ):
        assert said in page
    assert "Running the checks on it: blocked" in page
    assert page.index("Writing the change: succeeded") < page.index("Running the checks on it: blocked")


async def test_what_people_did_in_vain_is_told_with_the_reason_and_what_bots_did_is_not(front: Front):
    await front.job()
    for act, actor in enumerate(
        (Actor(login="mallory", id=666), Actor(login="robo[bot]", id=5, is_bot=True))
    ):
        comment = CommentWritten(
            act_key=f"comment:{act}",
            repository=REPOSITORY,
            number=12,
            by=actor,
            at=AT.replace(hour=13),
            comment_id=act,
            body="stop",
            on_pull_request=False,
        )
        letter = await front.house.hear(comment)
        await front.house.ledger.ignore(letter, "they may only read this repository")
    page = (await front.ada.get("/jobs/jabc")).text
    assert "@mallory wrote a comment" in page
    assert "They may only read this repository." in page
    assert "robo" not in page


async def test_the_output_of_a_run_can_be_read_once_it_is_kept(front: Front):
    job = await front.job()
    await front.house.run_ends(job, report(head_sha="h1", base_sha="b1"))
    assert "/runs/jabc.1/output" not in (await front.ada.get("/jobs/jabc")).text
    await front.house.ledger.keep_artifact(job.id, "log:jabc.1", "text/plain", b"Reading dates.py\n")
    assert "/jobs/jabc/runs/jabc.1/output" in (await front.ada.get("/jobs/jabc")).text
    assert "Reading dates.py" in (await front.ada.get("/jobs/jabc/runs/jabc.1/output")).text


async def test_the_files_of_a_run_are_listed_with_their_sizes_and_read_as_plain_text(front: Front):
    job = await front.job()
    await front.house.run_ends(job, report(head_sha="h1", base_sha="b1"))
    assert "files/" not in (await front.ada.get("/jobs/jabc")).text
    said = "<script>alert(1)</script> grün\n".encode()
    await front.house.ledger.keep_artifact(job.id, "file:jabc.1/brief.md", "text/html", said)
    await front.house.ledger.keep_artifact(job.id, "file:jabc.2/exit.json", "text/plain", b"{}")
    page = (await front.ada.get("/jobs/jabc")).text
    assert "/jobs/jabc/runs/jabc.1/files/brief.md" in page
    assert "32 Bytes" in page
    answer = await front.ada.get("/jobs/jabc/runs/jabc.1/files/brief.md")
    assert answer.content == said
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; sandbox;")
    for path in ("jabc.1/files/exit.json", "jabc.1/files/..%2fjabc.2%2fexit.json", "jabc.9/files/brief.md"):
        assert (await front.ada.get(f"/jobs/jabc/runs/{path}")).status_code == 404, path


async def test_a_page_that_asks_for_itself_again_gets_only_the_part_that_changes(front: Front):
    await front.job()
    for path in ("/", "/jobs/jabc"):
        part = (await front.ada.get(path, headers={"HX-Request": "true"})).text
        assert "<html" not in part
        assert "Dates are parsed in local time" in part or "Waiting for a place" in part


async def test_an_unknown_job_is_said_kindly(front: Front):
    for path in ("/jobs/nothing", "/jobs/nothing/stream", "/jobs/nothing/runs/x.1/output"):
        answer = await front.ada.get(path)
        assert answer.status_code == 404
        assert "There is nothing here" in answer.text
        assert "Back to the desk" in answer.text


async def test_without_scripts_a_page_loads_itself_again(front: Front):
    await front.job()
    for path in ("/", "/jobs/jabc"):
        assert '<noscript><meta http-equiv="refresh"' in (await front.ada.get(path)).text
