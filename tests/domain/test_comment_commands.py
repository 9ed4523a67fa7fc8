"""What people can say to us, and what only looks like it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.commands import COMMANDS_MAX, commands_of, mentions_us, parse, without_commands
from app.domain.facts import CommandGiven, CommentWritten, ReviewSubmitted
from app.domain.verbs import (
    SNOOZE_MAX,
    VERBS,
    Answer,
    Go,
    Help,
    Misunderstood,
    Retry,
    Review,
    Snooze,
    Stop,
    Why,
)
from tests.builders import ADA, REPOSITORY

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
LINES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["/handoff stop", "> /handoff go", "```", "~~~~", "<!--", "-->", "`", "    /handoff why", "- a", "---", "<pre>"]
    ),
)  # fmt: skip
BODIES = st.lists(LINES, max_size=8).map("\n".join)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("/handoff help", Help()),
        ("/handoff why", Why()),
        ("/handoff stop", Stop()),
        ("/handoff retry", Retry()),
        ("/handoff go", Go()),
        ("/handoff review", Review()),
        ("   /Handoff  STOP \r\n", Stop()),
        ("I have had enough.\n/handoff stop\nSorry.", Stop()),
        ("> Shall I?\n\n/handoff go", Go()),
        ("/handoff stop\n-- \nada", Stop()),
        ("/handoff snooze 3d", Snooze(timedelta(days=3))),
        ("/handoff snooze 2 hours", Snooze(timedelta(hours=2))),
        ("/handoff snooze 45min", Snooze(timedelta(minutes=45))),
        ("/handoff snooze 1w", Snooze(timedelta(weeks=1))),
        ("/handoff snooze Tomorrow", Snooze(timedelta(days=1))),
        ("/handoff snooze 30d", Snooze(SNOOZE_MAX)),
        ("/handoff answer 2", Answer("2")),
    ],
)
def test_a_line_of_ones_own_is_a_command(body, said):
    assert parse(body) == [said]


@pytest.mark.parametrize("name", VERBS)
def test_the_usage_of_every_verb_is_a_command(name):
    (command,) = parse(VERBS[name].usage)
    assert not isinstance(command, Misunderstood)
    assert command.verb == name


def test_an_answer_is_taken_verbatim_up_to_the_next_command():
    body = "/handoff answer Both:\r\n\r\n> you asked\r\n\r\n```sh\n/handoff stop\n```\n  <!-- why not -->\n/handoff go"
    assert parse(body) == [
        Answer("Both:\n\n> you asked\n\n```sh\n/handoff stop\n```\n  <!-- why not -->"),
        Go(),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "> /handoff stop",
        "> I said\n/handoff stop",  # GitHub draws this inside the quote
        ">> /handoff stop",
        "```\n/handoff stop\n```",
        "~~~\n/handoff stop",
        "````\n```\n/handoff stop\n```\n````",
        "- text\n  ```\n  /handoff stop\n  ```",
        "    /handoff stop",
        "\t/handoff stop",
        "`/handoff stop`",
        "type `a\n/handoff stop\n` here",
        "<!-- /handoff stop -->",
        "<!--\n/handoff stop\n-->",
        "text <!--\n/handoff stop\n-->",
        "<pre>\n/handoff stop\n</pre>",
        "- /handoff stop",
        "Please /handoff stop",
        "\\/handoff stop",
        "&#47;handoff stop",
        "/tmp",
        "/tmp/handoff stop",
        "/handoff/stop",
        "/handoff.yml stop",
        "/handoffs-are-great",
        "/handoffs are great",
        "/handover stop",
        "/merge",
        "handoff stop",
        "",
    ],
)
def test_what_is_quoted_shown_or_not_for_us_is_no_command(body):
    assert parse(body) == []


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("/handoff stpo", "Did you mean `/handoff stop`?"),
        ("/handoff stop.", "Did you mean `/handoff stop`?"),
        ("/handof stop", "Did you mean `/handoff stop`?"),
        ("/hand-off retry", "Did you mean `/handoff retry`?"),
        ("/handoff: go", "Did you mean `/handoff go`?"),
        (
            "/handof answr yes",
            "Did you mean `/handoff answer Use UTC, and keep the old names.`?",
        ),
        (
            "/handoff stop now",
            "`/handoff stop` is followed by nothing, as in `/handoff stop`.",
        ),
        (
            "/handoff answer",
            "`/handoff answer` is followed by your answer, as in `/handoff answer Use UTC, and keep the old names.`.",
        ),
        *(
            (
                f"/handoff snooze {time}",
                "`/handoff snooze` is followed by a time such as `45m`, `2h`, `3d`, `1w` or `tomorrow`, at most 30 days, as in `/handoff snooze 3d`.",
            )
            for time in ("31d", "0m", "99999w", "-1d", "soon", "3", "")
        ),
    ],
)
def test_a_near_miss_gets_a_hint(line, hint):
    assert parse(line) == [Misunderstood(line.strip(), hint)]


@pytest.mark.parametrize("line", ["/handoff", "/handoff frobnicate", "/handoff is a nice tool"])
def test_our_word_with_a_verb_that_nobody_knows_gets_the_list(line):
    (found,) = parse(line)
    assert all(f"`/handoff {name}`" in found.hint for name in VERBS)


def test_a_line_without_end_is_shown_back_cut():
    (found,) = parse("/handoff " + "x" * 60_000)
    assert len(found.line) <= 200


def test_a_comment_has_a_few_commands_and_one_sentence_for_the_rest():
    found = parse("/handoff why\n" * 40)
    assert found[:COMMANDS_MAX] == [Why()] * COMMANDS_MAX
    (last,) = found[COMMANDS_MAX:]
    assert "at most 5 commands" in last.hint


def test_each_command_of_a_comment_is_an_act_of_its_own():
    comment = CommentWritten(
        act_key="comment:7",
        repository=REPOSITORY,
        number=12,
        by=ADA,
        at=AT,
        comment_id=7,
        body="/handoff answer UTC\n/handoff go\n/handoff stpo",
        on_pull_request=True,
    )
    facts = commands_of(comment)
    assert [fact.act_key for fact in facts] == ["comment:7:1", "comment:7:2", "comment:7:3"]
    assert [type(fact.command) for fact in facts] == [Answer, Go, Misunderstood]
    assert all(
        isinstance(fact, CommandGiven) and (fact.by, fact.at, fact.number, fact.on_pull_request, fact.lane)
        == (ADA, AT, 12, True, comment.lane)
        for fact in facts
    )  # fmt: skip


def test_a_review_holds_commands_too_and_the_rest_of_it_is_a_review():
    review = ReviewSubmitted(
        act_key="review:9",
        repository=REPOSITORY,
        number=13,
        by=ADA,
        at=AT,
        review_id=9,
        state="commented",
        body="Rename it.\n\n/handoff snooze 2h\n\nAnd thanks.",
    )
    (fact,) = commands_of(review)
    assert (fact.act_key, type(fact.command), fact.on_pull_request) == ("review:9:1", Snooze, True)
    assert without_commands(review.body) == "Rename it.\n\n\nAnd thanks."
    assert without_commands("/handoff stop\n") == ""
    assert without_commands("> /handoff stop") == "> /handoff stop"


@given(BODIES)
def test_no_text_makes_it_raise(body):
    assert len(parse(body)) <= COMMANDS_MAX + 1
    assert mentions_us(body, "handoff") in {True, False}


@given(BODIES)
@example("/handoff stop\n```\n/handoff go\n```")
def test_nothing_quoted_is_ever_a_command(body):
    quoted = "\n".join(f"> {line}" for line in body.replace("\r", "\n").split("\n"))
    assert parse(quoted) == []
    assert not mentions_us(quoted, "handoff")


@given(BODIES)
@example("```\n/handoff go")
def test_nothing_in_a_fence_is_ever_a_command(body):
    fence = "`" * (max((len(run) for run in body.split() if set(run) == {"`"}), default=2) + 3)
    assert parse(f"{fence}\n{body}\n{fence}") == []


@given(st.sampled_from(sorted(VERBS)), st.text(alphabet="ab. ", max_size=20), st.text("ab. ", max_size=20))
def test_a_command_in_the_middle_of_ordinary_text_is_found(name, before, after):
    (command,) = parse(f"a{before}\n\n{VERBS[name].usage}\n\na{after}")
    assert command.verb == name


@pytest.mark.parametrize(
    "body",
    ["@handoff please rename it", "Well, @Handoff[bot]: no.", "- one\n- @handoff two", "# @handoff", "a `b` @handoff"],
)  # fmt: skip
def test_a_comment_speaks_to_us_by_name(body):
    assert mentions_us(body, "handoff")


@pytest.mark.parametrize(
    "body",
    [
        "@handoff-bot hi",
        "mail ada@handoff.io",
        "see @handoff/team",
        "`@handoff`",
        "```\n@handoff\n```",
        "> @handoff",
        "<!-- @handoff -->",
        "handoff",
        "    @handoff",
        "@acme/@handoff",
    ],
)
def test_a_comment_that_only_shows_our_name_does_not_speak_to_us(body):
    assert not mentions_us(body, "handoff")


@pytest.mark.parametrize(
    "body", ["a <!-- " * 9_000, "`\n" * 30_000, "> " * 30_000, "- " * 30_000, "/handoff stop\n" * 4_600]
)
def test_texts_made_to_be_slow_are_read_to_their_end(body):
    assert len(parse(body)) <= COMMANDS_MAX + 1
    assert not mentions_us(body, "handoff")
