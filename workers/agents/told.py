"""What a line of an agent's output says to people: prose as it is, JSON events as one or a few short lines. Pure.

The shapes are Claude Code's `stream-json`, read as the foreign input they are: what is unknown is said in short or
not at all, and never an error.
"""

import json
from collections.abc import Iterator
from typing import Any

RESULT_LINES_MAX = 12
SHORT_CHARACTERS = 300
EVENT_CHARACTERS_MAX = 1_000_000
_TELLING = ("command", "file_path", "path", "pattern", "url", "query", "description", "prompt")
"""The inputs of a tool that tell most, most telling first."""


def told(line: str) -> str:
    """Return what a line says, in lines; nothing when it is only of use to programs."""
    text = line.rstrip("\r\n")
    if not text.startswith("{"):
        return text
    if len(text) > EVENT_CHARACTERS_MAX:
        return f"(an event of {len(text):,} characters)"
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return (
        "\n".join(_lines(event)) if isinstance(event, dict) and isinstance(event.get("type"), str) else text
    )


def _lines(event: dict[str, Any]) -> Iterator[str]:
    match event:
        case {"type": "system", "subtype": "init", "model": str(model)}:
            yield f"A session with {model} begins."
        case {"type": "assistant" | "user", "message": {"content": str(text)}}:
            yield text.strip()
        case {"type": "assistant" | "user", "message": {"content": list(parts)}}:
            for part in parts:
                yield from _part(part)
        case {"type": "result", "result": str(text)}:
            yield text.strip()
        case {"type": "output", "text": str(text)}:
            yield text
        case _:
            pass


def _part(part: Any) -> Iterator[str]:
    match part:
        case {"type": "text", "text": str(text)} if text.strip():
            yield text.strip()
        case {"type": "tool_use", "name": str(name), "input": dict(given)}:
            yield f"\u2192 {name}: {_short(given)}"
        case {"type": "tool_result", "content": content}:
            yield from _result(content)
        case _:
            pass


def _short(given: dict[str, Any]) -> str:
    """Return the one input that tells most, in a line."""
    chosen = next((given[name] for name in _TELLING if isinstance(given.get(name), str)), None)
    text = " ".join((chosen if chosen is not None else json.dumps(given, ensure_ascii=False)).split())
    return text if len(text) <= SHORT_CHARACTERS else f"{text[:SHORT_CHARACTERS]}\u2026"


def _result(content: Any) -> Iterator[str]:
    """Yield the beginning of what a tool answered, set in."""
    parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
    texts = [part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)]
    lines = "\n".join(texts).strip().splitlines()
    yield from (f"  {line[:SHORT_CHARACTERS]}" for line in lines[:RESULT_LINES_MAX])
    if len(lines) > RESULT_LINES_MAX:
        yield f"  \u2026 {len(lines) - RESULT_LINES_MAX} more lines"
