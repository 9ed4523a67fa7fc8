"""Claude Code's last line, as 2.1.329 wrote it: what it means, and what a forged one cannot do."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.agents.claude_stream import read_stream, session_in
from workers.agents.report import AgentReport, Usage, Verdict

RESULT = {
    "type": "result",
    "subtype": "success",
    "is_error": False,
    "result": "All done.",
    "session_id": "4fd9f846",
    "num_turns": 14,
    "total_cost_usd": 0.22886,
    "usage": {
        "input_tokens": 113030,
        "cache_creation_input_tokens": 7,
        "cache_read_input_tokens": 5,
        "output_tokens": 280,
    },
    "permission_denials": [],
    "terminal_reason": "completed",
}


def told(**changes: Any) -> AgentReport | None:
    init = {"type": "system", "subtype": "init", "session_id": "4fd9f846"}
    return read_stream("\n".join(['t": "cut off"}', json.dumps(init), json.dumps({**RESULT, **changes}), ""]))


def test_a_good_end_tells_tokens_and_cost() -> None:
    assert told() == AgentReport(
        verdict=Verdict.OK,
        because="Claude Code finished.",
        usage=Usage(input_tokens=113030, output_tokens=280, cache_read_tokens=5, cache_write_tokens=7),
        cost_usd=Decimal("0.22886"),
        session_id="4fd9f846",
        said="All done.",
    )


def test_what_it_does_not_tell_stays_unknown() -> None:
    report = read_stream('{"type": "result", "subtype": "success"}')
    assert report is not None
    assert (report.usage, report.cost_usd, report.session_id, report.said) == (None, None, None, None)
    assert report.model is None


@pytest.mark.parametrize("cost", ["1e400", "1e308", 1e300, 100_001, -1, "NaN", "Infinity"])
def test_a_cost_that_nothing_costs_makes_the_line_one_that_we_do_not_understand(cost: Any) -> None:
    """A forged one would become infinite, and that no JSON, so that its run could never be reported."""
    assert told(total_cost_usd=cost) is None


def test_the_model_is_the_one_that_wrote_most() -> None:
    usage = {
        "claude-haiku-4-5": {"outputTokens": 12},
        "claude-sonnet-5": {"outputTokens": 280, "costUSD": 0.2},
    }
    report = told(modelUsage=usage)
    assert report is not None
    assert report.model == "claude-sonnet-5"


@pytest.mark.parametrize(
    ("changes", "verdict", "because"),
    [
        (
            {"is_error": True, "api_error_status": 401},
            Verdict.REFUSED,
            "The model provider refused Claude Code's key (401).",
        ),
        ({"is_error": True, "api_error_status": 500}, Verdict.FAILED, "Claude Code gave up: status 500."),
        (
            {"is_error": True, "terminal_reason": "prompt_too_long"},
            Verdict.FAILED,
            "Claude Code gave up: prompt too long.",
        ),
        (
            {"subtype": "error_max_turns", "terminal_reason": "max_turns"},
            Verdict.FAILED,
            "Claude Code gave up: max turns.",
        ),
        (
            {"permission_denials": [{"tool_name": "WebFetch"}]},
            Verdict.OK,
            "Claude Code finished; it was denied WebFetch.",
        ),
    ],
)
def test_success_is_never_taken_from_one_field_alone(
    changes: dict[str, Any], verdict: Verdict, because: str
) -> None:
    report = told(**changes)
    assert report is not None
    assert (report.verdict, report.because) == (verdict, because)


def test_the_last_result_counts() -> None:
    report = read_stream("\n".join(json.dumps({**RESULT, "result": text}) for text in ("first", "second")))
    assert report is not None
    assert report.said == "second"


@pytest.mark.parametrize(
    "changes",
    [{"total_cost_usd": -5}, {"total_cost_usd": "NaN"}, {"usage": {"input_tokens": -1}}, {"subtype": None}],
)
def test_a_line_that_makes_no_sense_is_not_believed(changes: dict[str, Any]) -> None:
    assert told(**changes) is None


def test_the_session_is_known_even_without_a_result() -> None:
    assert session_in('{"type": "system", "session_id": "s1"}\nKilled\n') == "s1"
    assert session_in("Killed\n") is None


@given(st.text(max_size=300))
def test_no_output_raises(output: str) -> None:
    assert read_stream(output) is None
    assert session_in(output) is None
