"""The scripted agent does what its script says, as a real process, and says that it is scripted."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import BadConfiguration
from localhub.sample.build import SCRIPTS, make_sample
from workers.agents.agent import Launch, RunKind, Visit
from workers.agents.home import furnish
from workers.agents.outcome import Invalid, read_outcome
from workers.agents.report import AgentReport, Verdict
from workers.agents.scripted import RUNNER, ScriptedAgent
from workers.cage.spec import Exit

Play = Callable[..., tuple[AgentReport, str]]


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    folder = tmp_path / "scripts"
    folder.mkdir()
    return folder


def script(
    folder: Path, name: str, *steps: dict[str, Any], kind: str = "implement", about: tuple[str, ...] = ()
) -> None:
    document = {"kind": kind, "about": about, "steps": steps}
    (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")


@pytest.fixture
def play(visit: Visit, scripts: Path, start: Callable[[Launch], Exit]) -> Play:
    def run(brief: str = "Issue: dates", kind: RunKind = RunKind.IMPLEMENT) -> tuple[AgentReport, str]:
        here = replace(visit, kind=kind)
        furnish(visit.home, here, brief=brief)
        agent = ScriptedAgent(scripts)
        end = start(agent.launch(here))
        return agent.read(end, visit.home), end.output_tail.decode()

    return run


def test_files_are_written_changed_and_deleted(visit: Visit, scripts: Path, play: Play) -> None:
    (visit.workspace / "old").mkdir()
    (visit.workspace / "gone.txt").touch()
    script(
        scripts,
        "all",
        {"do": "write", "path": "deep/new.txt", "content": ["one", "two"]},
        {"do": "replace", "path": "deep/new.txt", "old": "two", "new": ["2", "3"]},
        {"do": "read", "path": "deep/new.txt"},
        {"do": "delete", "path": "old"},
        {"do": "delete", "path": "gone.txt"},
        {"do": "sleep", "seconds": 0},
        {"do": "run", "command": "cat deep/new.txt; exit 5"},
        {"do": "respond", "text": "Prose."},
        {"do": "outcome", "outcome": {"ending": "nothing changed", "summary": "Nothing."}},
    )
    report, output = play()
    assert (report.verdict, report.said) == (Verdict.OK, "Prose.")
    assert (visit.workspace / "deep" / "new.txt").read_text(encoding="utf-8") == "one\n2\n3\n"
    assert sorted(path.name for path in visit.workspace.iterdir()) == ["deep"]
    assert "I am the scripted agent" in output
    assert "one\n2\n3\n[exit code 5]" in output
    assert not isinstance(read_outcome(RunKind.IMPLEMENT, visit.outcome), Invalid)


def test_the_script_that_asks_for_most_is_chosen(scripts: Path, play: Play) -> None:
    script(scripts, "any")
    script(scripts, "dates", about=("dates",))
    script(scripts, "dates-in-berlin", about=("dates", "Berlin"))
    script(scripts, "dates-review", kind="review", about=("dates", "Berlin", "Issue"))
    said = [play(brief)[1].split()[7] for brief in ("lunch", "dates", "dates in Berlin")]
    assert said == ["any", "dates", "dates-in-berlin"]
    assert "I replay dates-review " in play("Issue: dates in Berlin", RunKind.REVIEW)[1]


def test_without_a_script_it_fails_and_says_so(scripts: Path, play: Play) -> None:
    script(scripts, "other", about=("lunch",))
    report, output = play()
    assert (report.verdict, report.because) == (Verdict.FAILED, "The program ended with exit code 3.")
    assert output == "The scripted agent has no script for this implement run.\n"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"do": "dance"}, "asks for 'dance', which I do not know"),
        (
            {"do": "replace", "path": "a.txt", "old": "x", "new": "y"},
            "2 times in a.txt; it should be there once",
        ),
    ],
)
def test_a_script_that_does_not_fit_is_told(
    step: dict[str, str], said: str, visit: Visit, scripts: Path, play: Play
) -> None:
    (visit.workspace / "a.txt").write_text("x x", encoding="utf-8")
    script(scripts, "bad", step, {"do": "write", "path": "later", "content": ""})
    report, output = play()
    assert report.because == "The program ended with exit code 4."
    assert said in output
    assert not (visit.workspace / "later").exists()


def test_it_can_misbehave_on_demand(visit: Visit, scripts: Path, play: Play) -> None:
    script(
        scripts,
        "bad",
        {"do": "flood", "lines": 100},
        {"do": "outcome", "text": "{nonsense"},
        {"do": "exit", "code": 9},
    )
    report, output = play()
    assert report.because == "The program ended with exit code 9."
    assert output.count("x" * 120 + "\n") == 100
    assert isinstance(read_outcome(RunKind.IMPLEMENT, visit.outcome), Invalid)


def test_an_empty_folder_of_scripts_is_told_before_the_start(visit: Visit, scripts: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"finds no \*\.json"):
        ScriptedAgent(scripts).launch(visit)


def test_the_runner_needs_nothing_of_ours(visit: Visit, scripts: Path) -> None:
    script(scripts, "any")
    launch = ScriptedAgent(scripts).launch(visit)
    assert launch.command[1] == "-I"
    assert {RUNNER, scripts} <= set(launch.readable)
    assert not any(
        RUNNER.parents[2] == path or RUNNER.parents[2].is_relative_to(path) for path in launch.readable
    )


async def test_it_works_inside_a_cage(cage: Any) -> None:
    make_sample(cage.visit.workspace)
    furnish(cage.visit.home, cage.visit, brief="The timesheet format is described nowhere")
    agent = ScriptedAgent(SCRIPTS)
    end = await cage.run(agent.launch(cage.visit))
    assert agent.read(end, cage.visit.home).verdict is Verdict.OK, end.output_tail.decode()
    assert "Ran 31 tests" in end.output_tail.decode()
    assert (cage.visit.workspace / "docs" / "format.md").is_file()
    outcome = read_outcome(RunKind.IMPLEMENT, cage.visit.outcome)
    assert not isinstance(outcome, Invalid), outcome
