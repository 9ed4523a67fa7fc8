"""One act that two roads date apart is heard once; two acts of one road are two, however close. On both databases."""

from dataclasses import replace
from datetime import timedelta

from app.domain.facts import IssueLabeled
from app.domain.ids import Actor
from app.github.acts import act_key
from tests.ledger.conftest import ADA, NOON, REPOSITORY


def labeled(seconds: float, *, by: Actor = ADA, label: str = "handoff") -> IssueLabeled:
    at = NOON + timedelta(seconds=seconds)
    return IssueLabeled(
        act_key=act_key("labeled", REPOSITORY.id, 12, at, label), repository=REPOSITORY, number=12, by=by, at=at,
        label=label, title="Dates", body="", author=ADA,
    )  # fmt: skip


async def test_an_act_that_is_dated_a_little_otherwise_by_the_other_road_is_the_same(ledger):
    assert await ledger.hear(labeled(3), "webhook")

    assert not await ledger.hear(labeled(0), "poll")
    assert not await ledger.hear(labeled(0), "poll"), "and so it is the next time"

    same, first = await ledger.inbox_of(REPOSITORY.full_name, 12)
    assert (first.state, first.source) == ("waiting", "webhook and poll")
    assert (same.state, same.source) == ("ignored", "poll")
    assert same.because.startswith("it is the same act that the webhook told")


async def test_it_does_not_matter_which_road_is_the_first(ledger):
    assert await ledger.hear(labeled(0), "poll")
    assert not await ledger.hear(labeled(3), "webhook")


async def test_label_off_and_on_within_seconds_are_two_acts_by_either_road(ledger):
    assert [await ledger.hear(labeled(at), "webhook") for at in (2, 9)] == [True, True]
    assert [await ledger.hear(labeled(at), "poll") for at in (0, 7)] == [False, False]
    assert [await ledger.hear(labeled(at), "poll") for at in (0, 7, 20)] == [False, False, True]


async def test_an_act_that_both_told_is_the_twin_of_no_further_act(ledger):
    assert await ledger.hear(labeled(0), "webhook")
    assert not await ledger.hear(labeled(0), "poll")

    assert await ledger.hear(labeled(20), "poll")


async def test_other_people_labels_and_times_are_other_acts(ledger):
    assert await ledger.hear(labeled(0), "webhook")
    lin = Actor(login="lin", id=8)
    others = [labeled(3, by=lin), labeled(3, label="bug"), labeled(61), replace(labeled(4), number=13)]
    others = [replace(each, act_key=f"{each.act_key}:{n}") for n, each in enumerate(others)]

    assert [await ledger.hear(each, "poll") for each in others] == [True] * 4


async def test_a_cursor_is_kept_and_moved(ledger):
    assert await ledger.cursor("happenings:1") is None
    await ledger.keep_cursor("happenings:1", {"last": 5})
    await ledger.keep_cursor("happenings:1", {"last": 7})
    assert await ledger.cursor("happenings:1") == {"last": 7}


async def test_it_is_known_which_deliveries_and_acts_we_have(ledger):
    await ledger.accept("guid-1", "issues", b"{}", {}, NOON)
    await ledger.hear(labeled(0), "poll")
    assert await ledger.known_deliveries(["guid-1", "guid-2"]) == {"guid-1"}
    assert await ledger.heard([labeled(0).act_key, "comment:1"]) == {labeled(0).act_key}
    assert await ledger.heard([]) == set()
