"""What is kept of a run is whole, bounded, and free of secrets however they are spelled."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from openapi_schema_validator import OAS31Validator

from app.domain.redaction import redact_shapes
from workers.agents.agent import RunKind
from workers.agents.exit import exit_schema_text
from workers.agents.files import INVALID_CHARACTERS_MAX, write_brief, write_outcome
from workers.agents.outcome import Invalid, outcome_in
from workers.agents.record import EventsFile, event_line, write_exit, write_response
from workers.agents.report import AgentReport, Usage, Verdict
from workers.agents.schemas import schema_of
from workers.agents.untrusted import Unreadable
from workers.cage.spec import Denied, Exit, How, Limits, Peak

SCHEMA = json.loads(exit_schema_text())
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
        "turn": 1,
        "agent": "command",
        "model": None,
        "cage": None,
        "ended": {"how": "exited", "code": 3, "seconds": 1.5, "output_bytes": 0},
        "verdict": "failed",
        "because": "It said [redacted].",
        "denied": [],
        "denied_more": 0,
        "peak": {"processes": None, "memory_bytes": None, "disk_bytes": None},
        "limits": None,
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


def test_the_end_says_what_was_denied_and_how_much_was_used_of_what(
    tmp_path: Path, end: Callable[..., Exit]
) -> None:
    denied = tuple(Denied(host=f"{n}.example", port=443, because=f"not allowed {SECRET}") for n in range(103))
    ended = replace(end(How.OUT_OF_MEMORY, None), denied=denied, peak=Peak(processes=9, memory_bytes=10**9))
    report = AgentReport(verdict=Verdict.FAILED, because="It had no more memory.", model="opus")
    path = write_exit(
        tmp_path, run_id="r7", agent="claude", end=ended, report=report, redact=redact,
        cage="bubblewrap", limits=Limits(), turn=2,
    )  # fmt: skip
    kept = json.loads(path.read_text(encoding="utf-8"))
    OAS31Validator(SCHEMA).validate(kept)
    assert (kept["cage"], kept["turn"], kept["model"]) == ("bubblewrap", 2, "opus")
    assert kept["denied"][0] == {
        "host": "0.example", "port": 443, "because": "not allowed [redacted]", "times": 1,
    }  # fmt: skip
    assert (len(kept["denied"]), kept["denied_more"]) == (100, 3)
    assert kept["peak"] == {"processes": 9, "memory_bytes": 10**9, "disk_bytes": None}
    assert kept["limits"] == asdict(Limits()), "every limit there is"


def test_the_schema_of_the_end_refuses_what_is_no_end(tmp_path: Path, end: Callable[..., Exit]) -> None:
    OAS31Validator.check_schema(SCHEMA)
    report = AgentReport(verdict=Verdict.OK, because="Done.")
    path = write_exit(tmp_path, run_id="r7", agent="a", end=end(), report=report, redact=redact)
    whole = json.loads(path.read_text(encoding="utf-8"))
    assert OAS31Validator(SCHEMA).is_valid(whole)
    for key in whole:
        assert not OAS31Validator(SCHEMA).is_valid({name: whole[name] for name in whole if name != key}), key
    assert not OAS31Validator(SCHEMA).is_valid({**whole, "more": 1})
    assert not OAS31Validator(SCHEMA).is_valid({**whole, "verdict": "fine"})


def test_a_turn_that_is_told_again_takes_the_place_of_what_was_kept(tmp_path: Path) -> None:
    def turn(number: int, *lines: str) -> None:
        with EventsFile(tmp_path, redact, turn=number) as events:
            for line in lines:
                events.write(line)

    turn(1, "one", "two")
    turn(2, "three")
    turn(2, "three", "four")
    assert [line["text"] for line in lines_of(tmp_path)] == ["one", "two", "three", "four"]
    turn(1, "one", "and more than before", "two")
    assert [line["text"] for line in lines_of(tmp_path)] == ["one", "and more than before", "two"]
    turn(2, "three")
    assert [line["text"] for line in lines_of(tmp_path)] == ["one", "and more than before", "two", "three"]


def test_all_turns_together_keep_to_the_limit(tmp_path: Path) -> None:
    for number in (1, 2):
        with EventsFile(tmp_path, redact, turn=number, bytes_max=200) as events:
            for line in range(50):
                events.write(f"line {line}")
    assert (tmp_path / "events.jsonl").stat().st_size < 500


def test_a_private_key_that_comes_line_by_line_is_not_kept(tmp_path: Path) -> None:
    with EventsFile(tmp_path, redact_shapes) as events:
        for line in (
            "-----BEGIN RSA PRIVATE KEY-----",
            "MIIEpAIBAAKCAQEA1234",
            "-----END RSA PRIVATE KEY-----",
            "x",
        ):
            events.write(f"{line}\n")
        events.write(json.dumps({"type": "t", "text": "-----BEGIN PRIVATE KEY-----\nabc"}))
        events.write("after it")
    assert [line["text"] for line in lines_of(tmp_path)] == ["[redacted]", "x", "[redacted]", "after it"]


def test_the_brief_is_kept_redacted(tmp_path: Path) -> None:
    assert write_brief(tmp_path, f"Do {SECRET}.\n\n", redact).read_text() == "Do [redacted].\n"


def test_an_outcome_is_kept_with_every_string_redacted(tmp_path: Path) -> None:
    document = {"ending": "nothing changed", "summary": f"It is {SECRET}."}
    content = json.dumps(document, ensure_ascii=True).encode().replace(b"k", b"\\u006b")
    outcome = outcome_in(RunKind.IMPLEMENT, content)
    assert not isinstance(outcome, Invalid)
    path = write_outcome(tmp_path, content, outcome, redact)
    assert path == tmp_path / "outcome.json"
    kept = json.loads(path.read_text())
    assert (kept["summary"], kept["question"]) == ("It is [redacted].", None)
    assert OAS31Validator(schema_of(RunKind.IMPLEMENT)).is_valid(kept), "the schema says what is kept"


def test_an_outcome_that_cannot_be_used_is_kept_after_the_reason_and_bounded(tmp_path: Path) -> None:
    (tmp_path / "outcome.json").write_text("of the turn before")
    content = json.dumps({"ending": "done", SECRET: "x" * 200_000}).encode()
    path = write_outcome(tmp_path, content, outcome_in(RunKind.IMPLEMENT, content), redact)
    assert path == tmp_path / "outcome.invalid.txt"
    text = path.read_text()
    assert text.startswith("The key 'ending' must be ")
    assert '"[redacted]": "xxx' in text
    assert text.endswith("(cut here)\n")
    assert len(text) < INVALID_CHARACTERS_MAX + 2_000
    assert not (tmp_path / "outcome.json").exists()


def test_an_outcome_that_is_no_text_or_not_there_is_kept_as_that(tmp_path: Path) -> None:
    for content, shown in (
        (b"\xff{" + SECRET.encode(), "\ufffd{[redacted]"),
        (Unreadable("is missing"), "missing"),
    ):
        path = write_outcome(tmp_path, content, outcome_in(RunKind.IMPLEMENT, content), redact)
        assert shown in path.read_text()


def test_prose_is_kept_per_run(tmp_path: Path) -> None:
    path = write_response(tmp_path, run_id="r7", said=f"Hello {SECRET}\n\n", redact=redact)
    assert path == tmp_path / "agent-responses" / "r7.md"
    assert path.read_text(encoding="utf-8") == "Hello [redacted]\n"


def test_silence_leaves_no_file(tmp_path: Path) -> None:
    assert write_response(tmp_path, run_id="r7", said="  \n", redact=redact) is None
    assert write_response(tmp_path, run_id="r7", said=None, redact=redact) is None
    assert list(tmp_path.iterdir()) == []
