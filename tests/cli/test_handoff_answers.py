"""What the command line tells about the ledger: why something happened, why nothing did, where things stand."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from app.cli.everything import switch_everything
from app.cli.ledger import explain, show_status, stop_job
from app.config import Settings
from app.domain.errors import NotFound, Refused
from app.domain.events import Stopped
from app.domain.facts import StopAsked
from app.domain.schedule import Limits
from app.telling.phrases import ago
from app.telling.stories import why
from app.telling.text import why_text
from tests.builders import ADA, AT, REPOSITORY
from tests.cli.house import MALLORY, House

NAME = REPOSITORY.full_name


async def answer(house: House, number: int) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(await explain(house.settings, NAME, number, as_json=True))
    return document


async def test_a_strangers_label_starts_nothing_and_why_says_why(house: House):
    letter = await house.hear(house.labeled(by=MALLORY))
    await house.ledger.ignore(letter, "@mallory has the role read here, and handing work over needs write")
    (heard,) = (await answer(house, 12))["heard"]
    assert heard["said"] == "@mallory put the label `handoff` on"
    assert (heard["source"], heard["outcome"]) == ("webhook", "ignored")
    assert heard["because"] == "@mallory has the role read here, and handing work over needs write"
    text = await explain(house.settings, NAME, 12, as_json=False)
    assert "ignored: @mallory has the role read here" in text


async def test_the_name_of_a_repository_is_found_in_any_case(house: House):
    await house.hear(house.labeled())
    assert json.loads(await explain(house.settings, "ACME/Clock", 12, as_json=True))["heard"]


async def test_a_job_tells_its_story_by_its_issue_and_by_its_pull_request(house: House):
    await house.publish(await house.open_job())
    by_issue, by_pull = await answer(house, 12), await answer(house, 40)
    assert by_issue["jobs"] == by_pull["jobs"]
    assert by_issue["heard"] == by_pull["heard"]
    (job,) = by_issue["jobs"]
    assert (job["stage"], job["pull_request"]["number"]) == ("review", 40)
    assert [run["ending"] for run in job["run_list"]] == ["succeeded"] * 3 + [None]
    assert all(event["because"] for event in job["events"])


async def test_a_run_that_waits_says_for_what(house: House):
    job = await house.open_job()
    assert job.run is not None
    await house.ledger.claim_run(job.run.id, "w1", 60, Limits(runs=0, runs_per_repository=0))
    (told,) = (await answer(house, 12))["jobs"]
    assert told["run_list"][0]["waiting_because"] == "0 runs are under way, and 0 may be"
    assert "waiting: 0 runs are under way, and 0 may be" in await show_status(
        house.settings, job.id, as_json=False
    )


async def test_effects_that_are_still_to_be_done_are_listed_with_their_trouble(house: House):
    job = await house.open_job()
    effect = await house.ledger.claim_effect(job.id, "w1", 60)
    assert effect is not None
    await house.ledger.postpone_effect(effect.id, AT + timedelta(days=9999), "GitHub did not answer")
    (told,) = (await answer(house, 12))["jobs"]
    troubled = next(row for row in told["pending"] if row["attempts"] == 1)
    assert (troubled["effect"], troubled["because"]) == ("Acknowledge", "GitHub did not answer")


async def test_silence_is_explained_by_what_could_not_be_read(house: House):
    await house.ledger.accept("72d3", "star", b"{}", {}, AT)
    await house.ledger.settle_delivery("72d3", None, "I take no notice of `star`")
    told = await answer(house, 99)
    assert (told["heard"], told["jobs"]) == ([], [])
    assert told["unread"][0]["because"] == "I take no notice of `star`"
    text = await explain(house.settings, NAME, 99, as_json=False)
    assert "I have heard nothing about it." in text
    assert "star: I take no notice of `star`" in text


async def test_the_whole_answer_reads_like_this(house: House):
    await house.open_job()
    told = why_text(await why(house.ledger, NAME, 12, data=house.settings.data))
    assert re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "THEN", told) == snapshot("""\
acme/clock#12
  THEN  @ada put the label `handoff` on (by webhook)
      taken in: @ada handed this issue over

Job jabc: acme/clock#12, Dates are parsed in local time
  queued, writing the change: @ada handed this issue over
  @ada handed this issue over, opened THEN, branch handoff/12-dates
  what happened:
    THEN  JobRequested: @ada handed this issue over
  runs:
    jabc.1 implement: waiting
  still to be done:
    Acknowledge waiting
    ShowStatus waiting\
""")


async def test_status_lists_jobs_and_says_when_nobody_works(house: House):
    await house.open_job()
    text = await show_status(house.settings, None, as_json=False)
    assert "jabc  acme/clock#12" in text
    assert "queued, writing the change" in text
    assert "0 runs under way, 1 waiting" in text
    assert "No worker is alive, so nothing moves." in text
    document = json.loads(await show_status(house.settings, None, as_json=True))
    assert [job["id"] for job in document["jobs"]] == ["jabc"]
    assert document["waiting"]["runs_waiting"] == 1


async def test_a_worker_without_a_cage_is_said_loudly(house: House):
    await house.ledger.greet("w1", "anvil", 123, 2, {"cage": "none"})
    text = await show_status(house.settings, None, as_json=False)
    assert "Worker on anvil, pid 123: 2 runs at once, WITHOUT A CAGE (HANDOFF_CAGE=none)." in text


async def test_stopping_a_job_is_a_fact_in_its_lane(house: House):
    job = await house.open_job()
    said = await stop_job(house.settings, job.id, "ada")
    assert said.startswith("Job jabc will be stopped within seconds. No worker has said that it is alive")
    letter = await house.ledger.next_in_lane(f"{REPOSITORY.id}:12", datetime.now(UTC))
    assert letter is not None
    assert isinstance(letter.fact, StopAsked)
    assert (letter.fact.job, letter.fact.by.login, letter.source) == (job.id, "ada", "command line")
    assert f"lane:{REPOSITORY.id}:12" in await house.ledger.due(datetime.now(UTC))


async def test_an_unknown_job_cannot_be_stopped_nor_shown(house: House):
    with pytest.raises(NotFound, match="There is no job jnone"):
        await stop_job(house.settings, "jnone", "ada")
    with pytest.raises(NotFound, match="There is no job jnone"):
        await show_status(house.settings, "jnone", as_json=False)


async def test_a_job_that_has_ended_cannot_be_stopped_again(house: House):
    job = await house.open_job()
    await house.happen(job, Stopped(at=AT, by=ADA, how="asked me to stop"))
    with pytest.raises(Refused, match="Job jabc has ended already: @ada asked me to stop"):
        await stop_job(house.settings, job.id, "ada")


async def test_everything_can_be_stopped_and_started(house: House):
    job = await house.open_job()
    assert job.run is not None
    await switch_everything(house.settings, stopped=True, user="ada")
    assert "EVERYTHING IS STOPPED: ada stopped everything" in await show_status(
        house.settings, None, as_json=False
    )
    assert (await answer(house, 12))["stopped"] is True
    await switch_everything(house.settings, stopped=False, user="ada")
    assert (await answer(house, 12))["stopped"] is False


async def test_looking_makes_no_ledger(tmp_path: Path):
    with pytest.raises(NotFound, match=f"There is no ledger at {tmp_path}/none/handoff.db"):
        await show_status(Settings(data=tmp_path / "none"), None, as_json=False)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("seconds", "said"), [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (7_300, "2 h"), (200_000, "2 d")]
)
def test_ages_are_said_in_their_largest_unit(seconds: int, said: str):
    assert ago(AT, AT + timedelta(seconds=seconds)) == said
