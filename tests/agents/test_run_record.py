"""What is kept of a run is whole, bounded, and free of secrets however they are spelled."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from workers.agents.record import EventsFile, event_line, write_exit, write_response
from workers.agents.report import AgentReport, Usage, Verdict
from workers.cage.spec import Exit

SECRET = 'to"ken\n1'


def redact(text: str) -> str:
    return text.replace(SECRET, "[redacted]")


def lines_of(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()]


def test_events_are_kept_one_per_line(tmp_path: Path) -> None:
    with EventsFile(tmp_path, redact) as events:
        events.write('{"type": "init", "n": 1}\n')
        events.write("plain words\r\n")
        events.write("[1, 2]")
    assert lines_of(tmp_path) == [
        {"type": "init", "n": 1},
        {"type": "output", "text": "plain words"},
        {"type": "output", "text": "[1, 2]"},
    ]


def test_a_secret_is_found_behind_escapes() -> None:
    line = json.dumps({"type": "x", "deep": [{SECRET: f"a {SECRET} b"}]})
    assert SECRET not in line
    assert json.loads(event_line(line, redact)) == {"type": "x", "deep": [{"[redacted]": "a [redacted] b"}]}


def test_a_secret_in_plain_output_is_found() -> None:
    assert json.loads(event_line(f"say {SECRET}", redact)) == {"type": "output", "text": "say [redacted]"}


@given(st.text(max_size=200))
def test_every_line_becomes_one_json_object(line: str) -> None:
    kept = event_line(line, redact)
    assert "\n" not in kept
    assert isinstance(json.loads(kept), dict)


def test_what_json_cannot_hold_is_kept_as_output() -> None:
    for line in ('{"n": NaN}', '{"a":' * 50_000, "9" * 5000):
        assert json.loads(event_line(line, redact))["type"] == "output"


def test_the_limit_is_said_once(tmp_path: Path) -> None:
    with EventsFile(tmp_path, redact, bytes_max=100) as events:
        for number in range(50):
            events.write(f"line {number}")
    assert [line["type"] for line in lines_of(tmp_path)] == [*["output"] * 3, "truncated"]


def test_the_end_is_kept_with_what_is_unknown_left_open(tmp_path: Path, end: Callable[..., Exit]) -> None:
    report = AgentReport(verdict=Verdict.FAILED, because=f"It said {SECRET}.")
    path = write_exit(tmp_path, run_id="r7", agent="command", end=end(code=3), report=report, redact=redact)
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "run_id": "r7",
        "agent": "command",
        "ended": {"how": "exited", "code": 3, "seconds": 1.5, "output_bytes": 0},
        "verdict": "failed",
        "because": "It said [redacted].",
        "usage": None,
        "cost_usd": None,
        "session_id": None,
    }


def test_what_is_known_is_kept_exactly(tmp_path: Path, end: Callable[..., Exit]) -> None:
    usage = Usage(input_tokens=5, output_tokens=0)
    report = AgentReport(
        verdict=Verdict.OK, because="Done.", usage=usage, cost_usd=Decimal("0.10"), session_id="s"
    )
    path = write_exit(tmp_path, run_id="r7", agent="claude", end=end(), report=report, redact=redact)
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert (kept["cost_usd"], kept["usage"]["output_tokens"], kept["session_id"]) == ("0.10", 0, "s")


def test_prose_is_kept_per_run(tmp_path: Path) -> None:
    path = write_response(tmp_path, run_id="r7", said=f"Hello {SECRET}\n\n", redact=redact)
    assert path == tmp_path / "agent-responses" / "r7.md"
    assert path.read_text(encoding="utf-8") == "Hello [redacted]\n"


def test_silence_leaves_no_file(tmp_path: Path) -> None:
    assert write_response(tmp_path, run_id="r7", said="  \n", redact=redact) is None
    assert write_response(tmp_path, run_id="r7", said=None, redact=redact) is None
    assert list(tmp_path.iterdir()) == []
