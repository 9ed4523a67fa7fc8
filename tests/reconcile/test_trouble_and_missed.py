"""Deliveries that never arrived are fetched, once; and trouble with GitHub is said once and outlived."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain.facts import IssueLabeled
from app.github import inbound
from tests.reconcile.asking import ask
from workers.reconcile.missed import look_for_missed
from workers.reconcile.poll import Rounds

HOUR = timedelta(hours=1)
FETCHED = "/app/hook/deliveries/"


async def fetched(world) -> int:
    return len([entry for entry in await world.log() if entry["path"].startswith(FETCHED)])


async def test_deliveries_that_did_not_arrive_are_taken_in_as_if_they_had(world):
    number = await world.open_issue("Dates", "UTC, please.")
    await world.label(number)
    await world.post("/_hub/idle?seconds=30")

    await look_for_missed(world.tools)

    waiting = [row for row in await world.ledger.deliveries("waiting") if row.event == "issues"]
    facts = []
    for row in waiting:
        delivery = await world.ledger.read_delivery(row.guid)
        facts.append(inbound.read(delivery.event, delivery.guid, delivery.body))
    [labeled] = [fact for fact in facts if isinstance(fact, IssueLabeled)]
    assert (labeled.number, labeled.by.login, labeled.body) == (number, "ada", "UTC, please.")


async def test_nothing_is_fetched_twice_nor_what_means_nothing_to_us(world):
    await world.label(await world.open_issue("Dates"))
    await world.post("/_hub/idle?seconds=30")
    await look_for_missed(world.tools)
    first = await fetched(world)
    assert first == len(await world.ledger.deliveries("waiting")) > 0

    await look_for_missed(world.tools)

    assert await fetched(world) == first
    assert {row.event for row in await world.ledger.deliveries("waiting")} <= inbound.EVENTS | inbound.UNASKED


async def test_a_look_goes_on_where_the_last_one_began_also_after_days(world):
    await look_for_missed(world.tools)
    cursor = await world.ledger.cursor("deliveries")
    await world.label(await world.open_issue("Dates"))
    await world.post("/_hub/idle?seconds=30")
    await world.ledger.keep_cursor("deliveries", cursor | {"since": "2100-01-01T00:00:00Z"})
    await look_for_missed(world.tools)
    assert [row for row in await world.ledger.deliveries("waiting") if row.event == "issues"] == []
    await world.ledger.keep_cursor("deliveries", cursor | {"since": "2020-01-01T00:00:00Z"})

    await look_for_missed(world.tools)

    assert len([row for row in await world.ledger.deliveries("waiting") if row.event == "issues"]) == 2
    assert (await world.ledger.cursor("deliveries"))["since"] >= cursor["since"]


async def test_what_was_labelled_before_we_first_looked_is_taken_and_what_was_said_is_not(world):
    number = await world.open_issue("Dates", "UTC, please.")
    await world.act("comment", number=number, body="/handoff why")
    [comment] = await world.tools.github.at(world.home).issues.comments(number)
    await world.label(number)

    await ask(world)

    labeled = next(fact for fact in await world.heard(number) if isinstance(fact, IssueLabeled))
    assert (labeled.by.login, labeled.label, labeled.title, labeled.body, labeled.text_changed) == (
        "ada", "handoff", "Dates", "UTC, please.", False,
    )  # fmt: skip
    progress = await world.asking.progress(f"comments:{world.home.id}", dict)
    assert progress is not None
    assert comment.created_at.isoformat() > progress["begun"], "said within the minute before"


async def test_a_repository_that_we_lose_is_said_once_and_found_again(world, caplog):
    caplog.set_level(logging.INFO, logger="workers.reconcile")
    rounds = Rounds(world.tools, pull=True, every=timedelta(seconds=1), compare_every=HOUR)
    stopping = asyncio.Event()
    await rounds.go(stopping)
    await world.post(
        "/_hub/faults",
        {"kind": "error_before", "status": 404, "times": None, "match": {"path_regex": "/repos/.*"}},
    )
    for _ in range(3):
        await rounds.go(stopping)
    await world.http.delete("/_hub/faults")
    number = await world.open_issue("Dates")
    await world.label(number)

    await rounds.go(stopping)

    said = [record.message for record in caplog.records if "news of acme/clock" in record.message]
    assert len(said) == 2, said
    assert said[0].startswith("no news of acme/clock")
    assert said[1] == "there is news of acme/clock again"
    assert await world.names(number) == ["IssueLabeled"]


async def test_a_rate_limit_ends_the_round_and_the_next_one_goes_on(world, caplog):
    rounds = Rounds(world.tools, pull=True, every=timedelta(seconds=1), compare_every=HOUR)
    await rounds.go(asyncio.Event())
    await world.post(
        "/_hub/faults",
        {"kind": "rate_limit", "limit": "secondary", "headers": True, "retry_after": "1", "times": 1,
         "match": {"path_regex": "/issues/events$"}},
    )  # fmt: skip
    number = await world.open_issue("Dates")
    await world.label(number)
    await rounds.go(asyncio.Event())
    assert await world.names(number) == []
    await asyncio.sleep(1.1)

    await rounds.go(asyncio.Event())

    assert await world.names(number) == ["IssueLabeled"]
    assert "rate limit" in caplog.text.lower()


async def test_a_repository_that_another_worker_asks_about_is_left_alone_until_it_leaves(world):
    lane = f"news:{world.home.id}"
    assert await world.ledger.take_lane(lane, "another", 600)
    rounds = Rounds(world.tools, pull=True, every=timedelta(seconds=1), compare_every=HOUR)
    await rounds.go(asyncio.Event())
    assert await world.asked("/issues/events") == []

    await world.ledger.leave_lane(lane, "another")
    await rounds.go(asyncio.Event())
    assert await world.asked("/issues/events") != []

    await rounds.leave()
    assert await world.ledger.take_lane(lane, "another", 600)


async def test_without_pull_mode_it_is_only_compared_how_things_stand(world):
    number = await world.open_issue("Dates")
    await world.label(number)
    late = replace(world.tools, now=lambda: datetime.now(UTC) + timedelta(minutes=2))
    for tools, names in ((world.tools, []), (late, ["IssueLabeled"])):
        rounds = Rounds(tools, pull=False, every=HOUR, compare_every=HOUR)
        await rounds.go(asyncio.Event())
        assert await world.names(number) == names, "a webhook gets a minute first"
        await rounds.leave()

    assert await world.names(0) == [], "an installation is told by webhook then"
    assert await world.asked("/issues/comments") == []
