"""Checkboxes of ours that people tick, and what they suggest instead of our lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.checkboxes import box, ticked_between, ticked_in
from app.domain.suggestions import Suggestion, suggestions

OFFER = f"Which?\n\n{box('utc', 'UTC')}\n{box('local.time', 'Local')}\n\n- [ ] not ours\n"


def ticked(body, label):
    return body.replace(f"- [ ] {label}", f"- [x] {label}")


def test_a_box_is_a_line_of_a_task_list():
    assert box("utc", "Use\nUTC ") == "- [ ] Use UTC <!-- box:utc -->"
    assert box("utc", "UTC", ticked=True) == "- [x] UTC <!-- box:utc -->"


@pytest.mark.parametrize("key", ["", "a b", "a-->", "Ä", "x" * 65, "-a"])
def test_a_key_that_could_not_be_found_again_is_refused(key):
    with pytest.raises(ValueError, match="cannot be the key"):
        box(key, "label")


@pytest.mark.parametrize(
    ("after", "key"),
    [
        (ticked(OFFER, "UTC"), "utc"),
        (ticked(OFFER, "UTC").replace("[x]", "[X]"), "utc"),
        (ticked(OFFER, "Local").replace("\n", "\r\n"), "local.time"),
        (OFFER, None),
        ("", None),
        (ticked(ticked(OFFER, "UTC"), "Local"), None),
        (ticked(OFFER, "not ours"), None),
        (ticked(OFFER, "UTC") + "more", None),
        (ticked(OFFER, "UTC").replace("UTC <", "Anything <"), None),
        (ticked(OFFER, "UTC").replace("box:utc", "box:other"), None),
        (OFFER + box("new", "New", ticked=True), None),
    ],
)
def test_exactly_one_ticked_box_is_seen(after, key):
    assert ticked_between(OFFER, after) == key


def test_taking_a_tick_away_is_no_tick():
    assert ticked_between(ticked(OFFER, "UTC"), OFFER) is None


@given(st.text(), st.text())
def test_no_texts_make_it_raise(before, after):
    assert ticked_between(before, after) is None


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n")))
def test_whatever_a_label_says_its_own_key_is_the_one_that_counts(label):
    assert ticked_between(box("own", label), box("own", label, ticked=True)) == "own"


def test_a_label_cannot_pretend_to_be_another_box():
    label = "Yes <!-- box:evil -->"
    assert ticked_between(box("own", label), box("own", label, ticked=True)) == "own"


@pytest.mark.parametrize(
    ("body", "replacement"),
    [
        ("Like so:\r\n```suggestion\r\n    return utc\r\n```\r\n", "    return utc\n"),
        ("```suggestion\na\nb\n```", "a\nb\n"),
        ("```suggestion\n```\n", ""),
        ("````suggestion\n```\ncode\n```\n````", "```\ncode\n```\n"),
        ("~~~ suggestion \na\n~~~", "a\n"),
        ("```suggestion\nnever closed", "never closed\n"),
        ("```suggestion\n\n```", "\n"),
    ],
)
def test_a_suggestion_is_read_with_the_lines_it_replaces(body, replacement):
    (found,) = suggestions(body, start_line=3, line=5)
    assert found == Suggestion(start_line=3, end_line=5, replacement=replacement)


def test_a_comment_on_one_line_suggests_for_that_line():
    found = suggestions("```suggestion\na\n```\nor\n```suggestion\nb\n```", line=5)
    assert [(s.start_line, s.end_line, s.replacement) for s in found] == [(5, 5, "a\n"), (5, 5, "b\n")]


@pytest.mark.parametrize(
    "body",
    ["no block", "```python\nsuggestion\n```", "> ```suggestion\n> a\n> ```", "````\n```suggestion\na\n```\n````", "`suggestion`", "```suggestions\na\n```"],
)  # fmt: skip
def test_what_is_no_suggestion(body):
    assert suggestions(body, line=1) == ()


def test_the_ticked_boxes_of_a_text_are_found_in_their_order_and_nothing_else_is():
    lines = [
        box("one", "1", ticked=True),
        box("two", "2"),
        "- [x] no box of ours",
        box("three", "3", ticked=True),
    ]
    assert ticked_in("\n".join(lines)) == ("one", "three")
    assert ticked_in("\r\n".join(lines[1:3])) == ()
