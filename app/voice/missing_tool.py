"""What is said when a repository's command lacks a program: one sentence, with the lines to add."""

from app.domain.missing_tool import SETUP, TOOLS, Missing, Tool, setup_for
from app.domain.policy import PATH


def lacks(check: str, missing: Missing) -> str:
    """Return the sentence about a check, or a step of set-up, that lacked something."""
    name = missing.name
    line = setup_for(missing)
    if line is not None:
        return _unset(check, missing, line)
    tool = TOOLS.get(name)
    if tool is None:
        return (
            f"`{name}`, which `{check}` needs, is not installed where Handoff runs. Install it on that machine; or add "
            f"the command that brings it to `setup:` in `{PATH}`, and hand the issue over again"
        )
    return f"`{name}`, which `{check}` needs, is not installed where Handoff runs. {_ways(tool)}"


def _ways(tool: Tool) -> str:
    installed = (
        f"On that machine: `apt-get install {tool.packages}`"
        if tool.packages
        else "Install it on that machine"
    )
    return (
        f"{installed}; or, with Docker, add `image: {tool.image}` to `{PATH}` and hand the issue over again"
        if tool.image
        else installed
    )


def _unset(check: str, missing: Missing, line: str) -> str:
    venv = missing.module or (missing.name in SETUP and "venv" in line)
    run = f', and let the check run `"$HOME/venv/bin/python" -m {missing.name}`' if venv else ""
    return (
        f"`{missing.name}`, which `{check}` needs, is brought by no set-up. Add to `{PATH}`: `setup: ['{line}']`{run}. "
        "Then hand the issue over again"
    )
