"""The whole examination, against a pretend GitHub and on this machine: well, and broken in one way at a time."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from app.config import Settings, load, registration_of
from app.domain.errors import BadConfiguration
from app.domain.redaction import Redactor
from app.ledger.store import Ledger
from workers.doctor.examine import examine
from workers.doctor.finding import Finding, Level, exit_code

NPM = "on: push\njobs: {a: {runs-on: x, steps: [{run: x, env: {T: '${{ secrets.NPM }}'}}]}}\n"


async def alone() -> list[Finding]:
    return [each async for each in examine(load(Settings), Redactor())]


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {each.name: each for each in findings}


async def test_where_all_is_well_nothing_else_is_said(practice, valkey):
    practice.environment.setenv("HANDOFF_CAGE", "auto")
    await practice.repository("ada/clock")
    await practice.hub.act("ada", "open_issue", "ada/clock", title="x", labels=["handoff"])
    await (await Ledger.open(load(Settings).database)).close()

    findings = await practice.examined()

    assert [each for each in findings if each.level is not Level.OK] == []
    assert {each.name for each in findings} == {
        "settings", "database", "queue", "disk", "git", "cage", "agents", "key", "clock", "app", "permissions",
        "events", "webhook", "installations", "repositories",
    }  # fmt: skip


async def test_whoever_wonders_why_nothing_happens_is_told_that_everything_stands_still(practice):
    ledger = await Ledger.open(load(Settings).database)
    await ledger.set_switch("paused", on=True, because="60 agents were started")
    ((level, said),) = await practice.about("standstill")
    assert (level, said.split(".")[0]) == (
        Level.PROBLEM,
        "Handoff has paused itself: 60 agents were started",
    )
    await ledger.close()
    (practice.data / "STOP").touch()
    ((level, said),) = await practice.about("standstill")
    assert said.startswith("Everything is stopped: the file `STOP` lies in the data folder.")


async def test_looking_changes_nothing(practice):
    await practice.repository("ada/clock")
    before = set(practice.data.rglob("*"))

    await practice.examined()

    assert set(practice.data.rglob("*")) == before
    asked = {entry["method"] for entry in await practice.hub.log() if "access_tokens" not in entry["path"]}
    assert asked <= {"GET"}


async def test_a_permission_and_an_event_that_are_missing_are_named(practice):
    await practice.hub.change_app(
        practice.app["id"], permissions={"metadata": "read", "issues": "read"}, events=["issues", "push"]
    )

    ((level, said),) = await practice.about("permissions")
    assert level is Level.PROBLEM
    assert "checks: write, contents: write, issues: write and pull_requests: write" in said
    assert [each for each, _ in await practice.about("events")] == [Level.PROBLEM, Level.WARNING]


async def test_a_key_of_another_app_is_named(practice):
    other = await practice.hub.add_app("other", permissions={}, events=[])
    (practice.data / "secrets" / "private-key.pem").write_text(other["pem"])

    ((level, said),) = await practice.about("app")
    assert level is Level.PROBLEM
    assert "check that the App id and the private key belong together" in said


async def test_an_app_that_is_gone_is_named(practice):
    practice.environment.setenv("HANDOFF_APP_ID", "999")

    ((level, _),) = await practice.about("app")
    assert level is Level.PROBLEM


async def test_a_file_that_only_looks_like_a_key_is_named_and_github_not_asked(practice):
    (practice.data / "secrets" / "private-key.pem").write_text("-----BEGIN PRIVATE KEY-----\nMIIE\n")

    found = by_name(await practice.examined())
    assert found["key"].level is Level.PROBLEM
    assert found["github"].level is Level.UNKNOWN
    assert [entry for entry in await practice.hub.log() if entry["path"] == "/app"] == []


async def test_a_key_that_others_may_read_is_named(practice):
    (practice.data / "secrets" / "private-key.pem").chmod(0o644)

    assert [level for level, _ in await practice.about("key")] == [Level.PROBLEM]


@pytest.mark.parametrize(("seconds", "direction"), [(40, "ahead of"), (-40, "behind"), (600, "ahead of")])
async def test_a_clock_that_is_off_is_named_even_when_github_refuses_us_for_it(practice, seconds, direction):
    ((level, said),) = await practice.about("clock", clock=timedelta(seconds=seconds))

    assert level is Level.PROBLEM
    assert direction in said


async def test_a_github_that_does_not_answer_is_nobodys_fault(practice):
    await practice.hub.add_fault("error_before", match={"path_regex": "^/app"}, status=503, times=None)

    findings = await practice.examined()
    assert by_name(findings)["app"].level is Level.UNKNOWN
    assert exit_code(findings) == 0


async def test_an_app_that_is_installed_nowhere_is_led_on(practice):
    (found,) = [each for each in await practice.examined() if each.name == "installations"]

    assert found.level is Level.WARNING
    assert found.fix.endswith("/apps/handoff/installations/new")


async def test_a_suspended_installation_is_named_and_its_repositories_left_alone(practice):
    await practice.repository("ada/clock")
    await practice.hub.act("ada", "suspend_installation", "ada/clock", app="handoff")

    found = by_name(await practice.examined())
    assert "suspended" in found["installations"].says
    assert "repositories" not in found


async def test_an_installation_that_has_not_accepted_everything_is_named(practice):
    form = {"metadata": "read", "contents": "write", "issues": "write", "pull_requests": "write"}
    await practice.hub.change_app(practice.app["id"], permissions=form)
    await practice.repository("ada/clock")
    await practice.hub.change_app(practice.app["id"], permissions={**form, "checks": "write"})

    ((level, said),) = await practice.about("installations")
    assert level is Level.PROBLEM
    assert "ada has not accepted all that the App asks for: checks: write." in said


async def test_a_webhook_that_points_elsewhere_and_deliveries_that_failed_are_named(practice):
    practice.environment.setenv("HANDOFF_PUBLIC_URL", "https://handoff.example")
    await practice.hub.change_app(practice.app["id"], webhook_url="http://127.0.0.1:9/webhooks/github")
    await practice.hub.idle()

    found = by_name(await practice.examined())
    assert "points to http://127.0.0.1:9/webhooks/github" in found["webhook"].says
    assert found["webhook"].level is Level.PROBLEM
    assert found["deliveries"].level is Level.WARNING


async def test_workflows_and_a_configuration_with_a_mistake_are_named(practice):
    await practice.repository(
        "ada/clock",
        {
            ".github/handoff.yml": "preset: cautious\nlimits:\n  run_minuts: 5\n",
            ".github/workflows/release.yml": NPM,
            ".github/workflows/quiet.yml": NPM.replace("on: push", "on: {push: {branches: [main]}}"),
        },
    )

    ((_, workflow),) = await practice.about("workflows")
    assert workflow.startswith(".github/workflows/release.yml in ada/clock runs on push")
    ((level, said),) = await practice.about("repositories")
    assert level is Level.PROBLEM
    assert "line 3: `limits.run_minuts` is no key that I know. Did you mean `run_minutes`?" in said


async def test_a_queue_that_is_away_is_named_without_its_password(practice):
    practice.environment.setenv("REDIS_URL", "redis://:hush-hush@127.0.0.1:9/0")

    ((level, said),) = await practice.about("queue")
    assert level is Level.PROBLEM
    assert "hush" not in said


async def test_an_agent_that_is_not_installed_is_named(practice):
    practice.environment.setenv("HANDOFF_AGENT", "no-such-agent --fast")
    practice.environment.setenv("HANDOFF_REVIEWER", "cat")

    (first, second) = await practice.about("agents")
    assert first[0] is Level.PROBLEM
    assert "'no-such-agent' is not installed" in first[1]
    assert second[0] is Level.OK


async def test_a_database_of_a_newer_handoff_is_named_and_left_alone(practice):
    ledger = await Ledger.open(load(Settings).database)
    await ledger.close()
    path = practice.data / "handoff.db"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    ((level, said),) = await practice.about("database")
    assert level is Level.PROBLEM
    assert "newer Handoff" in said


async def test_what_is_no_database_is_named(practice):
    (practice.data / "handoff.db").write_text("hello" * 1000)

    ((level, _),) = await practice.about("database")
    assert level is Level.PROBLEM


async def test_no_secret_is_in_anything_that_is_said(practice):
    await practice.repository("ada/clock")
    said = json.dumps([[each.says, each.fix] for each in await practice.examined()])

    for path in (practice.data / "secrets").iterdir():
        assert path.read_text().strip() not in said
    assert "ghs_" not in said


async def test_with_nothing_configured_the_first_step_is_named(environment):
    findings = await alone()

    first = findings[0]
    assert (first.name, first.level) == ("settings", Level.PROBLEM)
    assert "`handoff up`" in first.fix
    assert {"database", "queue", "disk", "git", "cage", "agents", "github"} <= {
        each.name for each in findings
    }
    assert [each.level for each in findings[1:] if each.level is Level.PROBLEM] == []


async def test_a_misspelt_variable_and_an_ignored_file_are_named(environment, tmp_path: Path):
    environment.setenv("HANDOFF_LABLE", "x")
    (tmp_path / "data").mkdir(mode=0o755)
    (tmp_path / "data" / "handoff.toml").write_text('agent = "x"')

    said = [each for each in await alone() if each.name == "settings"]
    assert [each.level for each in said] == [Level.PROBLEM, Level.WARNING, Level.WARNING]
    assert "Did you mean HANDOFF_LABEL?" in said[1].says
    assert "is ignored" in said[2].says
    assert said[2].fix == f"If you wrote it, run `chmod 700 {tmp_path / 'data'}`."


async def test_a_registration_that_cannot_be_trusted_is_a_finding_like_others(practice):
    practice.data.chmod(0o755)
    with pytest.raises(BadConfiguration):
        registration_of(practice.data)

    found = by_name(await practice.examined())
    assert "I do not trust" in found["settings"].says
    assert found["git"].level is Level.OK


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-P", "-m", "app.cli", "doctor", *arguments]
    return subprocess.run(
        line, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True, check=False
    )


def test_the_command_says_it_as_json_and_with_its_exit_code(tmp_path: Path):
    ended = run("--json", HANDOFF_DATA=str(tmp_path))
    told = json.loads(ended.stdout)
    assert (ended.returncode, told["ok"], ended.stderr) == (1, False, "")
    assert all(set(each) == {"name", "level", "ok", "says", "fix"} for each in told["findings"])


def test_settings_that_no_process_can_read_are_exit_code_two(tmp_path: Path):
    ended = run(HANDOFF_DATA=str(tmp_path), HANDOFF_LOG="xml")
    assert ended.returncode == 2
    assert re.match(r"✗ HANDOFF_LOG is wrong: .*\n  → ", ended.stdout)
