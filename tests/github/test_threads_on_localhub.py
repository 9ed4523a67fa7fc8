"""Review threads through the door, against the pretend GitHub over real HTTP."""

import pytest

from app.domain.errors import NotAllowed, NotFound
from app.domain.suggestions import Suggestion, suggestions
from app.github.permissions import READ
from app.github.thread_shapes import RESOLVE

BRANCH = "handoff/1-dates"


@pytest.fixture
async def pull(world):
    """A pull request of ours with one review by ada of two comments, the second a suggestion."""
    opened = await world.pull()
    comments = [
        {"path": "clock.py", "line": 8, "body": "Why 24?"},
        {"path": "clock.py", "line": 8, "start_line": 6, "body": "```suggestion\nDAY = 24\n```"},
    ]
    await world.act(
        "review", number=opened.number, body="Two things.", state="REQUEST_CHANGES", comments=comments
    )
    return opened


async def test_threads_are_read_with_everything_an_answer_needs(world, pull):
    (review,) = await world.clock.reviews.of(pull.number)
    first, second = await world.clock.threads.of(pull.number)
    assert (first.path, first.line, first.original_line, first.start_line, first.side) == (
        "clock.py",
        8,
        8,
        None,
        "RIGHT",
    )
    assert (first.is_resolved, first.is_outdated) == (False, False)
    assert first.diff_hunk.startswith("@@ ")
    assert first.diff_hunk.endswith("int(rest)\n+")
    (comment,) = first.comments
    assert (comment.body, comment.author.login, comment.author.is_bot, comment.review_id) == (
        "Why 24?",
        "ada",
        False,
        review.id,
    )
    assert comment.last_edited_at is None
    assert comment.id in {each.id for each in await world.clock.reviews.comments(pull.number, review.id)}
    assert suggestions(second.top.body, line=second.line, start_line=second.start_line) == (
        Suggestion(start_line=6, end_line=8, replacement="DAY = 24\n"),
    )


async def test_one_review_is_read_by_its_id(world, pull):
    (listed,) = await world.clock.reviews.of(pull.number)
    review = await world.clock.reviews.get(pull.number, listed.id)
    assert (review.state, review.body, review.author.login) == ("CHANGES_REQUESTED", "Two things.", "ada")
    assert (review.commit_id, review.submitted_at) == (pull.head_sha, listed.submitted_at)
    with pytest.raises(NotFound):
        await world.clock.reviews.get(pull.number, 10**9)


async def test_a_reply_joins_the_thread_as_our_bot(world, pull):
    thread = (await world.clock.threads.of(pull.number))[0]
    posted = await world.clock.threads.reply(pull.number, thread.top.id, "Fixed in `a1b2c3d`.")
    again = (await world.clock.threads.of(pull.number))[0]
    assert [comment.body for comment in again.comments] == ["Why 24?", "Fixed in `a1b2c3d`."]
    reply = again.comments[1]
    assert (reply.id, reply.author.is_bot, reply.author.login) == (posted.id, True, "handoff[bot]")
    assert reply.author == await world.clock.code.bot("handoff")
    assert reply.review_id != again.top.review_id
    with pytest.raises(NotFound):
        await world.clock.threads.reply(pull.number, posted.id, "A reply to a reply.")


async def test_a_thread_is_resolved_and_stays_so(world, pull):
    threads = world.clock.threads
    thread = (await threads.of(pull.number))[0]
    assert await threads.resolve(thread.id)
    assert await threads.resolve(thread.id)
    assert [each.is_resolved for each in await threads.of(pull.number)] == [True, False]


async def test_a_thread_that_nobody_knows_is_not_found(world, pull):
    with pytest.raises(NotFound):
        await world.clock.threads.resolve("PRRT_unknown")


async def test_a_token_that_may_not_write_code_resolves_nothing(world, pull):
    thread = (await world.clock.threads.of(pull.number))[0]
    with pytest.raises(NotAllowed):
        await world.clock.place.mutate(READ, RESOLVE, {"id": thread.id})
    assert not (await world.clock.threads.of(pull.number))[0].is_resolved


async def test_an_edit_and_an_outdated_line_are_told(world, pull):
    thread = (await world.clock.threads.of(pull.number))[0]
    await world.act("edit_review_comment", comment_id=thread.top.id, body="Why not 23?")
    await world.act("push", branch=BRANCH, files={"clock.py": "pass\n"})
    thread = (await world.clock.threads.of(pull.number))[0]
    assert thread.top.last_edited_at is not None
    assert (thread.is_outdated, thread.line, thread.original_line) == (True, None, 8)


async def test_many_threads_and_long_ones_are_read_to_their_end(world, pull):
    threads = world.clock.threads
    for number in range(52):
        await world.act("single_comment", number=pull.number, path="clock.py", line=8, body=f"No. {number}")
    found = await threads.of(pull.number)
    assert [thread.top.body for thread in found[2:]] == [f"No. {number}" for number in range(52)]
    for number in range(55):
        await world.act("reply", comment_id=found[0].top.id, body=f"{number}")
    long = (await threads.of(pull.number))[0]
    assert [comment.body for comment in long.comments[1:]] == [str(number) for number in range(55)]
    assert long.next_comments is None
