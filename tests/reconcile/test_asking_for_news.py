"""Pull mode against the pretend GitHub: what is heard, how often, and what it costs."""

import pytest
import pytest_asyncio

from app.domain.checkboxes import box
from app.domain.decide import open_job
from app.domain.facts import (
    BoxTicked,
    BranchPushed,
    CommandGiven,
    CommentWritten,
    ReviewSubmitted,
)
from app.domain.progress import Downwards
from tests.builders import requested
from tests.reconcile.asking import a_second, ask, with_pull
from tests.reconcile.conftest import a_world
from workers.reconcile.compare import compare
from workers.reconcile.covered import covered
from workers.reconcile.news import Asking
from workers.reconcile.poll_issues import begin, happenings

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("asking for news")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory):
    """One for all: each test has issues and a pull request of its own."""
    async with a_world(tmp_path_factory.mktemp("world")) as made:
        yield made


async def test_label_off_and_on_between_two_questions_are_three_acts_in_their_order(world):
    await ask(world)
    number = await world.open_issue("Dates")
    await world.label(number)
    await world.unlabel(number, by="lin")
    await a_second()
    await world.label(number)

    await ask(world)
    await ask(world)

    assert await world.names(number) == ["IssueLabeled", "IssueUnlabeled", "IssueLabeled"]


async def test_other_labels_and_issues_without_a_job_are_none_of_our_business(world):
    await ask(world)
    number = await world.open_issue("Dates")
    await world.label(number, "bug")
    await world.act("close_issue", number=number)

    await ask(world)

    assert await world.names(number) == []


async def test_asking_again_costs_nothing_while_nothing_happens(world):
    job, _ = await with_pull(world)
    for _ in range(4):
        await ask(world, job)
    before = len(await world.log())

    await ask(world, job)

    answers = [(entry["path"], entry["status"]) for entry in (await world.log())[before:]]
    assert [status for _, status in answers] == [304] * 4, answers
    assert len({path for path, _ in answers}) == 4


async def test_whoever_is_killed_before_it_is_kept_how_far_they_read_hears_nothing_twice(world):
    await ask(world)
    key = f"happenings:{world.home.id}"
    begun = await world.ledger.cursor(key)
    number = await world.open_issue("Dates")
    await world.label(number)
    await ask(world)
    await world.ledger.keep_cursor(key, begun)
    world.asking = Asking(world.tools)

    await ask(world)

    assert await world.names(number) == ["IssueLabeled"]


async def test_a_text_that_was_changed_after_the_label_is_not_taken_for_the_one_that_was_meant(world):
    await ask(world)
    numbers = [await world.open_issue("Dates") for _ in range(3)]
    for number in numbers:
        await world.label(number)
    await a_second()
    await world.act("edit_issue", number=numbers[0], body="Something else.")
    await world.act("edit_issue", number=numbers[1], title="Times")

    await ask(world)

    changed = [fact.text_changed for n in numbers for fact in await world.heard(n)]
    assert changed == [True, True, False]


async def test_a_comment_is_its_writers_words_unless_somebody_else_edited_it(world):
    await ask(world)
    number = await world.open_issue("Dates")
    mended = await world.act("comment", by="lin", number=number, body="/handof why")
    forged = await world.act("comment", by="lin", number=number, body="Nice.")
    await a_second()
    await world.act("edit_comment", by="lin", number=number, comment_id=mended["id"], body="/handoff why")
    await world.act("edit_comment", by="ada", number=number, comment_id=forged["id"], body="/handoff stop")

    await ask(world)

    facts = await world.heard(number)
    assert [fact.command.__class__.__name__ for fact in facts if isinstance(fact, CommandGiven)] == ["Why"]
    said = [fact for fact in facts if isinstance(fact, CommentWritten)]
    assert [(each.body, each.edited_by and each.edited_by.login) for each in said] == [
        ("/handoff why", None), ("/handoff stop", "ada"),
    ]  # fmt: skip


async def test_an_edit_after_we_heard_a_comment_says_nothing(world):
    await ask(world)
    number = await world.open_issue("Dates")
    comment = await world.act("comment", number=number, body="Nice.")
    await ask(world)
    await a_second()
    await world.act("edit_comment", number=number, comment_id=comment["id"], body="/handoff stop")

    await ask(world)

    assert await world.names(number) == ["CommentWritten"]


async def test_a_box_that_somebody_ticks_in_our_comment_is_heard_with_who_it_was(world):
    await ask(world)
    number = await world.open_issue("Dates")
    issues = world.tools.github.at(world.home).issues
    asked = await issues.create_comment(number, "\n".join([box("answer-1", "UTC"), box("answer-2", "Local")]))
    await ask(world)
    await a_second()
    body = "\n".join([box("answer-1", "UTC"), box("answer-2", "Local", ticked=True)])
    await world.act("edit_comment", by="lin", number=number, comment_id=asked.id, body=body)

    await ask(world)
    await ask(world)

    [ticked] = [fact for fact in await world.heard(number) if isinstance(fact, BoxTicked)]
    assert (ticked.by.login, ticked.box, ticked.comment_author.login) == ("lin", "answer-2", "handoff[bot]")


async def test_a_box_that_we_ticked_ourselves_says_nothing(world):
    await ask(world)
    number = await world.open_issue("Dates")
    issues = world.tools.github.at(world.home).issues
    asked = await issues.create_comment(number, box("answer-1", "UTC"))
    await a_second()
    await issues.update_comment(asked.id, box("answer-1", "UTC", ticked=True))

    await ask(world)

    assert [fact for fact in await world.heard(number) if isinstance(fact, BoxTicked)] == []


async def test_reviews_and_touches_of_a_jobs_pull_request_are_heard(world):
    job, number = await with_pull(world)
    await ask(world, job)
    await world.act("review", number=number, state="REQUEST_CHANGES", body="Say what of.")
    await world.act("convert_to_draft", by="lin", number=number)
    await world.act("close_pull", by="ada", number=number)

    await ask(world, job)
    await ask(world, job)

    facts = await world.heard(number)
    assert sorted(type(fact).__name__ for fact in facts) == [
        "PullRequestClosed", "PullRequestDrafted", "ReviewSubmitted",
    ]  # fmt: skip
    [review] = [fact for fact in facts if isinstance(fact, ReviewSubmitted)]
    assert (review.state, review.body, review.by.login) == ("changes_requested", "Say what of.", "ada")


async def test_a_push_is_heard_with_who_pushed_and_our_own_is_not(world):
    job, number = await with_pull(world)
    await ask(world, job)
    first = await world.act("push", by="ada", branch=job.work.branch, files={"a.txt": "a\n"})
    second = await world.act("push", by="lin", branch=job.work.branch, files={"a.txt": "b\n"})

    await ask(world, job)

    pushed = [fact for fact in await world.heard(number) if isinstance(fact, BranchPushed)]
    assert [(fact.by.login, fact.before_sha, fact.head_sha) for fact in pushed] == [
        ("ada", first["before"], first["after"]), ("lin", first["after"], second["after"]),
    ]  # fmt: skip


async def test_comparing_finds_what_nobody_told(world):
    await begin(world.asking, world.home)
    numbers = [await world.open_issue("Dates") for _ in range(4)]
    for number in numbers:
        await world.label(number)
    closed, unlabelled, deleted, waiting = numbers
    await world.act("close_issue", number=closed)
    await world.unlabel(unlabelled, by="lin")
    await world.act("delete_issue", number=deleted)
    jobs = [open_job(requested(repository=world.home, number=n)).job for n in (closed, unlabelled, deleted)]

    await compare(world.asking, world.home, jobs)
    await compare(world.asking, world.home, jobs)

    assert await world.names(closed) == ["IssueClosed"]
    assert await world.names(unlabelled) == ["IssueUnlabeled"]
    assert await world.names(deleted) == ["IssueRemoved"]
    assert await world.names(waiting) == ["IssueLabeled"]


async def test_a_new_repository_is_heard_of_once_by_whoever_tells_first(world):
    for _ in range(2):
        found = await covered(world.tools, tell=True)
    assert [each.full_name for each in found.repositories] == ["acme/clock"]

    assert await world.names(0) == ["RepositoryInstalled"]
    told = [fact for fact in await world.told() if type(fact).__name__ == "RepositoryInstalled"]
    assert [await world.ledger.hear(fact, "webhook") for fact in told] == [False]


async def test_a_long_list_is_read_on_in_the_next_round(world):
    await ask(world)
    number = await world.open_issue("Dates")
    await world.label(number)
    await world.act("label", number=number, labels=[f"label-{n}" for n in range(101)])
    key = f"happenings:{world.home.id}"
    lines = (await world.tools.github.at(world.home).news.happenings()).value
    cut_off = Downwards().after(lines, ended=False, next_page=2)
    await world.asking.keep_progress(key, cut_off)

    await happenings(world.asking, world.home, [])

    assert await world.names(number) == ["IssueLabeled"], "it is on the second page"
    assert await world.asking.progress(key, Downwards) == Downwards(last=lines[0].id, at=lines[0].created_at)
