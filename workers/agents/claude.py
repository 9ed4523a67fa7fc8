"""Claude Code without a terminal: its command line and its environment.

Measured with 2.1.329: left to itself it retries ten times, even a 401, and reports home; both are switched off.
"""

import importlib.util
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from app.domain.agenda import Tier
from app.domain.errors import BadConfiguration
from workers.agents.agent import Launch, Visit
from workers.agents.claude_stream import read_stream, session_in
from workers.agents.environment import environment_for
from workers.agents.readable import readable_for
from workers.agents.report import AgentReport, report_of_end
from workers.cage.spec import Exit, How

MODELS: Mapping[Tier, str] = {Tier.JUNIOR: "sonnet", Tier.SENIOR: "opus"}
TOOLS = ("Bash", "Edit", "Glob", "Grep", "Read", "Write")
TURNS_MAX = 200
NO_KEY = "no-key-needed"  # it does not start without one, a model server of your own may do

_QUIET = {
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_BUG_COMMAND": "1",
    "DISABLE_ERROR_REPORTING": "1",
    "DISABLE_TELEMETRY": "1",
    "CLAUDE_CODE_ENABLE_TELEMETRY": "0",
    "CLAUDE_CODE_MAX_RETRIES": "2",
    "API_TIMEOUT_MS": "600000",
}
_FROM_BRIEF = ("/bin/sh", "-c", 'exec "$@" < "$HANDOFF_BRIEF"', "claude")


@dataclass(frozen=True, slots=True)
class ClaudeAgent:
    """Claude Code; `program` is its executable, by default the one that is installed."""

    program: Path | None = None
    name: str = "claude"

    def launch(self, visit: Visit) -> Launch:
        """Return its command line; the brief is its prompt, read from the file so that length is no matter.

        Settings, hooks and MCP servers that the repository brings are not loaded. Raises BadConfiguration
        when Claude Code is not installed.
        """
        program = self.program or find_claude()
        return Launch(
            command=(*_FROM_BRIEF, str(program), *_arguments(visit)),
            environment={**environment_for(visit, program), **_QUIET, **_provider(visit)},
            readable=readable_for(program),
        )

    def read(self, end: Exit, home: Path) -> AgentReport:
        """Return what its result line says; without one, what its end says."""
        del home
        output = end.output_tail.decode("utf-8", errors="replace")
        by_end = report_of_end(end)
        told = read_stream(output) or by_end
        if end.how is not How.EXITED:
            told = replace(told, verdict=by_end.verdict, because=by_end.because)
        return replace(told, session_id=session_in(output))


def find_claude() -> Path:
    """Return the executable on PATH, else the one inside the `claude-agent-sdk` package; raises BadConfiguration."""
    found = shutil.which("claude")
    if found:
        return Path(found).absolute()
    package = importlib.util.find_spec("claude_agent_sdk")
    for folder in (package.submodule_search_locations or ()) if package else ():
        bundled = Path(folder) / "_bundled" / "claude"
        if bundled.is_file():
            return bundled
    raise BadConfiguration(
        "Claude Code is not installed: pip install claude-agent-sdk, or npm i @anthropic-ai/claude-code."
    )


def _arguments(visit: Visit) -> tuple[str, ...]:
    resume = ("--resume", visit.session_id) if visit.session_id else ()
    return (
        "--print",
        *("--output-format", "stream-json", "--verbose"),
        *("--model", visit.model or MODELS[visit.tier]),
        *("--permission-mode", "acceptEdits"),
        *("--tools", ",".join(TOOLS)),
        *("--allowedTools", ",".join(TOOLS)),
        *("--add-dir", str(visit.home)),
        *("--max-turns", str(TURNS_MAX)),
        *("--setting-sources", ""),
        "--strict-mcp-config",
        *resume,
    )


def _provider(visit: Visit) -> dict[str, str]:
    known = {
        "CLAUDE_CONFIG_DIR": str(visit.home / ".claude"),
        "ANTHROPIC_BASE_URL": visit.model_url,
        "ANTHROPIC_API_KEY": visit.model_key or (visit.model_url and NO_KEY),
    }
    return {name: value for name, value in known.items() if value is not None}
