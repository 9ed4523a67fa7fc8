"""Which coding agents are on this machine, as choices for the set-up page. It runs none of them."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec

_LINE = '"Read the file {brief} and do what it says."'


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One agent: what the setting would say, and what a person should know about it."""

    program: str
    name: str
    setting: str
    known: bool = False
    found: bool = False


KNOWN: tuple[Offer, ...] = (
    Offer(program="claude", name="Claude Code", setting="claude", known=True),
    Offer(
        program="codex",
        name="Codex",
        setting=f"codex exec --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox {_LINE}",
    ),
    Offer(program="opencode", name="OpenCode", setting=f"opencode run --auto {_LINE}"),
    Offer(program="gemini", name="Gemini CLI", setting=f"gemini --approval-mode yolo -p {_LINE}"),
    Offer(
        program="aider",
        name="Aider",
        setting="aider --yes-always --no-auto-commits --no-check-update --no-gitignore --message-file {brief}",
    ),
)
"""In the order in which they are proposed. All but the first are started by a command line that nobody has tried."""


IN_A_PACKAGE = {"claude": "claude_agent_sdk"}
"""A Python package that brings the program along, as a worker finds it."""


def is_installed(program: str) -> bool:
    """Say whether a worker on this machine would find a program."""
    package = IN_A_PACKAGE.get(program, "")
    return shutil.which(program) is not None or bool(package and find_spec(package))


def offers(installed: Callable[[str], bool] = is_installed) -> tuple[Offer, ...]:
    """Return those that are installed; and Claude Code, which is known to work, also when it is not."""
    looked = (replace(each, found=installed(each.program)) for each in KNOWN)
    return tuple(each for each in looked if each.found or each.known)
