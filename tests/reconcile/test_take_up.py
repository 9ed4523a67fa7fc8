"""Which runs of other workers are taken up, which are ended, and which are left alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.house import PLENTY, House
from workers.presence import Presence
from workers.reconcile.rounds import SLEEP_SECONDS, slept
from workers.reconcile.take_up import TIMES_MAX, Uptake, Verdict, verdict

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "here", "began", "taken_up", "expected"),
    [
        (Presence.DEAD, True, True, 0, Verdict.TAKE_UP),
        (Presence.UNKNOWN, True, True, 0, Verdict.TAKE_UP),
        (Presence.DEAD, True, False, 0, Verdict.END),
        (Presence.UNKNOWN, True, False, 0, Verdict.LEAVE),
        (Presence.DEAD, True, True, TIMES_MAX, Verdict.END),
        (Presence.UNKNOWN, True, True, TIMES_MAX, Verdict.LEAVE),
    ],
)
def test_what_becomes_of_a_run(before, here, began, taken_up, expected):
    assert verdict(before, here=here, began=began, taken_up=taken_up) is expected


@given(st.booleans(), st.booleans(), st.integers(0, 10))
def test_a_living_workers_run_is_left_alone(here, began, taken_up):
    assert verdict(Presence.ALIVE, here=here, began=began, taken_up=taken_up) is Verdict.LEAVE


@given(st.sampled_from(Presence), st.booleans(), st.integers(0, 10))
def test_what_is_not_on_this_machine_is_left_to_its_own(before, began, taken_up):
    assert verdict(before, here=False, began=began, taken_up=taken_up) is Verdict.LEAVE


def test_a_machine_that_slept_ends_nobodys_run_before_its_workers_had_a_chance_to_speak():
    assert not slept(NOW, NOW + timedelta(seconds=5 + SLEEP_SECONDS), 5)
    assert slept(NOW, NOW + timedelta(hours=8), 5)


async def test_what_is_wrong_with_one_run_keeps_nobody_from_the_others(world):
    tools = world.tools
    house = House(None, world.ledger)  # type: ignore[arg-type] # nobody asks it for settings
    (tools.data / "workers").mkdir()
    (tools.data / "workers" / "gone.lock").touch()
    runs = []
    for number in (1, 2):
        job = await house.open_job(job=f"job{number}", number=number)
        runs.append(job.run.id)
        assert await world.ledger.claim_run(job.run.id, "gone", 600, PLENTY)
        tools.run_folder(job.run.id).mkdir(parents=True)
    (tools.run_folder(runs[0]) / "journal.json").write_text("{half a jour")

    await Uptake(tools, {}).look()

    assert [run.id for run in await world.ledger.live_runs()] == [runs[0]]
