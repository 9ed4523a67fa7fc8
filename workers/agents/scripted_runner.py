"""The program of the scripted agent: reads the brief, chooses a script, replays it, and says that it is scripted.

It runs inside the cage by path, so it is one file of the standard library and imports nothing of ours.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Step = dict[str, Any]

NO_SCRIPT = 3
BAD_SCRIPT = 4


def main(folder: str) -> int:
    """Replay the script in `folder` that fits the brief; returns the exit code."""
    brief = Path(os.environ["HANDOFF_BRIEF"]).read_text(encoding="utf-8")
    script = choose(list(_scripts(Path(folder))), os.environ["HANDOFF_RUN_KIND"], brief)
    if script is None:
        say(f"The scripted agent has no script for this {os.environ['HANDOFF_RUN_KIND']} run.")
        return NO_SCRIPT
    say(f"I am the scripted agent. I replay {script['name']} and understand nothing of it.")
    for step in script["steps"]:
        code = replay(step)
        if code is not None:
            return code
    return 0


def choose(scripts: list[Step], kind: str, brief: str) -> Step | None:
    """Return the script of `kind` whose every `about` is in the brief; the one that asks for most wins."""
    fitting = [
        s for s in scripts if s["kind"] == kind and all(words in brief for words in s.get("about", ()))
    ]
    return max(fitting, key=lambda script: len(script.get("about", ())), default=None)


def replay(step: Step) -> int | None:
    """Do one step; returns an exit code when the script ends here."""
    act = _ACTS.get(step["do"])
    if act is None:
        say(f"The script asks for '{step['do']}', which I do not know.")
        return BAD_SCRIPT
    return act(step)


def text_of(value: str | list[str]) -> str:
    """Return a text that a script gives whole or, to be easier to read, as a list of lines."""
    return value if isinstance(value, str) else "\n".join(value)


def say(text: str) -> None:
    """Say something on standard output, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _scripts(folder: Path) -> Iterator[Step]:
    for path in sorted(folder.glob("*.json")):
        yield {"name": path.stem, **json.loads(path.read_text(encoding="utf-8"))}


def _say(step: Step) -> None:
    say(step["text"])


def _read(step: Step) -> None:
    lines = len(Path(step["path"]).read_text(encoding="utf-8").splitlines())
    say(f"Reading {step['path']} ({lines} lines)")


def _write(step: Step) -> None:
    path = Path(step["path"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text_of(step["content"]) + "\n" * isinstance(step["content"], list), encoding="utf-8")
    say(f"Writing {step['path']}")


def _replace(step: Step) -> int | None:
    path = Path(step["path"])
    text, old = path.read_text(encoding="utf-8"), text_of(step["old"])
    if text.count(old) != 1:
        say(f"The text to replace is {text.count(old)} times in {step['path']}; it should be there once.")
        return BAD_SCRIPT
    path.write_text(text.replace(old, text_of(step["new"])), encoding="utf-8")
    say(f"Editing {step['path']}")
    return None


def _delete(step: Step) -> None:
    path = Path(step["path"])
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    say(f"Deleting {step['path']}")


def _run(step: Step) -> None:
    say(f"$ {step['command']}")
    ended = subprocess.run(  # noqa: S602 -- a script's commands are shell lines on purpose, and this is a cage
        step["command"],
        shell=True,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    say(f"{ended.stdout.rstrip()}\n[exit code {ended.returncode}]".lstrip())


def _sleep(step: Step) -> None:
    time.sleep(step["seconds"])


def _respond(step: Step) -> None:
    Path(os.environ["HANDOFF_RESPONSE"]).write_text(text_of(step["text"]), encoding="utf-8")


def _outcome(step: Step) -> None:
    content = step["text"] if "text" in step else json.dumps(step["outcome"], indent=2, ensure_ascii=False)
    Path(os.environ["HANDOFF_OUTCOME"]).write_text(content, encoding="utf-8")
    say("Leaving my outcome")


def _flood(step: Step) -> None:
    for _ in range(step["lines"]):
        say("x" * 1200)


def _hang(_step: Step) -> None:
    while True:
        time.sleep(3600)


def _exit(step: Step) -> int:
    return int(step["code"])


_ACTS: dict[str, Callable[[Step], int | None]] = {
    "say": _say,
    "read": _read,
    "write": _write,
    "replace": _replace,
    "delete": _delete,
    "run": _run,
    "sleep": _sleep,
    "respond": _respond,
    "outcome": _outcome,
    "flood": _flood,
    "hang": _hang,
    "exit": _exit,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
