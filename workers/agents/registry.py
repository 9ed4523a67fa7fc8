"""Which agents there are: one row per name, and anything else is a command line."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from app.domain.errors import BadConfiguration
from workers.agents.agent import Agent
from workers.agents.claude import ClaudeAgent
from workers.agents.command import command_agent
from workers.agents.scripted import ScriptedAgent


def _scripted(rest: str) -> Agent:
    if not rest:
        raise BadConfiguration(
            "The scripted agent needs a folder of scripts: write scripted:/path/to/scripts."
        )
    return ScriptedAgent(Path(rest).expanduser().absolute())


def _claude(rest: str) -> Agent:
    return ClaudeAgent(program=Path(rest).expanduser().absolute() if rest else None)


def _command(rest: str) -> Agent:
    return command_agent(rest)


AGENTS: Mapping[str, Callable[[str], Agent]] = MappingProxyType(
    {"claude": _claude, "command": _command, "scripted": _scripted}
)


def agent_for(setting: str) -> Agent:
    """Return the agent a setting means: `name`, `name:what follows`, or else a command line.

    Raises BadConfiguration when the setting is empty or cannot be read. Whether the program is installed
    shows at `launch`.
    """
    name, _, rest = setting.strip().partition(":")
    build = AGENTS.get(name)
    return build(rest) if build else command_agent(setting)
