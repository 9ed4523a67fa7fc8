"""What a run puts out: cut into lines, bounded, redacted whenever it leaves; and what an agent's events say."""

import json
from pathlib import Path

import pytest

from app.domain.redaction import Redactor
from workers.agents.told import told
from workers.runs.log import KEPT_CHARACTERS_MAX, NEW_CHARACTERS_MAX, RunLog

FOLDER = Path("/data/runs/jabc.1")
TOKEN = "ghp_0123456789abcdefghijklmnopqrstuvwxyz0123"
KEY = [
    "-----BEGIN RSA PRIVATE KEY-----",
    "MIIEpAIBAAKCAQEA1234",
    "abcdEFGH5678",
    "-----END RSA PRIVATE KEY-----",
]


@pytest.fixture
def log() -> RunLog:
    redactor = Redactor()
    redactor.register("the-secret-of-this-house")
    return RunLog(redactor.redact, FOLDER)


def test_pieces_become_lines_and_each_is_taken_once(log: RunLog):
    log.feed(b"one\ntw")
    assert log.take() == "one\n"
    log.feed(b"o\n")
    assert (log.take(), log.take()) == ("two\n", "")
    assert log.whole() == "one\ntwo\n"


def test_a_last_line_without_an_end_is_kept(log: RunLog):
    log.feed(b"done")
    assert log.whole() == "done\n"


def test_a_progress_bar_leaves_its_last_state_and_no_colours(log: RunLog):
    log.feed(b"10%\r50%\r\x1b[32m100%\x1b[0m\r\n\x07beep\n")
    assert log.take() == "100%\nbeep\n"


def test_no_secret_leaves_it_neither_live_nor_at_the_end(log: RunLog):
    log.feed(f"token {TOKEN[:20]}".encode())
    assert TOKEN[:20] not in log.take()
    log.feed(f"{TOKEN[20:]} and the-secret-of-this-house\n".encode())
    said = log.take()
    assert said == "token [redacted] and [redacted]\n"
    assert log.whole() == said


def test_a_private_key_does_not_leave_it_even_when_it_comes_line_by_line(log: RunLog):
    said = ""
    for line in (*KEY, "after it"):
        log.say(line)
        said += log.take()
    assert said == "[redacted]\nafter it\n"
    assert log.whole() == said


def test_it_is_bounded_and_says_that_something_is_left_out(log: RunLog):
    for number in range(100_000):
        log.say(f"line {number}")
    assert len(log.take()) < NEW_CHARACTERS_MAX + 100
    log.feed(b"x" * 10_000_000 + b"\nlast\n")
    whole = log.whole()
    assert len(whole) < KEPT_CHARACTERS_MAX + 100
    assert whole.startswith("\u2026 some of it is left out here")
    assert whole.endswith("last\n")


def test_the_folders_of_this_machine_are_not_told(log: RunLog):
    log.say(f'File "{FOLDER}/workspace/clock.py", {FOLDER}/base/workspace/x and {FOLDER}/home/.cache')
    assert log.take() == 'File "clock.py", x and ~/.cache\n'


def test_half_a_character_does_not_break_it(log: RunLog):
    log.say(json.loads('"\\ud83d"'))
    assert log.take().encode() == b"?\n"


# What an agent's events say


def event(**fields: object) -> str:
    return json.dumps(fields)


def test_prose_is_told_as_it_is():
    assert told("Reading dates.py (12 lines)\n") == "Reading dates.py (12 lines)"
    assert told('{"not": "an event"}') == '{"not": "an event"}'
    assert told("{broken") == "{broken"


def test_an_agents_events_are_told_in_short():
    used = {"type": "tool_use", "name": "Bash", "input": {"command": "make\n  test", "description": "Run"}}
    said = {"type": "text", "text": "I look at the tests first."}
    result = {"type": "tool_result", "content": "\n".join(f"line {n}" for n in range(40))}
    assert told(event(type="assistant", message={"content": [said, used]})) == (
        "I look at the tests first.\n\u2192 Bash: make test"
    )
    lines = told(event(type="user", message={"content": [result]})).splitlines()
    assert lines[0] == "  line 0"
    assert lines[-1] == "  \u2026 28 more lines"
    assert told(event(type="system", subtype="init", model="opus")) == "A session with opus begins."


@pytest.mark.parametrize(
    "strange",
    [
        event(type="stream_event", event={}),
        event(type="assistant", message=None),
        event(type="assistant", message={"content": [None, 3, {"type": "text", "text": 5}]}),
        event(type="user", message={"content": [{"type": "tool_result", "content": None}]}),
        event(type="result", result=None),
    ],
)
def test_what_is_unknown_is_never_an_error(strange: str):
    assert told(strange).strip() == ""
