"""The wire protocols the model server speaks. Another provider is another class and a row in `PROTOCOLS`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import uuid4

from localhub.model_server.scripts import Call, Turn

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What a request says, in no provider's words. `prompts` are the user's texts, each with the results since."""

    model: str
    tools: dict[str, Json]
    prompts: tuple[tuple[str, int], ...]
    stream: bool


class Wire(Protocol):
    """A provider's protocol."""

    def read(self, body: Json) -> Conversation:
        """Return what a request body says."""

    def reply(self, conversation: Conversation, turn: Turn, call: Call | None, usage: Json) -> Json:
        """Return the whole answer."""

    def events(self, reply: Json) -> Iterator[tuple[str, Json]]:
        """Return the same answer as server-sent events."""

    def error(self, status: int) -> Json:
        """Return the body of a failure."""


class Anthropic:
    """Anthropic's Messages API, streamed and not."""

    def read(self, body: Json) -> Conversation:
        """Return what a request body says."""
        prompts: list[tuple[str, int]] = []
        for message in body.get("messages", ()):
            if message["role"] != "user":
                continue
            content = message["content"]
            blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
            results = sum(block["type"] == "tool_result" for block in blocks)
            prompts = [(text, count + results) for text, count in prompts]
            prompts.append(("\n".join(block["text"] for block in blocks if block["type"] == "text"), 0))
        tools = {tool["name"]: tool.get("input_schema", {}) for tool in body.get("tools", ())}
        return Conversation(
            model=body.get("model", ""), tools=tools, prompts=tuple(prompts), stream=bool(body.get("stream"))
        )

    def reply(self, conversation: Conversation, turn: Turn, call: Call | None, usage: Json) -> Json:
        """Return the whole answer. Identifiers are new each time: clients drop a second result for the same one."""
        content: list[Json] = [{"type": "text", "text": turn.text}] if turn.text else []
        if call:
            content.append(
                {"type": "tool_use", "id": f"toolu_{uuid4().hex}", "name": call.tool, "input": call.given}
            )
        return {
            "id": f"msg_{uuid4().hex}",
            "type": "message",
            "role": "assistant",
            "model": conversation.model,
            "content": content,
            "stop_reason": "tool_use" if call else "end_turn",
            "stop_sequence": None,
            "usage": usage,
        }

    def events(self, reply: Json) -> Iterator[tuple[str, Json]]:
        """Return the same answer as server-sent events."""
        opening = {
            **reply,
            "content": [],
            "stop_reason": None,
            "usage": {**reply["usage"], "output_tokens": 1},
        }
        yield "message_start", {"message": opening}
        for index, block in enumerate(reply["content"]):
            if block["type"] == "text":
                empty, delta = {**block, "text": ""}, {"type": "text_delta", "text": block["text"]}
            else:
                empty = {**block, "input": {}}
                delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
            yield "content_block_start", {"index": index, "content_block": empty}
            yield "content_block_delta", {"index": index, "delta": delta}
            yield "content_block_stop", {"index": index}
        ending = {"stop_reason": reply["stop_reason"], "stop_sequence": None}
        yield "message_delta", {"delta": ending, "usage": {"output_tokens": reply["usage"]["output_tokens"]}}
        yield "message_stop", {}

    def error(self, status: int) -> Json:
        """Return the body of a failure, typed as Anthropic documents its errors."""
        kinds = {
            401: "authentication_error",
            403: "permission_error",
            429: "rate_limit_error",
            529: "overloaded_error",
        }
        return {
            "type": "error",
            "error": {"type": kinds.get(status, "api_error"), "message": "The script says so."},
        }


PROTOCOLS: dict[str, Wire] = {"/v1/messages": Anthropic()}
