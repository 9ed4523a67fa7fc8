"""A brief is strict about its places, and nobody's text can break out of its fence."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.domain.errors import BadConfiguration
from workers.agents.agent import RunKind, Visit
from workers.agents.brief import (
    Check,
    Issue,
    fenced,
    implement_brief,
    render,
    repair_brief,
    review_brief,
    shipped_template,
)
from workers.agents.examples import EXAMPLES, example_text
from workers.agents.outcome import Invalid, parse_outcome

ISSUE = Issue(number=12, title="Dates are parsed in local time", body="See `parse`.", author="ada")
CHECKS = [Check("tests", "python3 -m unittest")]


def implement(visit: Visit, issue: Issue = ISSUE, template: str | None = None) -> str:
    return implement_brief(visit, repository="ada/timekeeper", issue=issue, checks=CHECKS, template=template)


def test_the_implement_brief_says_all_that_is_needed(visit: Visit) -> None:
    brief = implement(visit)
    for needed in (
        "issue #12 of ada/timekeeper", "@ada", "Dates are parsed in local time", "tests: python3 -m unittest",
        str(visit.workspace), str(visit.outcome), str(visit.schema), str(visit.response), "Do not commit, push",
        "Kind of run: `implement`", example_text(RunKind.IMPLEMENT),
    ):  # fmt: skip
        assert needed in brief


def test_the_review_brief_points_at_the_diff(visit: Visit) -> None:
    looking = replace(visit, kind=RunKind.REVIEW)
    brief = review_brief(
        looking, repository="ada/timekeeper", issue=ISSUE, diff=Path("/run/change.diff"), checks=[]
    )
    for needed in (
        "`/run/change.diff`",
        "at most five findings",
        "No nits",
        "It names none.",
        "Kind of run: `review`",
    ):
        assert needed in brief
    assert example_text(RunKind.REVIEW) in brief


def test_the_repair_brief_repeats_the_complaint_and_asks_for_nothing_else(visit: Visit) -> None:
    brief = repair_brief(visit, Invalid("The key 'title' is missing; add it."))
    assert "The key 'title' is missing; add it." in brief
    assert str(visit.outcome) in brief
    assert "do nothing else" in brief


@pytest.mark.parametrize("kind", RunKind)
def test_the_examples_are_what_they_should_be(kind: RunKind) -> None:
    assert not isinstance(parse_outcome(kind, example_text(kind).encode()), Invalid)
    assert EXAMPLES.keys() == set(RunKind)


def test_a_place_in_the_issue_is_left_as_it_is(visit: Visit) -> None:
    brief = implement(visit, replace(ISSUE, body="Put it in {outcome} and {nonsense}."))
    assert "Put it in {outcome} and {nonsense}." in brief


def test_an_unknown_place_is_refused_by_name() -> None:
    with pytest.raises(BadConfiguration, match=r"names \{secret\}, which is not known; it may use \{a\}"):
        render("{a} {secret}", {"a": "1"})


def test_a_forgotten_place_is_refused_by_name() -> None:
    with pytest.raises(BadConfiguration, match=r"does not use \{b\}"):
        render("{a}", {"a": "1", "b": "2"})


def test_json_in_a_template_is_not_a_place() -> None:
    assert render('{"a": {a}, {A}, { a }}', {"a": "1"}) == '{"a": 1, {A}, { a }}'


def test_a_repository_may_bring_its_own_brief(visit: Visit) -> None:
    own = shipped_template(RunKind.IMPLEMENT).replace("# Your task", "# Task of the house")
    assert implement(visit, template=own).startswith("# Task of the house")


def test_an_own_brief_that_reaches_for_attributes_is_refused(visit: Visit) -> None:
    own = shipped_template(RunKind.IMPLEMENT) + "{visit.__class__} {0}"
    assert implement(visit, template=own).endswith("{visit.__class__} {0}")


@given(st.text(alphabet="`~ab\n #", max_size=60))
def test_no_text_leaves_its_fence(text: str) -> None:
    tokens = MarkdownIt().parse(f"Before.\n\n{fenced(text)}\n\nAfter.")
    kinds = [
        token.type
        for token in tokens
        if token.level == 0 and token.type in {"fence", "paragraph_open", "heading_open"}
    ]
    assert kinds == ["paragraph_open", "fence", "paragraph_open"]
