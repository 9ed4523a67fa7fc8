"""The plain command agent: any program that reads a brief and leaves an outcome file.

There is no shell and nothing to learn about the program: its exit code, the outcome file and the changed
tree say everything.
"""

import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import BadConfiguration
from workers.agents.agent import Launch, Visit
from workers.agents.environment import environment_for
from workers.agents.home import read_response
from workers.agents.readable import readable_for, root_of
from workers.agents.report import AgentReport, report_of_end
from workers.cage.spec import Exit

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class CommandAgent:
    """A command line; `{brief}`, `{outcome}`, `{workspace}`, `{response}` and others stand for paths in it."""

    words: tuple[str, ...]
    name: str = "command"

    def launch(self, visit: Visit) -> Launch:
        """Return the command with its placeholders filled in; raises BadConfiguration."""
        executable = find_executable(self.words[0])
        named = (Path(word) for word in self.words[1:] if word.startswith("/"))
        needed = (path if path.is_dir() else root_of(path) for path in named if path.exists())
        return Launch(
            command=(str(executable), *(_filled(word, visit) for word in self.words[1:])),
            environment=environment_for(visit, executable),
            readable=tuple(dict.fromkeys((*readable_for(executable), *needed))),
        )

    def read(self, end: Exit, home: Path) -> AgentReport:
        """Return what the exit code says; a plain command tells neither tokens nor cost."""
        return report_of_end(end, said=read_response(home))


def command_agent(line: str) -> CommandAgent:
    """Return the agent for a command line as a person wrote it; raises BadConfiguration, also for a typo."""
    try:
        words = tuple(shlex.split(line))
    except ValueError as error:
        raise BadConfiguration(f"The agent's command line cannot be read ({error}): {line}") from error
    if not words:
        raise BadConfiguration("The agent's command line is empty; name an agent or a command.")
    for word in words:
        for name in _PLACEHOLDER.findall(word):
            if name not in _MEANINGS:
                known = ", ".join(f"{{{known}}}" for known in _MEANINGS)
                raise BadConfiguration(
                    f"The agent's command line has {{{name}}}, which means nothing; use {known}."
                )
    return CommandAgent(words)


def find_executable(word: str) -> Path:
    """Return the absolute path of a program, links kept; raises BadConfiguration when it is not installed."""
    found = shutil.which(word)
    if found is None:
        raise BadConfiguration(f"The agent's program '{word}' is not installed here, or is not executable.")
    return Path(found).absolute()


_MEANINGS = {
    "brief": lambda visit: visit.brief,
    "outcome": lambda visit: visit.outcome,
    "response": lambda visit: visit.response,
    "schema": lambda visit: visit.schema,
    "workspace": lambda visit: visit.workspace,
    "home": lambda visit: visit.home,
    "kind": lambda visit: visit.kind,
}


def _filled(word: str, visit: Visit) -> str:
    return _PLACEHOLDER.sub(lambda match: str(_MEANINGS[match[1]](visit)), word)
