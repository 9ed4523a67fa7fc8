"""The scripted model server on the wire: what it streams, where it is in a script, and how it fails on demand."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from localhub.model_server.scripts import choose, load_scripts
from localhub.model_server.server import ModelServer
from localhub.sample.build import SCRIPTS

PATH = {"type": "string"}
TOOLS = [
    {
        "name": "Glob",
        "input_schema": {"properties": {"pattern": PATH, "path": PATH}, "required": ["pattern"]},
    },
    {
        "name": "Change",
        "input_schema": {
            "properties": {"path": PATH, "old_str": PATH, "new_str": PATH},
            "required": ["path", "old_str", "new_str"],
        },
    },
    {
        "name": "Save",
        "input_schema": {"properties": {"filePath": PATH, "text": PATH}, "required": ["filePath", "text"]},
    },
    {"name": "Look", "input_schema": {"properties": {"path": PATH, "limit": PATH}, "required": ["path"]}},
    {"name": "Shell", "input_schema": {"properties": {"command": PATH}, "required": ["command"]}},
]
STEPS = [
    {"do": "say", "text": "First I look."},
    {"do": "read", "path": "a.txt"},
    {"do": "write", "path": "b.txt", "content": ["one", "two"]},
    {"do": "replace", "path": "b.txt", "old": "one", "new": "1"},
    {"do": "delete", "path": "c.txt"},
    {"do": "outcome", "outcome": {"ending": "succeeded"}},
    {"do": "say", "text": "That was all."},
]
PROMPT = "SCRIPT:mine and leave `/home/x/outcome.json`"


def result(number: int) -> dict[str, Any]:
    block = {"type": "tool_result", "tool_use_id": f"t{number}", "content": "fine"}
    return {"role": "user", "content": [block, {"type": "text", "text": "<reminder>SCRIPTS</reminder>"}]}


def body(*, done: int = 0, prompt: str = PROMPT, **rest: Any) -> dict[str, Any]:
    turns = [message for n in range(done) for message in ({"role": "assistant", "content": []}, result(n))]
    messages = [{"role": "user", "content": prompt}, *turns]
    return {"model": "m-1", "messages": messages, "tools": TOOLS, "max_tokens": 9, **rest}


def ask(server: ModelServer, document: dict[str, Any], **headers: str) -> httpx.Response:
    return httpx.post(
        f"{server.url}/v1/messages?beta=true", json=document, headers=headers, timeout=10, trust_env=False
    )


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(
        [{"name": "mine", "steps": STEPS}, {"name": "other", "about": ["lunch"], "steps": []}]
    ) as running:
        yield running


def test_each_step_becomes_a_call_of_a_tool_the_client_has(server: ModelServer) -> None:
    calls = []
    for done in range(5):
        content = ask(server, body(done=done)).json()["content"]
        calls.append((content[-1]["name"], content[-1]["input"]))
    assert calls == [
        ("Look", {"path": "a.txt"}),
        ("Save", {"filePath": "b.txt", "text": "one\ntwo\n"}),
        ("Change", {"path": "b.txt", "old_str": "one", "new_str": "1"}),
        ("Shell", {"command": "rm -r -- 'c.txt'"}),
        ("Save", {"filePath": "/home/x/outcome.json", "text": '{\n  "ending": "succeeded"\n}'}),
    ]


def test_the_end_has_no_call_and_stays_the_end(server: ModelServer) -> None:
    for done in (5, 9):
        answer = ask(server, body(done=done)).json()
        assert answer["stop_reason"] == "end_turn"
        assert answer["content"] == [{"type": "text", "text": "That was all."}]


def test_the_place_is_in_the_conversation_and_not_in_the_server(server: ModelServer) -> None:
    answers = [ask(server, body(done=1)).json()["content"][-1]["name"] for _ in range(3)]
    assert answers == ["Save"] * 3


def test_calls_never_share_an_identifier(server: ModelServer) -> None:
    assert len({ask(server, body()).json()["content"][-1]["id"] for _ in range(3)}) == 3


def test_a_later_prompt_starts_its_own_script(server: ModelServer) -> None:
    document = body(done=5)
    document["messages"].append({"role": "user", "content": "Now lunch."})
    assert ask(server, document).json()["content"] == [{"type": "text", "text": "Done."}]
    assert server.log[-1].script == "other"


def test_a_stream_spells_out_the_same_answer(server: ModelServer) -> None:
    streamed = ask(server, body(stream=True))
    assert streamed.headers["content-type"] == "text/event-stream"
    parts = [part.split("\n") for part in streamed.text.strip().split("\n\n")]
    events = [json.loads(data.removeprefix("data: ")) for _, data in parts]
    assert [name.removeprefix("event: ") for name, _ in parts] == [event["type"] for event in events]
    assert [event["type"] for event in events] == [
        "message_start",
        *["content_block_start", "content_block_delta", "content_block_stop"] * 2,
        "message_delta",
        "message_stop",
    ]
    assert events[2]["delta"]["text"] == "First I look."
    assert json.loads(events[5]["delta"]["partial_json"]) == {"path": "a.txt"}
    assert events[-2]["delta"]["stop_reason"] == "tool_use"


def test_the_log_keeps_what_reached_the_wire(server: ModelServer) -> None:
    ask(server, body(done=2, system=[{"type": "text", "text": "Be kind."}]), **{"x-api-key": "placeholder"})
    ask(server, body(), authorization="Bearer t")
    first, second = httpx.get(f"{server.url}/_log", trust_env=False).json()
    assert (first["key"], first["model"], first["script"], first["turn"]) == ("placeholder", "m-1", "mine", 2)
    assert "Be kind." in first["system"]
    assert first["tools"] == ["Glob", "Change", "Save", "Look", "Shell"]
    assert second["key"] == "Bearer t"


def test_usage_can_be_set_and_tokens_can_be_counted() -> None:
    usage = {"input_tokens": 7, "output_tokens": 3, "cache_read_input_tokens": 1}
    with ModelServer([{"name": "mine", "steps": [], "usage": usage}]) as server:
        assert ask(server, body()).json()["usage"] == usage
        counted = httpx.post(f"{server.url}/v1/messages/count_tokens", json=body(), trust_env=False)
        assert counted.json()["input_tokens"] > 50


def test_a_fault_strikes_as_often_as_it_says() -> None:
    fault = {"do": "fault", "status": 429, "times": 2, "retry_after": 30}
    with ModelServer([{"name": "mine", "steps": [fault, *STEPS]}]) as server:
        answers = [ask(server, body()) for _ in range(3)]
        other = ask(server, body(done=1))
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "30"
    assert answers[0].json()["error"]["type"] == "rate_limit_error"
    assert other.status_code == 200
    assert [asked.status for asked in server.log] == [429, 429, 200, 200]


def test_a_dropped_stream_has_no_end() -> None:
    with ModelServer([{"name": "mine", "steps": [{"do": "fault", "drop": True}, *STEPS]}]) as server:
        assert "message_stop" not in ask(server, body(stream=True)).text
        assert "message_stop" in ask(server, body(stream=True)).text


def test_a_hanging_answer_ends_with_the_server() -> None:
    with ModelServer([{"name": "mine", "steps": [{"do": "fault", "hang": True}]}]) as server:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{server.url}/v1/messages", json=body(), timeout=0.3, trust_env=False)
        assert len(server.log) == 1


def test_what_fits_no_script_is_said_and_not_guessed(server: ModelServer) -> None:
    assert (
        ask(server, body(prompt="hello")).json()["content"][0]["text"] == "No script fits what I was asked."
    )
    assert (
        ask(server, body(prompt="SCRIPT:unknown lunch")).json()["content"][0]["text"].startswith("No script")
    )


def test_a_client_without_the_tool_is_told(server: ModelServer) -> None:
    answer = ask(server, body(tools=TOOLS[:1])).json()
    assert answer["stop_reason"] == "end_turn"
    assert answer["content"][0]["text"] == "I stop here: no tool for read among Glob."


def test_an_unknown_path_is_not_found(server: ModelServer) -> None:
    assert httpx.post(f"{server.url}/v1/responses", json={}, trust_env=False).status_code == 404
    assert httpx.get(f"{server.url}/v1/models", trust_env=False).status_code == 404


def test_the_kind_of_run_in_a_brief_separates_scripts_of_one_issue() -> None:
    scripts = load_scripts(SCRIPTS)
    title = "Dates are parsed in local time"
    chosen = [
        choose(scripts, [(f"Kind of run: `{kind}`.\n{title}", 0)])[0]["name"]
        for kind in ("implement", "review")
    ]
    assert chosen == ["dates-implement", "dates-review"]
    assert choose(scripts, [("Kind of run: `review`.\nAnything else", 0)])[0]["name"] == "any-review"
    assert choose(scripts, [("Anything else", 0)])[0]["name"] == ""


def test_it_starts_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text(json.dumps({"steps": STEPS}), encoding="utf-8")
    command = [sys.executable, "-m", "localhub.model_server", "--port", "0", "--scripts", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
            answer = httpx.post(f"{url}/v1/messages", json=body(), trust_env=False)
            assert answer.json()["content"][0]["text"] == "First I look."
        finally:
            process.terminate()
