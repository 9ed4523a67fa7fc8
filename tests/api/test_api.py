"""The API: what programs are told, what they may set in motion, and how they are refused."""

from typing import Any

import pytest

from app.domain.agenda import Ending
from app.domain.facts import CommandGiven
from app.domain.verbs import Answer, Retry, Snooze, Stop
from app.web.api.mount import described
from scripts.api import api_page
from tests.api.conftest import Api
from tests.builders import REPOSITORY, report

NAME = REPOSITORY.full_name


async def heard(api: Api, number: int = 12) -> list[CommandGiven]:
    rows = await api.house.ledger.inbox_of(NAME, number)
    return [row.fact for row in rows if isinstance(row.fact, CommandGiven)]


async def test_jobs_are_listed_by_how_they_stand(api: Api):
    job = await api.house.open_job()
    [listed] = (await api.get("/jobs")).json()
    assert (listed["id"], listed["repository"], listed["number"]) == (job.id, NAME, 12)
    assert (await api.get("/jobs?state=ended")).json() == []
    assert len((await api.get(f"/jobs?repository={NAME.upper()}")).json()) == 1
    assert (await api.get("/jobs?repository=acme/other")).json() == []


async def test_a_job_is_told_with_its_parts(api: Api):
    job = await api.house.publish(await api.house.open_job())
    whole = (await api.get(f"/jobs/{job.id}")).json()
    for part in ("timeline", "runs", "checks", "findings"):
        answer = await api.get(f"/jobs/{job.id}/{part}")
        assert (answer.status_code, answer.json()) == (200, whole[part]), part
    assert [run["stage"] for run in whole["runs"]][:2] == ["implement", "check"]


async def test_a_runs_output_is_given_as_it_was_kept(api: Api):
    job = await api.house.open_job()
    assert (await api.get(f"/jobs/{job.id}/runs/{job.id}.1/log")).status_code == 404
    await api.house.ledger.keep_artifact(job.id, f"log:{job.id}.1", "text/plain", "grün\n<b>".encode())
    answer = await api.get(f"/jobs/{job.id}/runs/{job.id}.1/log")
    assert (answer.text, answer.headers["content-type"]) == ("grün\n<b>", "text/plain; charset=utf-8")


async def test_a_runs_files_are_named_with_it_and_given_as_they_were_kept(api: Api, here: int):
    job = await api.house.publish(await api.house.open_job())
    path = f"/jobs/{job.id}/runs/{job.id}.1/files/exit.json"
    refused = await api.get(path)
    assert refused.status_code == 404
    assert "name those that are kept" in refused.json()["message"]
    await api.house.ledger.keep_artifact(job.id, f"file:{job.id}.1/exit.json", "text/plain", b'{"a": 1}')
    runs = (await api.get(f"/jobs/{job.id}/runs")).json()
    assert [run["files"] for run in runs[:2]] == [[{"name": "exit.json", "size_bytes": 8}], []]
    answer = await api.get(path)
    assert (answer.text, answer.headers["content-type"]) == ('{"a": 1}', "text/plain; charset=utf-8")
    assert (await api.get(path, **await api.person(here))).status_code == 200
    assert (await api.get(path, **await api.person(here + 1))).status_code == 404


@pytest.mark.parametrize(
    ("verb", "text", "command"),
    [
        ("stop", "", Stop()),
        ("retry", "", Retry()),
        ("answer", " Use UTC. ", Answer("Use UTC.")),
    ],
)
async def test_a_command_is_heard_like_one_on_github(api: Api, verb: str, text: str, command: Any):
    job = await api.house.open_job()
    answer = await api.post(f"/jobs/{job.id}/{verb}", {"text": text} if text else None)
    assert answer.status_code == 202, answer.text
    [fact] = await heard(api)
    assert (fact.command, fact.job, fact.by.login, fact.from_owner) == (command, job.id, "ci", True)
    assert f"handoff status {job.id}" in answer.json()["message"]


async def test_a_snooze_needs_a_time(api: Api):
    job = await api.house.open_job()
    refused = await api.post(f"/jobs/{job.id}/snooze")
    assert refused.status_code == 409
    assert "is followed by a time such as `45m`" in refused.json()["message"]
    assert (await api.post(f"/jobs/{job.id}/snooze", {"text": "2h"})).status_code == 202
    [fact] = await heard(api)
    assert isinstance(fact.command, Snooze)


async def test_a_job_that_has_ended_is_told_nothing_more(api: Api):
    job = await api.house.run_ends(await api.house.open_job(), report(Ending.REFUSED))
    if job.open:
        await api.house.happen(job, (await _stopped(api)))
    answer = await api.post(f"/jobs/{job.id}/stop")
    assert answer.status_code == 409
    assert "has ended already" in answer.json()["message"]
    assert await heard(api) == []


async def _stopped(api: Api) -> Any:
    from app.domain.events import Stopped
    from tests.builders import ADA, AT

    return Stopped(at=AT, by=ADA, how="stopped it")


async def test_everything_is_stopped_and_started_by_the_owner_only(api: Api, here: int):
    assert (await api.post("/stop")).json()["message"].startswith("Everything is stopped: no run starts")
    assert (await api.house.ledger.switch("stop")).because == "ci stopped everything at the desk"
    assert (await api.post("/start")).json() == {"message": "Runs may start again."}
    bert = await api.person(here)
    assert (await api.post("/stop", **bert)).status_code == 403
    assert not (await api.house.ledger.switch("stop")).on


async def test_the_file_is_written_beside_the_web_process_and_taken_away_again(api: Api, here: int):
    file = api.house.settings.data / "STOP"
    await api.post("/stop")
    assert file.read_text() == "ci stopped everything at the desk\n"
    await api.post("/start")
    assert not file.exists()


async def test_whoever_is_let_in_is_told_that_everything_stands_still_and_why(api: Api, here: int):
    (api.house.settings.data / "STOP").touch()
    bert = await api.person(here)
    told = (await api.get("/machine", **bert)).json()
    assert (told["stopped"], told["paused"], told["trouble"]) == (True, False, True)
    assert told["sentence"].startswith("Everything is stopped: the file `STOP` lies in the data folder.")
    assert str(api.house.settings.data) not in told["sentence"]
    (api.house.settings.data / "STOP").unlink()
    await api.house.ledger.set_switch("paused", on=True, because="60 agents were started")
    status = (await api.get("/status")).json()
    assert (status["stopped"], status["paused"]) == (False, True)
    assert status["standstill_because"] == "60 agents were started"
    assert status["standstill_since"] is not None
    await api.post("/start")
    assert (await api.get("/status")).json()["paused"] is False


async def test_somebody_from_github_acts_as_themselves(api: Api, here: int):
    job = await api.house.open_job()
    bert = await api.person(here)
    answer = await api.post(f"/jobs/{job.id}/stop", **bert)
    assert answer.status_code == 202
    assert "it needs write access" in answer.json()["message"]
    [fact] = await heard(api)
    assert (fact.by.login, fact.by.id, fact.from_owner) == ("bert", 1001, False)


async def test_a_cookie_without_the_pages_token_sets_nothing_in_motion(api: Api, here: int):
    job = await api.house.open_job()
    bert = await api.person(here)
    del bert["X-CSRF-Token"]
    assert (await api.post(f"/jobs/{job.id}/stop", **bert)).status_code == 403
    assert await heard(api) == []


async def test_a_repository_that_somebody_does_not_see_is_not_there_for_them(api: Api):
    job = await api.house.publish(await api.house.open_job())
    await api.house.ledger.keep_artifact(job.id, f"log:{job.id}.1", "text/plain", b"secret")
    stranger = await api.person(999)
    assert (await api.get("/jobs", **stranger)).json() == []
    assert (await api.get(f"/jobs?repository={NAME}", **stranger)).json() == []
    for path in (
        f"/jobs/{job.id}", f"/jobs/{job.id}/timeline", f"/jobs/{job.id}/runs", f"/jobs/{job.id}/checks",
        f"/jobs/{job.id}/findings", f"/jobs/{job.id}/runs/{job.id}.1/log", f"/status/{job.id}",
        f"/why/{NAME}/12", f"/why/{NAME}",
    ):  # fmt: skip
        answer = await api.get(path, **stranger)
        assert answer.status_code == 404, path
        assert "Dates" not in answer.text
    assert (await api.post(f"/jobs/{job.id}/stop", **stranger)).status_code == 404
    assert await heard(api) == []


async def test_the_house_is_for_its_owner(api: Api, here: int):
    await api.house.ledger.greet("w1", "build-7", 42, 2, {"cage": "bubblewrap"})
    [worker] = (await api.get("/workers")).json()
    assert (worker["host"], worker["cage"], worker["capacity"]) == ("build-7", "bubblewrap", 2)
    assert (await api.get("/status")).json()["workers"] == [worker]
    bert = await api.person(here)
    for path in ("/workers", "/status"):
        assert (await api.get(path, **bert)).status_code == 403
    assert (await api.get("/machine", **bert)).json()["workers"] == 1


async def test_why_tells_somebody_from_github_nothing_of_other_repositories(api: Api, here: int):
    await api.house.open_job()
    await api.web.deliver({"zen": "of somebody else's repository"}, x_github_event="ping")
    bert = await api.person(here)
    told = (await api.get(f"/why/{NAME}/77", **bert)).json()
    assert (told["heard"], told["unread"]) == ([], [])
    assert (await api.get(f"/why/{NAME}/12", **bert)).json()["jobs"]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/jobs/jnone", 404, "There is no job jnone."),
        ("/jobs?limit=0", 422, "`limit`: "),
        ("/jobs?state=lost", 422, "`state`: "),
        ("/why/acme/clock/0", 422, "`number`: "),
    ],
)
async def test_what_cannot_be_answered_is_said_in_a_sentence(api: Api, path: str, status: int, said: str):
    answer = await api.get(path)
    assert answer.status_code == status
    assert said in answer.json()["message"]


async def test_what_is_sent_besides_is_refused(api: Api):
    job = await api.house.open_job()
    assert (await api.post(f"/jobs/{job.id}/stop", {"txet": "now"})).status_code == 422
    assert (await api.post(f"/jobs/{job.id}/merge")).status_code == 422
    assert (await api.post(f"/jobs/{job.id}/answer", {"text": "x" * 10_001})).status_code == 422
    assert await heard(api) == []


async def test_it_describes_itself_to_whoever_is_let_in(api: Api):
    described = (await api.web.client.get("/api/openapi.json", headers=api.owner)).json()
    page = await api.web.client.get("/api", headers=api.owner)
    for path, methods in described["paths"].items():
        assert path.startswith("/api/v1/")
        for method, told in methods.items():
            assert told["summary"], path
            assert f"<code>{method.upper()} {path}</code>" in page.text


async def test_the_page_in_docs_is_about_this_api(api: Api):
    served = (await api.web.client.get("/api/openapi.json", headers=api.owner)).json()
    assert served["paths"] == described()["paths"]
    page = api_page()
    for path, methods in served["paths"].items():
        assert all(f"`{method.upper()} {path}`" in page for method in methods)
