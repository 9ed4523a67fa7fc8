"""Any program can be an agent: its command line is filled in, its needs are found, its end is read."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import BadConfiguration
from workers.agents.agent import Agent, Launch, Visit
from workers.agents.command import command_agent
from workers.agents.home import furnish
from workers.agents.readable import readable_for
from workers.agents.registry import AGENTS, agent_for
from workers.agents.report import Verdict
from workers.cage.spec import Exit, How

Start = Callable[[Launch], Exit]
End = Callable[..., Exit]


def program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_program_works_with_files_alone(visit: Visit, start: Start, tmp_path: Path) -> None:
    mine = program(
        tmp_path / "tools" / "mine",
        '#!/bin/sh\nset -e\ngrep -q "Do it" "$1"\ntest "$HANDOFF_BRIEF" = "$1"\npwd > here\n'
        'echo "I did it." > "$HANDOFF_RESPONSE"\necho "{}" > "$2"\nenv > "$HOME/environment"\n',
    )
    furnish(visit.home, visit, brief="Do it.")
    agent = command_agent(f"{mine} {{brief}} {{outcome}}")
    report = agent.read(start(agent.launch(visit)), visit.home)
    assert (report.verdict, report.said) == (Verdict.OK, "I did it.\n")
    assert (report.usage, report.cost_usd, report.session_id) == (None, None, None)
    assert (visit.workspace / "here").read_text(encoding="utf-8").strip() == str(visit.workspace)
    assert visit.outcome.read_text(encoding="utf-8") == "{}\n"


def test_nothing_of_ours_is_in_its_environment(visit: Visit) -> None:
    environment = command_agent("sh").launch(replace(visit, model_url="http://127.0.0.1:1")).environment
    assert set(environment) & set(os.environ) <= {"PATH", "HOME", "TMPDIR", "LANG", "TERM", "NO_COLOR"}
    assert environment["HOME"] == str(visit.home)
    assert environment["HANDOFF_RUN_KIND"] == "implement"
    assert environment["HANDOFF_MODEL_URL"] == "http://127.0.0.1:1"
    assert "HANDOFF_MODEL_KEY" not in environment


def test_a_command_line_is_split_like_a_shell_but_run_without_one(visit: Visit) -> None:
    command = (
        command_agent("sh -c 'echo \"$1\"' x {kind}:{workspace} '$(id)' '{\"a\": 1}'").launch(visit).command
    )
    assert command[1:] == ("-c", 'echo "$1"', "x", f"implement:{visit.workspace}", "$(id)", '{"a": 1}')


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("", "is empty"),
        ("sh 'open", "No closing quotation"),
        ("sh {breif}", r"has \{breif\}, which means nothing; use \{brief\}"),
    ],
)
def test_a_wrong_command_line_is_told_at_once(line: str, wrong: str) -> None:
    with pytest.raises(BadConfiguration, match=wrong):
        agent_for(line)


def test_a_program_that_is_not_here_is_named(visit: Visit) -> None:
    with pytest.raises(BadConfiguration, match="'no-such-agent' is not installed"):
        agent_for("no-such-agent {brief}").launch(visit)


def test_a_name_is_an_agent_and_anything_else_a_command_line(tmp_path: Path) -> None:
    assert {name: agent_for(f"{name}:{tmp_path}").name for name in AGENTS} == {name: name for name in AGENTS}
    assert agent_for("sh -c true").name == "command"
    assert agent_for("claude").name == "claude"
    with pytest.raises(BadConfiguration, match="scripted:/path"):
        agent_for("scripted")


@pytest.mark.parametrize(
    ("how", "code", "verdict", "because"),
    [
        (How.EXITED, 0, Verdict.OK, "exit code 0"),
        (How.EXITED, 3, Verdict.FAILED, "exit code 3"),
        (How.EXITED, 127, Verdict.REFUSED, "not to be found"),
        (How.EXITED, 137, Verdict.FAILED, "signal 9"),
        (How.EXITED, None, Verdict.FAILED, "nobody saw"),
        (How.TIMED_OUT, None, Verdict.FAILED, "time"),
        (How.STALLED, None, Verdict.FAILED, "too long"),
        (How.FLOODED, None, Verdict.FAILED, "more output"),
        (How.CANCELLED, None, Verdict.FAILED, "on request"),
        (How.NOT_STARTED, None, Verdict.REFUSED, "could not be started"),
    ],
)
def test_an_end_is_read_in_a_sentence(
    how: How, code: int | None, verdict: Verdict, because: str, end: End
) -> None:
    agent: Agent = command_agent("sh")
    report = agent.read(end(how, code), Path("/no/home"))
    assert report.verdict is verdict
    assert because in report.because


def test_a_system_program_needs_nothing_more() -> None:
    assert readable_for(Path("/bin/sh")) == ()


def test_a_virtual_environment_needs_its_base(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    needed = readable_for(tmp_path / "env" / "bin" / "python")
    assert tmp_path / "env" in needed
    base = Path(sys.base_prefix).resolve()
    assert base.is_relative_to("/usr") or any(base.is_relative_to(path) for path in needed)


def test_a_copied_virtual_environment_needs_its_base_too(tmp_path: Path) -> None:
    program(tmp_path / "env" / "bin" / "python")
    (tmp_path / "base" / "bin").mkdir(parents=True)
    (tmp_path / "env" / "pyvenv.cfg").write_text(f"home = {tmp_path}/base/bin\n", encoding="utf-8")
    assert set(readable_for(tmp_path / "env" / "bin" / "python")) == {tmp_path / "env", tmp_path / "base"}


def test_a_script_needs_its_interpreter_and_its_modules(tmp_path: Path) -> None:
    node = program(tmp_path / "node" / "bin" / "node")
    program(tmp_path / "app" / "node_modules" / "tool" / "cli.js", f"#!/usr/bin/env -S {node} --flag\n")
    link = tmp_path / "app" / "node_modules" / ".bin" / "tool"
    link.parent.mkdir()
    link.symlink_to("../tool/cli.js")
    assert set(readable_for(link)) == {tmp_path / "app" / "node_modules", tmp_path / "node"}


def test_a_chain_of_links_is_seen_whole(tmp_path: Path) -> None:
    real = program(tmp_path / "versions" / "2.0" / "agent")
    (tmp_path / "current").symlink_to("versions")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "agent").symlink_to(tmp_path / "current" / "2.0" / "agent")
    assert set(readable_for(tmp_path / "links" / "agent")) == {
        tmp_path / "links",
        tmp_path / "current" / "2.0",
    }
    assert real.exists()


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links"):
        readable_for(tmp_path / "a")


@pytest.mark.parametrize("sign", [".git", ".env"])
def test_of_somebodys_project_only_the_file_is_shown(tmp_path: Path, sign: str) -> None:
    (tmp_path / sign).mkdir()
    mine = program(tmp_path / "agent.sh")
    assert readable_for(mine) == (mine,)


def test_of_a_home_only_the_file_is_shown() -> None:
    home = Path.home()
    shown = (
        readable_for(Path("/bin/sh")),
        [path for path in readable_for(Path(sys.executable)) if home.is_relative_to(path)],
    )
    assert shown == ((), [])


def test_a_script_that_the_command_line_names_is_shown(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    script = program(tmp_path / "mine" / "agent.py")
    data = tmp_path / "data"
    data.mkdir()
    readable = command_agent(f"/bin/sh {script} {data} /no/such/file").launch(visit).readable
    assert readable == (tmp_path / "mine", data)
