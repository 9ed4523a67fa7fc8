"""What the scripted model server replays: which script a prompt means, its turns, and the tool a step calls for."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Script = dict[str, Any]
Step = dict[str, Any]

_NAMED = re.compile(r"SCRIPT:([\w-]+)")
_KIND = re.compile(r"Kind of run: `(\w+)`")
_FILE = "`(/[^`\\s]*/{name})`"

_PATH = ("file_path", "filePath", "path")
_SLOTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "read": {"path": _PATH},
    "write": {"path": _PATH, "content": ("content", "contents", "text")},
    "replace": {
        "path": _PATH,
        "old": ("old_string", "oldString", "old_str"),
        "new": ("new_string", "newString", "new_str"),
    },
    "run": {"command": ("command", "cmd")},
}
NOTHING: Script = {"name": "", "steps": [{"do": "say", "text": "No script fits what I was asked."}]}


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one of the client's own tools."""

    tool: str
    given: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One answer of the model: some text, then at most one step that needs a tool."""

    index: int
    text: str = ""
    step: Step | None = None
    delay_seconds: float = 0
    fault: dict[str, Any] = field(default_factory=dict)

    def call_of(self, tools: Mapping[str, Mapping[str, Any]]) -> Call | None:
        """Return the call that does this turn's step; raises LookupError when the client offers no tool for it."""
        if self.step is None:
            return None
        slots = _SLOTS[self.step["do"]]
        for name, schema in tools.items():
            names = {slot: _first(schema.get("properties", {}), known) for slot, known in slots.items()}
            if None not in names.values() and set(schema.get("required", ())) <= set(names.values()):
                return Call(name, {str(names[slot]): self.step[slot] for slot in slots})
        raise LookupError(f"no tool for {self.step['do']} among {', '.join(tools)}")


def load_scripts(folder: Path) -> list[Script]:
    """Return the scripts in a folder, each named like its file."""
    return [
        {"name": path.stem, **json.loads(path.read_text(encoding="utf-8"))}
        for path in sorted(folder.glob("*.json"))
    ]


def choose(scripts: Sequence[Script], prompts: Sequence[tuple[str, int]]) -> tuple[Script, int]:
    """Return the script that the latest telling prompt means, and how many of its calls are done."""
    for text, done in reversed(prompts):
        fitting = [script for script in scripts if _fits(script, text)]
        if fitting:
            return max(fitting, key=lambda script: len(script.get("about", ()))), done
    return NOTHING, 0


def turns_of(script: Script, prompts: Sequence[tuple[str, int]]) -> list[Turn]:
    """Return the answers that a script comes to; the last one has no call and ends the conversation."""
    turns: list[Turn] = []
    said: list[str] = []
    pending: dict[str, Any] = {}
    for step in script["steps"]:
        match step["do"]:
            case "say":
                said.append(_text(step["text"]))
            case "sleep":
                pending["delay_seconds"] = step["seconds"]
            case "fault":
                pending["fault"] = step
            case _:
                turns.append(
                    Turn(index=len(turns), text="\n".join(said), step=_neutral(step, prompts), **pending)
                )
                said, pending = [], {}
    return [*turns, Turn(index=len(turns), text="\n".join(said) or "Done.", **pending)]


def _fits(script: Script, text: str) -> bool:
    named = _NAMED.search(text)
    if named:
        return bool(named[1] == script["name"])
    kind = _KIND.search(text)
    about = script.get("about", ())
    return (
        bool(text)
        and (kind[1] == script.get("kind") if kind else bool(about))
        and all(part in text for part in about)
    )


def _neutral(step: Step, prompts: Sequence[tuple[str, int]]) -> Step:
    """Return a step as one of read, write, replace and run."""
    match step["do"]:
        case "outcome":
            content = (
                step["text"] if "text" in step else json.dumps(step["outcome"], indent=2, ensure_ascii=False)
            )
            return {"do": "write", "path": _told(prompts, "outcome.json"), "content": content}
        case "respond":
            return {"do": "write", "path": _told(prompts, "response.md"), "content": _text(step["text"])}
        case "delete":
            return {"do": "run", "command": f"rm -r -- '{step['path']}'"}
        case "write":
            ending = "\n" if isinstance(step["content"], list) else ""
            return {**step, "content": _text(step["content"]) + ending}
        case _:
            return {key: _text(value) for key, value in step.items()}


def _told(prompts: Sequence[tuple[str, int]], name: str) -> str:
    pattern = re.compile(_FILE.format(name=re.escape(name)))
    found = [match[1] for text, _ in prompts for match in pattern.finditer(text)]
    return found[-1] if found else name


def _text(value: Any) -> Any:
    return "\n".join(value) if isinstance(value, list) else value


def _first(properties: Mapping[str, Any], known: Sequence[str]) -> str | None:
    return next((name for name in known if name in properties), None)
