"""While everything is stopped GitHub is asked, and never written to."""

from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.domain.ids import Repository
from app.domain.redaction import Redactor
from app.github import manifest
from app.github.auth import AppKey
from app.github.client import Door
from app.github.connection import Connection
from app.github.pacing import Pacing
from app.ledger.rows import STOP
from app.ledger.store import Ledger
from localhub.client import HubControl
from localhub.serve import running_hub
from tests.github.practice import now
from tests.github.scripted import FAST
from tests.world.repository import FILES, make_repository
from workers.halt import Halted, refuse_to_write


@pytest.fixture
async def ledger(tmp_path: Path):
    ledger = await Ledger.open(f"sqlite:///{tmp_path}/handoff.db")
    yield ledger
    await ledger.close()


async def test_the_file_and_the_switch_are_each_enough(ledger: Ledger, tmp_path: Path):
    await refuse_to_write(ledger, tmp_path)
    (tmp_path / "STOP").touch()
    with pytest.raises(Halted, match=r"Everything is stopped, so I write nothing to GitHub"):
        await refuse_to_write(ledger, tmp_path)
    (tmp_path / "STOP").unlink()
    await ledger.set_switch(STOP, on=True, because="ada is worried")
    with pytest.raises(Halted):
        await refuse_to_write(ledger, tmp_path)
    await ledger.set_switch(STOP, on=False, because="all is well")
    await refuse_to_write(ledger, tmp_path)


async def test_every_road_to_a_write_is_closed_and_reading_goes_on(ledger: Ledger, tmp_path: Path):
    async with running_hub(tmp_path / "hub") as running, HubControl(running.url) as hub:
        await hub.add_user("ada")
        app = await hub.add_app("handoff", permissions=manifest.template()["default_permissions"], events=[])
        source = make_repository(tmp_path / "source", FILES)
        await hub.add_repository(
            "acme/clock", from_path=source, collaborators={"ada": "admin"}, install_app="handoff"
        )
        pacing = Pacing(None, FAST, seconds=lambda: 0.0)
        gate = partial(refuse_to_write, ledger, tmp_path)
        async with Connection(
            pacing=pacing, clock=now, base_url=running.url, before_writing=gate
        ) as connection:
            door = Door(
                connection, AppKey(str(app["id"]), SecretStr(app["pem"])), clock=now, redactor=Redactor()
            )
            installation = await door.installation_of("acme", "clock")
            here = door.at(Repository(id=1, owner="acme", name="clock", installation_id=installation.id))
            number = (await hub.act("ada", "open_issue", "acme/clock", title="Dates", body="Please."))[
                "number"
            ]
            (tmp_path / "STOP").touch()

            assert (await here.issues.get(number)).title == "Dates"
            for write in (
                here.issues.create_comment(number, "Hello."),
                here.issues.react_with_eyes(number),
                here.issues.remove_label(number, "handoff"),
                here.pulls.mark_ready("PR_1"),
                here.git_token(push=True),
            ):
                with pytest.raises(Halted):
                    await write
            assert await here.git_token(push=False)
            (tmp_path / "STOP").unlink()
            assert await here.issues.create_comment(number, "Hello.")
        written = [each["path"] for each in await hub.log() if each["path"].endswith("/comments")]
        assert len(written) == 1
