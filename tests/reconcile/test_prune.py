"""What may go of a run's folder is decided from values; what could still be needed never goes."""

from datetime import UTC, datetime, timedelta

import pytest

from app.ledger.rows import RunStanding
from workers.agents.files import BRIEF, EVENTS, EXIT, OUTCOME, RESPONSES
from workers.reconcile.prune import STRANGE, TIDYING, Going, Left, all_that_goes, what_goes

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
MONTH = timedelta(days=30)
RECORDS = frozenset({BRIEF, EVENTS, EXIT, OUTCOME, RESPONSES})
BULK = frozenset({"workspace", "home", "cages", "host.git"})
HOUR = timedelta(hours=1)


def left(names: frozenset[str] = RECORDS | BULK, *, alive: bool = False, age: timedelta = 9 * MONTH) -> Left:
    return Left(run="j.1", names=names, changed_at=NOON - age, alive=alive)


def ended(*, ago: timedelta = HOUR, job: timedelta | None = None, closed: bool = False) -> RunStanding:
    over_at = None if job is None else NOON - job
    return RunStanding(state="ended", ended_at=NOON - ago, job_ended_at=over_at, pull_closed=closed)


def goes(seen: Left, standing: RunStanding | None, kept_for: timedelta | None = MONTH) -> Going | None:
    return what_goes(seen, standing, kept_for=kept_for, now=NOON)


@pytest.mark.parametrize("state", ["waiting", "claimed"])
def test_the_folder_of_a_run_that_waits_or_is_under_way_stays_however_old(state: str):
    assert goes(left(), RunStanding(state=state)) is None


@pytest.mark.parametrize("standing", [None, ended(), ended(ago=2 * MONTH, job=2 * MONTH, closed=True)])
def test_a_folder_in_which_something_lives_stays_whatever_the_ledger_says(standing: RunStanding | None):
    assert goes(left(alive=True), standing) is None
    assert goes(left(), standing) is not None, "so it was the life in it"


def test_the_bulk_of_an_ended_run_goes_and_its_records_stay():
    assert goes(left(), ended()) == Going(run="j.1", names=tuple(sorted(BULK)), because="leftover")
    assert goes(left(RECORDS), ended()) is None


def test_whoever_had_the_run_is_given_time_to_tidy_up():
    assert goes(left(), ended(ago=TIDYING - timedelta(seconds=1))) is None


def test_a_summary_stays_when_the_pull_request_is_closed():
    going = goes(left(), ended(job=HOUR, closed=True))
    assert going is not None
    assert (going.because, frozenset(going.names or ())) == ("closed", (RECORDS | BULK) - {EXIT, OUTCOME})
    assert goes(left(frozenset({EXIT, OUTCOME})), ended(job=HOUR, closed=True)) is None


def test_a_folder_without_anything_worth_keeping_goes_whole():
    for names in (frozenset[str](), BULK):
        assert goes(left(names), ended()) == Going(run="j.1", names=None, because="leftover")


def test_what_is_too_old_goes_whole_unless_everything_is_kept():
    standing = ended(ago=2 * MONTH, job=MONTH + HOUR)
    assert goes(left(RECORDS), standing) == Going(run="j.1", names=None, because="old")
    assert goes(left(RECORDS), standing, kept_for=None) is None
    assert goes(left(RECORDS), ended(ago=2 * MONTH, job=MONTH - HOUR)) is None, (
        "the job ended later than the run"
    )
    assert goes(left(RECORDS), ended(ago=2 * MONTH)) is None, "the job is open"


def test_a_folder_that_the_ledger_does_not_know_goes_when_nobody_touched_it_for_a_day():
    assert goes(left(age=STRANGE + HOUR), None) == Going(run="j.1", names=None, because="unknown")
    assert goes(left(age=STRANGE - HOUR), None) is None


def test_a_round_is_bounded_takes_the_oldest_first_and_is_not_held_up_by_what_stays():
    seen = [Left(run=f"j.{n}", names=BULK, changed_at=NOON - n * HOUR) for n in range(9)]
    standings = {f"j.{n}": RunStanding(state="claimed") if n > 5 else ended() for n in range(9)}
    going = all_that_goes(seen, standings, kept_for=MONTH, now=NOON, limit=3)
    assert [each.run for each in going] == ["j.5", "j.4", "j.3"]
