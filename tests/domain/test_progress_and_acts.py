"""How far lists were read, which deliveries never arrived, and which acts come too late: values in, values out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.acts import is_earlier
from app.domain.admit import admit
from app.domain.decide import open_job
from app.domain.evidence import Evidence, Us
from app.domain.facts import CommentWritten, IssueClosed, IssueUnlabeled
from app.domain.ignored import Ignored
from app.domain.progress import AGAIN, Attempt, Downwards, Onwards, missed
from tests.builders import ADA, AT, REPOSITORY, requested


@dataclass(frozen=True)
class Line:
    id: int
    created_at: datetime


def lines(*numbers: int) -> list[Line]:
    """Newest first, a minute apart."""
    return [Line(n, AT + timedelta(minutes=n)) for n in sorted(numbers, reverse=True)]


def read(progress: Downwards, there: list[Line], *, pages: int, size: int = 3) -> tuple[Downwards, list[int]]:
    """A round, as whoever asks goes it."""
    found, page, ended = [], progress.page, False
    while not ended and page < progress.page + pages:
        part = there[(page - 1) * size : page * size]
        found += part
        ended = len(part) < size or progress.reaches(part)
        page += 1
    return progress.after(found, ended=ended, next_page=page), [line.id for line in progress.unread(found)]


def test_what_is_new_is_read_oldest_first_and_a_stretch_of_the_past_again():
    progress, new = read(Downwards(), lines(1, 2, 3, 4), pages=5)
    assert (new, progress.last) == ([1, 2, 3, 4], 4)

    progress, new = read(progress, lines(1, 2, 3, 4, 5), pages=5)

    assert (new, progress.last) == ([2, 3, 4, 5], 5), "what is a few seconds late must not be passed over"


@given(st.lists(st.integers(0, 7), min_size=1, max_size=8), st.integers(1, 4))
def test_whatever_comes_in_between_nothing_is_passed_over(arrivals, pages):
    there, progress, seen, total = list[Line](), Downwards(), set[int](), 0
    for count in arrivals:
        there = lines(*range(1, total + count + 1))
        total += count
        progress, new = read(progress, there, pages=pages)
        seen |= set(new)
    for _ in range(total + 1):
        progress, new = read(progress, there, pages=pages)
        seen |= set(new)

    assert seen == set(range(1, total + 1))
    assert progress.last == total


def test_a_list_in_the_order_of_changes_is_asked_for_from_a_little_before_its_end():
    begun = Onwards(begun=AT, at=AT)
    assert begun.since == AT
    later = AT + timedelta(hours=1)
    assert begun.after([later, AT], ended=True).since == later - AGAIN
    assert begun.after([later, AT], ended=False).since == later
    assert begun.after([], ended=True) == begun


def attempt(number: int, guid: str, *, ok: bool = False, event: str = "issues", minutes: int = 0) -> Attempt:
    return Attempt(id=number, guid=guid, event=event, at=AT + timedelta(minutes=minutes), ok=ok)


def test_a_delivery_is_missed_if_no_attempt_of_it_arrived():
    attempts = [
        attempt(6, "twice failed", minutes=9),
        attempt(5, "other event", event="star"),
        attempt(4, "again and well", ok=True),
        attempt(3, "again and well"),
        attempt(2, "well", ok=True),
        attempt(1, "twice failed"),
        attempt(7, "later", minutes=3),
    ]

    found = missed(attempts, frozenset({"issues"}))

    assert [(each.guid, each.id) for each in found] == [("twice failed", 1), ("later", 7)]


EARLIER, LATER = timedelta(seconds=-1), timedelta(seconds=1)
ABOUT = {"repository": REPOSITORY, "number": 12, "by": ADA}
LATE: list[Callable[[datetime], CommentWritten | IssueUnlabeled | IssueClosed]] = [
    lambda at: IssueUnlabeled(act_key="u", at=at, label="handoff", **ABOUT),
    lambda at: IssueClosed(act_key="c", at=at, **ABOUT),
    lambda at: CommentWritten(act_key="k", at=at, comment_id=1, body="stop", on_pull_request=False, **ABOUT),
]


@pytest.mark.parametrize("made", LATE)
def test_what_happened_before_work_was_asked_for_is_not_about_it(made):
    job = open_job(requested()).job
    evidence = Evidence(us=Us(slug="handoff", label="handoff"), job=job, role="write")
    asked_at = job.snapshot.asked_at

    verdict = admit(made(asked_at + EARLIER), evidence, AT)
    assert isinstance(verdict, Ignored)
    assert "before this work was handed over" in verdict.because
    assert not is_earlier(made(asked_at), asked_at)
    assert not is_earlier(made(asked_at + LATER), asked_at)


def test_words_that_somebody_else_edited_are_nobodys():
    job = open_job(requested()).job
    evidence = Evidence(us=Us(slug="handoff", label="handoff"), job=job, role="write")
    said = LATE[2](job.snapshot.asked_at)
    assert isinstance(said, CommentWritten)

    verdict = admit(replace(said, edited_by=replace(ADA, login="lin", id=2)), evidence, AT)

    assert isinstance(verdict, Ignored)
    assert "@lin edited it before I read it" in verdict.because
