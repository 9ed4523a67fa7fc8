"""`handoff` on a machine without the ledger: it asks the API, and says the same."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.ledger import explain, show_status
from app.cli.remote import There
from app.config.remote import Remote, remote
from app.domain.errors import BadConfiguration, NotFound, Refused, Unreachable
from app.domain.events import Stopped
from tests.api.conftest import Api
from tests.builders import ADA, AT, REPOSITORY
from tests.cli.house import MALLORY

NAME = REPOSITORY.full_name


@pytest.fixture
def handoff(api: Api, tmp_path: Path):
    """The command, run where there is no ledger."""
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()
    secret = api.owner["Authorization"].removeprefix("Bearer ")

    async def run(*arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
        ours = {n: v for n, v in os.environ.items() if not n.startswith("HANDOFF_")}
        said = {"HANDOFF_DATA": str(nowhere / "data"), "HANDOFF_URL": api.web.url, "HANDOFF_TOKEN": secret}
        return await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-P", "-m", "app.cli", *arguments],
            cwd=nowhere,
            env={**ours, **said, **changed},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def there(api: Api) -> There:
    return There(Remote(api.web.url, api.owner["Authorization"].removeprefix("Bearer ")))


async def test_it_tells_the_same_from_afar_as_beside_the_ledger(api: Api, there: There, handoff):
    job = await api.house.publish(await api.house.open_job())
    letter = await api.house.hear(api.house.labeled(13, by=MALLORY))
    await api.house.ledger.ignore(letter, "@mallory has the role read here")
    for as_json in (False, True):
        afar = [
            await asyncio.to_thread(there.show_status, job.id, as_json=as_json),
            await asyncio.to_thread(there.explain, NAME, 13, as_json=as_json),
            await asyncio.to_thread(there.explain, NAME, 0, as_json=as_json),
        ]
        assert afar == [
            await show_status(api.house.settings, job.id, as_json=as_json),
            await explain(api.house.settings, NAME, 13, as_json=as_json),
            await explain(api.house.settings, NAME, 0, as_json=as_json),
        ]
    printed = await handoff("status", "--json")
    assert (printed.returncode, printed.stderr) == (0, "")
    assert printed.stdout == await show_status(api.house.settings, None, as_json=True) + "\n"


async def test_it_stops_a_job_and_everything_from_afar(api: Api, there: There):
    job = await api.house.open_job()
    stopped = await asyncio.to_thread(there.stop_job, job.id)
    assert stopped.startswith(f"Job {job.id} will be stopped within seconds. No worker has said")
    assert (await asyncio.to_thread(there.switch_everything, stopped=True)).startswith(
        "Everything is stopped"
    )
    assert (await api.house.ledger.switch("stop")).on
    assert await asyncio.to_thread(there.switch_everything, stopped=False) == "Runs may start again."
    assert not (await api.house.ledger.switch("stop")).on


async def test_a_refusal_from_afar_is_a_refusal(api: Api, there: There):
    job = await api.house.open_job()
    await api.house.happen(job, Stopped(at=AT, by=ADA, how="stopped it"))
    with pytest.raises(Refused, match="has ended already"):
        await asyncio.to_thread(there.stop_job, job.id)
    with pytest.raises(NotFound, match="There is no job jnone"):
        await asyncio.to_thread(there.show_status, "jnone", as_json=False)


async def test_what_is_wrong_with_the_address_or_the_token_is_said(handoff):
    for changed, code, said in (
        ({"HANDOFF_TOKEN": "handoff_wrong"}, 1, "does not know this token"),
        ({"HANDOFF_URL": "http://handoff.example.com"}, 2, "must begin with https://"),
    ):
        ended = await handoff("status", **changed)
        assert ended.returncode == code, ended.stderr
        assert said in ended.stderr
        assert "Traceback" not in ended.stderr


def test_a_token_travels_to_trusted_addresses_only():
    assert remote({}) is None
    assert remote({"HANDOFF_TOKEN": "t"}) is None
    found = remote({"HANDOFF_URL": "https://handoff.example.com/", "HANDOFF_TOKEN": "t"})
    assert found == Remote("https://handoff.example.com", "t")
    assert "t'" not in repr(found)
    with pytest.raises(BadConfiguration, match="HANDOFF_TOKEN is not set"):
        remote({"HANDOFF_URL": "https://handoff.example.com"})


def test_a_handoff_that_does_not_answer_is_said_in_a_sentence():
    with pytest.raises(Unreachable, match=r"does not answer \(ConnectError\)"):
        There(Remote("http://127.0.0.1:9", "t")).show_status(None, as_json=False)
