"""A real Claude Code, started exactly as our preset says, works against a scripted model server on loopback."""

import json
import socketserver
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localhub.model_server.scripts import load_scripts
from localhub.model_server.server import ModelServer
from localhub.sample.build import SCRIPTS, make_sample, sample_issues
from workers.agents.agent import Launch, RunKind, Tier, Visit
from workers.agents.brief import Check, Issue, implement_brief, repair_brief
from workers.agents.claude import ClaudeAgent
from workers.agents.home import furnish, furnish_repair
from workers.agents.outcome import ImplementOutcome, Invalid, read_outcome
from workers.agents.report import AgentReport, Verdict
from workers.cage.spec import Exit

BUG = sample_issues()[0]
DONE = {"ending": "nothing changed", "summary": "Nothing to do."}


def brief_of(visit: Visit) -> str:
    issue = Issue(number=1, title=BUG.title, body=BUG.body, author="ada")
    return implement_brief(
        visit, repository="ada/timekeeper", issue=issue, checks=[Check("tests", "python3 -m unittest")]
    )


def script(*steps: dict[str, Any], name: str = "mine", **rest: Any) -> dict[str, Any]:
    return {"name": name, "steps": steps, **rest}


@pytest.fixture
def claude(claude_program: Path, visit: Visit, start: Callable[[Launch], Exit]) -> Callable[..., AgentReport]:
    def run(server: ModelServer, brief: str, **changes: Any) -> AgentReport:
        here = replace(visit, model_url=server.url, **changes)
        furnish(visit.home, here, brief=brief)
        agent = ClaudeAgent(claude_program)
        return agent.read(start(agent.launch(here)), visit.home)

    return run


def test_it_resolves_an_issue_of_the_sample(claude: Callable[..., AgentReport], visit: Visit) -> None:
    make_sample(visit.workspace)
    with ModelServer(load_scripts(SCRIPTS)) as server:
        report = claude(server, brief_of(visit), model_key="placeholder-7")
    assert (report.verdict, report.because) == (Verdict.OK, "Claude Code finished.")
    assert report.usage is not None
    assert report.usage.output_tokens == 20 * len(server.log)
    assert report.session_id
    outcome = read_outcome(RunKind.IMPLEMENT, visit.outcome)
    assert isinstance(outcome, ImplementOutcome), outcome
    assert outcome.title == "Read dates without a zone as UTC"
    suite = subprocess.run(
        ["python3", "-B", "-m", "unittest", "discover", "-s", "tests", "-q"], cwd=visit.workspace, check=False
    )
    assert suite.returncode == 0
    changed = subprocess.run(
        ["git", "status", "--porcelain"], cwd=visit.workspace, check=True, capture_output=True, text=True
    )
    assert {line[3:] for line in changed.stdout.splitlines() if "__pycache__" not in line} == {
        "README.md",
        "tests/test_dates.py",
        "timekeeper/dates.py",
    }
    assert {asked.key for asked in server.log} == {"placeholder-7"}
    assert [asked.script for asked in server.log] == ["dates-implement"] * len(server.log)


def test_the_tier_chooses_the_model_and_a_setting_overrules_it(claude: Callable[..., AgentReport]) -> None:
    with ModelServer([script({"do": "say", "text": "Hello."})]) as server:
        claude(server, "SCRIPT:mine", tier=Tier.SENIOR)
        claude(server, "SCRIPT:mine", model="my-own-model")
    assert "opus" in server.log[0].model
    assert server.log[-1].model == "my-own-model"


def test_a_prompt_may_be_longer_than_a_command_line(claude: Callable[..., AgentReport]) -> None:
    with ModelServer([script({"do": "say", "text": "Read."}, about=["the very end"])]) as server:
        report = claude(server, "word " * 60_000 + "the very end")
    assert (report.verdict, report.said) == (Verdict.OK, "Read.")


def test_a_repair_turn_resumes_the_session(
    claude_program: Path, visit: Visit, start: Callable[[Launch], Exit]
) -> None:
    spoiled = script({"do": "outcome", "text": "{}"}, name="work")
    mended = script(
        {"do": "read", "path": str(visit.outcome)},
        {"do": "outcome", "outcome": DONE},
        name="mend",
        about=["was not accepted"],
    )
    with ModelServer([spoiled, mended]) as server:
        here = replace(visit, model_url=server.url)
        agent = ClaudeAgent(claude_program)
        furnish(visit.home, here, brief=f"SCRIPT:work `{visit.outcome}`")
        first = agent.read(start(agent.launch(here)), visit.home)
        invalid = read_outcome(RunKind.IMPLEMENT, visit.outcome)
        assert isinstance(invalid, Invalid)
        furnish_repair(visit.home, here, brief=repair_brief(here, invalid))
        second = agent.read(start(agent.launch(replace(here, session_id=first.session_id))), visit.home)
    assert second.session_id == first.session_id
    assert not isinstance(read_outcome(RunKind.IMPLEMENT, visit.outcome), Invalid)
    assert [asked.script for asked in server.log] == ["work", "work", "mend", "mend", "mend"]


@pytest.mark.parametrize("status", [401, 500])
def test_a_provider_that_fails_is_told_apart_from_work(
    claude: Callable[..., AgentReport], status: int
) -> None:
    failing = script({"do": "fault", "status": status, "times": 99}, {"do": "say", "text": "Never said."})
    with ModelServer([failing]) as server:
        report = claude(server, "SCRIPT:mine")
    assert report.verdict is (Verdict.REFUSED if status == 401 else Verdict.FAILED)
    assert str(status) in report.because
    assert 1 <= len(server.log) <= 3


@pytest.mark.parametrize("fault", [{"status": 529}, {"status": 429, "retry_after": 1}, {"drop": True}])
def test_a_passing_failure_is_got_over(
    claude: Callable[..., AgentReport], visit: Visit, fault: dict[str, Any]
) -> None:
    write = {"do": "write", "path": str(visit.workspace / "a.txt"), "content": "a\n"}
    with ModelServer([script({"do": "fault", **fault}, write)]) as server:
        report = claude(server, "SCRIPT:mine")
    assert report.verdict is Verdict.OK
    assert (visit.workspace / "a.txt").read_text(encoding="utf-8") == "a\n"


def test_hooks_that_a_repository_brings_are_not_run(claude: Callable[..., AgentReport], visit: Visit) -> None:
    hook = {"hooks": [{"type": "command", "command": f"touch {visit.workspace}/hooked"}]}
    settings = visit.workspace / ".claude" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"hooks": {"SessionStart": [hook], "Stop": [hook]}}), encoding="utf-8")
    with ModelServer([script({"do": "run", "command": "echo hi"})]) as server:
        assert claude(server, "SCRIPT:mine").verdict is Verdict.OK
    assert not (visit.workspace / "hooked").exists()


@pytest.fixture
def outside() -> Iterator[tuple[str, list[bytes]]]:
    """Yield a proxy that leads nowhere and the first line of everything that wanted to leave."""
    wanted: list[bytes] = []

    class Door(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wanted.append(self.request.recv(200))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Door) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", wanted
        server.shutdown()


def test_nothing_leaves_the_machine(
    claude_program: Path, visit: Visit, start: Callable[[Launch], Exit], outside: tuple[str, list[bytes]]
) -> None:
    """Without the variables that keep it quiet, the same run asks this proxy for api.anthropic.com (measured)."""
    proxy, wanted = outside
    with ModelServer([script({"do": "run", "command": "echo hi; sleep 1"})]) as server:
        here = replace(visit, model_url=server.url)
        furnish(visit.home, here, brief="SCRIPT:mine")
        launch = ClaudeAgent(claude_program).launch(here)
        proxied = {"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "NO_PROXY": "127.0.0.1"}
        end = start(replace(launch, environment={**launch.environment, **proxied}))
    assert end.code == 0
    assert wanted == []


async def test_it_works_inside_a_cage(claude_program: Path, cage: Any) -> None:
    make_sample(cage.visit.workspace)
    with ModelServer(load_scripts(SCRIPTS)) as server:
        visit = replace(cage.visit, model_url=server.url)
        furnish(visit.home, visit, brief=brief_of(visit))
        agent = ClaudeAgent(claude_program)
        end = await cage.run(agent.launch(visit))
    report = agent.read(end, visit.home)
    assert report.verdict is Verdict.OK, (report.because, end.output_tail[-2000:])
    assert isinstance(read_outcome(RunKind.IMPLEMENT, visit.outcome), ImplementOutcome)
    fixed = (visit.workspace / "timekeeper" / "dates.py").read_text(encoding="utf-8")
    assert "replace(tzinfo=timezone.utc)" in fixed
