"""Somebody from GitHub sees the jobs of their repositories, and no sign of any other."""

import httpx

from tests.builders import REPOSITORY
from tests.pages.front import OTHER, Front, stream, until

PLACES = (
    "/jobs/jother",
    "/jobs/jother/stream",
    "/jobs/jother/runs/jother.1/output",
    "/jobs/jother/runs/jother.1/files/exit.json",
)


def csrf_of(page: str) -> str:
    return page.partition('name="csrf" value="')[2].partition('"')[0]


async def form(browser: httpx.AsyncClient, path: str) -> httpx.Response:
    csrf = csrf_of((await browser.get("/")).text)
    return await browser.post(path, data={"csrf": csrf}, headers={"Sec-Fetch-Site": "same-origin"})


async def test_the_desk_shows_only_what_one_may_see(front: Front):
    await front.job()
    await front.secret_job()
    everything = (await front.ada.get("/")).text
    assert "The secret thing" in everything
    assert "Dates are parsed" in everything
    mine = (await (await front.person(REPOSITORY.id)).get("/")).text
    assert "Dates are parsed" in mine
    assert "secret" not in mine
    assert "vault" not in mine
    nobodys = (await (await front.person()).get("/")).text
    assert "Dates are parsed" not in nobodys
    assert "acme" not in nobodys


async def test_a_job_of_another_repository_is_like_one_that_does_not_exist(front: Front):
    job = await front.secret_job()
    await front.house.ledger.keep_artifact(job.id, "log:jother.1", "text/plain", b"said")
    await front.house.ledger.keep_artifact(job.id, "file:jother.1/exit.json", "text/plain", b"{}")
    lin = await front.person(REPOSITORY.id)
    for path in PLACES:
        hidden, unknown = await lin.get(path), await lin.get(path.replace("jother", "jnone"))
        assert (hidden.status_code, hidden.text) == (404, unknown.text)
        if not path.endswith("stream"):
            page = await front.ada.get(path)
            assert page.status_code == 200, page.text


async def test_no_button_reaches_a_job_that_one_may_not_see(front: Front):
    await front.secret_job()
    before = await front.house.ledger.inbox_of(OTHER.full_name, 3)
    lin = await front.person(REPOSITORY.id)
    for verb in ("stop", "retry"):
        answer = await form(lin, f"/jobs/jother/{verb}")
        assert answer.status_code == 404
    assert await front.house.ledger.inbox_of(OTHER.full_name, 3) == before


async def test_a_stream_does_not_even_say_that_something_happened_elsewhere(front: Front):
    await front.job()
    lin = await front.person(REPOSITORY.id)
    before = (await front.house.ledger.glance(0)).newest
    async with (
        stream(lin, f"/stream?seen={before}") as hers,
        stream(front.ada, f"/stream?seen={before}") as all_,
    ):
        await front.secret_job()
        await until(all_, f"id: {(await front.house.ledger.glance(0)).newest}")  # so it was noticed
        await front.job("jmine", 14)
        heard = await until(hers, "id: ")
    assert heard[-1] == f"id: {(await front.house.ledger.glance(0)).newest}"


async def test_a_button_passes_the_command_on_and_leads_back(front: Front):
    await front.job()
    answer = await form(front.ada, "/jobs/jabc/stop")
    assert (answer.status_code, answer.headers["location"]) == (303, "/jobs/jabc?asked=stop")
    heard = await front.house.ledger.inbox_of(REPOSITORY.full_name, 12)
    assert heard[0].source == "desk"
    page = (await front.ada.get("/jobs/jabc?asked=stop")).text
    assert "It happens within seconds" in page


async def test_what_an_address_says_is_not_repeated_on_a_page(front: Front):
    await front.job()
    page = (await front.ada.get("/jobs/jabc?asked=Send+money")).text
    assert "Send money" not in page


async def test_a_button_without_the_pages_own_token_does_nothing(front: Front):
    await front.job()
    before = await front.house.ledger.inbox_of(REPOSITORY.full_name, 12)
    answer = await front.ada.post("/jobs/jabc/stop", data={"csrf": "guessed"})
    assert answer.status_code == 403
    assert await front.house.ledger.inbox_of(REPOSITORY.full_name, 12) == before
