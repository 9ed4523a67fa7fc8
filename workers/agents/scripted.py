"""The scripted agent: it replays a script for the issue at hand and understands nothing.

It exists for the demo and for tests and says so wherever it speaks. Its runner is a file of the standard
library alone, so any Python that the cage can see will do.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import BadConfiguration
from workers.agents.agent import Launch, Visit
from workers.agents.environment import environment_for
from workers.agents.home import read_response
from workers.agents.readable import readable_for
from workers.agents.report import AgentReport, report_of_end
from workers.cage.spec import Exit

RUNNER = Path(__file__).with_name("scripted_runner.py")


@dataclass(frozen=True, slots=True)
class ScriptedAgent:
    """Replays the scripts in a folder; see `docs/agents.md` for their format."""

    scripts: Path
    name: str = "scripted"

    def launch(self, visit: Visit) -> Launch:
        """Return the command that replays; raises BadConfiguration when there are no scripts."""
        if not any(self.scripts.glob("*.json")):
            raise BadConfiguration(f"The scripted agent finds no *.json in {self.scripts}.")
        python = Path(sys.executable).resolve()  # the base interpreter: the runner needs no packages
        return Launch(
            command=(str(python), "-I", "-B", "-u", str(RUNNER), str(self.scripts)),
            environment=environment_for(visit, python),
            readable=tuple(dict.fromkeys((*readable_for(python), RUNNER, self.scripts))),
        )

    def read(self, end: Exit, home: Path) -> AgentReport:
        """Return what the exit code says; nothing was spent, and nothing is claimed to be known of it."""
        return report_of_end(end, said=read_response(home))
