"""What an agent leaves is read strictly, and every refusal is a sentence that says how to mend it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot
from openapi_schema_validator import OAS31Validator

from workers.agents.agent import RunKind
from workers.agents.examples import EXAMPLES
from workers.agents.outcome import (
    OUTCOME_BYTES_MAX,
    ImplementOutcome,
    Invalid,
    Outcome,
    ReviewOutcome,
    parse_outcome,
    read_outcome,
)
from workers.agents.schemas import published_name, schema_of, schema_text

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
FINDING = EXAMPLES[RunKind.REVIEW]["findings"][0]
QUESTION = {"question": "Which?", "options": ["a", "b"], "recommended": "a", "because": "it is smaller"}


def implement(**changes: Any) -> dict[str, Any]:
    return {**EXAMPLES[RunKind.IMPLEMENT], **changes}


def review(**changes: Any) -> dict[str, Any]:
    return {**EXAMPLES[RunKind.REVIEW], "findings": [{**FINDING, **changes}]}


def read(kind: RunKind, document: object) -> Outcome | Invalid:
    return parse_outcome(kind, json.dumps(document).encode())


GOOD = [
    (RunKind.IMPLEMENT, implement()),
    (RunKind.IMPLEMENT, {"ending": "nothing changed", "summary": "It is fixed already."}),
    (RunKind.IMPLEMENT, {"ending": "needs an answer", "summary": "Two ways.", "question": QUESTION}),
    (RunKind.REVIEW, review()),
    (RunKind.REVIEW, review(start_line=None, side="LEFT", suggestion="return 1")),
    (RunKind.REVIEW, {"ending": "succeeded", "summary": "Nothing.", "findings": []}),
]
BAD = [
    (RunKind.IMPLEMENT, []),
    (RunKind.IMPLEMENT, {}),
    (RunKind.IMPLEMENT, implement(ending="done")),
    (RunKind.IMPLEMENT, implement(title="x" * 73)),
    (RunKind.IMPLEMENT, implement(title="two\nlines")),
    (RunKind.IMPLEMENT, implement(title="")),
    (RunKind.IMPLEMENT, implement(confidence=0.9)),
    (RunKind.IMPLEMENT, implement(question=QUESTION)),
    (RunKind.IMPLEMENT, {"ending": "needs an answer", "summary": "Two ways."}),
    (RunKind.IMPLEMENT, implement(ending="needs an answer", question={**QUESTION, "options": ["a"]})),
    (RunKind.REVIEW, review(line="12")),
    (RunKind.REVIEW, review(line=0, start_line=None)),
    (RunKind.REVIEW, review(severity="blocker")),
    (RunKind.REVIEW, {"ending": "nothing changed", "summary": "x", "findings": []}),
    (RunKind.REVIEW, {"ending": "succeeded", "summary": "x", "findings": [FINDING] * 51}),
]


@pytest.mark.parametrize(("kind", "document"), GOOD)
def test_model_and_schema_accept_the_same(kind: RunKind, document: object) -> None:
    assert not isinstance(read(kind, document), Invalid)
    assert list(OAS31Validator(schema_of(kind)).iter_errors(document)) == []


@pytest.mark.parametrize(("kind", "document"), BAD)
def test_model_and_schema_refuse_the_same(kind: RunKind, document: object) -> None:
    assert isinstance(read(kind, document), Invalid)
    assert list(OAS31Validator(schema_of(kind)).iter_errors(document))


@pytest.mark.parametrize("kind", RunKind)
def test_the_published_schema_is_the_one_in_force(kind: RunKind) -> None:
    OAS31Validator.check_schema(schema_of(kind))
    published = (SCHEMAS / published_name(kind)).read_text(encoding="utf-8")
    assert published == schema_text(kind), "run `make docs`"


def test_every_refusal_says_how_to_mend_it() -> None:
    sentences = [
        refused.because for kind, document in BAD if isinstance(refused := read(kind, document), Invalid)
    ]
    assert sentences == snapshot(
        [
            "The outcome must be a JSON object, not [].",
            "The key 'ending' is missing; add it. The key 'summary' is missing; add it.",
            "The key 'ending' must be 'succeeded', 'needs an answer', 'nothing changed' or 'could not reproduce', not 'done'.",
            "The key 'title' has more than 72 characters; shorten it.",
            "The key 'title' must be a single line.",
            "The outcome ends with \"succeeded\", so the key 'title' must say something.",
            "The key 'confidence' is unknown; remove it.",
            "The outcome must have a 'question' when 'ending' is \"needs an answer\", and only then.",
            "The outcome must have a 'question' when 'ending' is \"needs an answer\", and only then.",
            "The key 'question.options' has fewer than 2 entries; add some.",
            "The key 'findings[0].line' is wrong: input should be a valid integer, not '12'.",
            "The key 'findings[0].line' is wrong: input should be greater than or equal to 1, not 0.",
            "The key 'findings[0].severity' must be 'critical', 'high', 'medium' or 'low', not 'blocker'.",
            "The key 'ending' must be 'succeeded', not 'nothing changed'.",
            "The key 'findings' has more than 50 entries; keep the most important.",
        ]
    )


def test_what_only_the_models_check() -> None:
    documents = [review(path="/etc/passwd"), review(path="../../x"), review(start_line=15)]
    sentences = [
        refused.because for d in documents if isinstance(refused := read(RunKind.REVIEW, d), Invalid)
    ]
    lost = read(
        RunKind.IMPLEMENT, implement(ending="needs an answer", question={**QUESTION, "recommended": "c"})
    )
    assert [*sentences, lost] == snapshot(
        [
            "The key 'findings[0].path' must be relative to the root of the repository, without '..'.",
            "The key 'findings[0].path' must be relative to the root of the repository, without '..'.",
            "The key 'findings[0]' must not have a 'start_line' after its 'line'.",
            Invalid(
                because="The key 'question' must repeat one of its 'options' word for word in 'recommended'."
            ),
        ]
    )


def test_a_file_that_is_no_json_is_told_where() -> None:
    refused = [
        parse_outcome(RunKind.REVIEW, text) for text in (b"", b"```json\n{}\n```", b"\xff", b"[" * 100_000)
    ]
    assert refused == snapshot(
        [
            Invalid(
                because="The outcome is not JSON (EOF while parsing a value at line 1 column 0); write one plain JSON object, without a Markdown fence."
            ),
            Invalid(
                because="The outcome is not JSON (expected value at line 1 column 1); write one plain JSON object, without a Markdown fence."
            ),
            Invalid(
                because="The outcome is not JSON (expected value at line 1 column 1); write one plain JSON object, without a Markdown fence."
            ),
            Invalid(
                because="The outcome is not JSON (recursion limit exceeded at line 1 column 202); write one plain JSON object, without a Markdown fence."
            ),
        ]
    )


def test_only_the_first_mistakes_are_listed() -> None:
    refused = read(RunKind.IMPLEMENT, implement(**{f"extra_{n}": n for n in range(9)}))
    assert isinstance(refused, Invalid)
    assert refused.because.endswith("There are 4 more mistakes.")


def test_control_characters_do_not_get_through() -> None:
    told = read(RunKind.IMPLEMENT, implement(summary="a\x00b\x1b[31m\tc\r\nd"))
    assert isinstance(told, ImplementOutcome)
    assert told.summary == "ab[31m\tc\nd"


@given(st.binary(max_size=400))
def test_no_bytes_raise(content: bytes) -> None:
    for kind in RunKind:
        assert isinstance(parse_outcome(kind, content), Invalid | ImplementOutcome | ReviewOutcome)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from([*FINDING, *QUESTION, *EXAMPLES[RunKind.IMPLEMENT], "findings", "x"]), inner
            )
        ),
    )
)
def test_no_json_raises(document: object) -> None:
    for kind in RunKind:
        assert isinstance(read(kind, document), Invalid | ImplementOutcome | ReviewOutcome)


def left(path: Path) -> str:
    outcome = read_outcome(RunKind.REVIEW, path)
    assert isinstance(outcome, Invalid)
    return outcome.because


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    assert left(tmp_path / "outcome.json") == "The outcome file is missing."


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps(EXAMPLES[RunKind.REVIEW]), encoding="utf-8")
    (tmp_path / "outcome.json").symlink_to(secret)
    assert left(tmp_path / "outcome.json") == "The outcome file is a symbolic link, not a file."


def test_a_pipe_does_not_hold_us_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "outcome.json")
    assert left(tmp_path / "outcome.json") == "The outcome file is not a regular file."


def test_a_folder_is_no_outcome(tmp_path: Path) -> None:
    (tmp_path / "outcome.json").mkdir()
    assert left(tmp_path / "outcome.json") == "The outcome file is not a regular file."


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "outcome.json").open("wb") as file:
        file.truncate(OUTCOME_BYTES_MAX + 1)
    assert left(tmp_path / "outcome.json") == "The outcome file is larger than 1,000,000 bytes."


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "outcome.json").write_text(json.dumps(EXAMPLES[RunKind.REVIEW]), encoding="utf-8")
    outcome = read_outcome(RunKind.REVIEW, tmp_path / "outcome.json")
    assert isinstance(outcome, ReviewOutcome)
    assert outcome.findings[0].evidence == "executed"
