"""How Handoff is packaged: files that must agree with the code, and with each other."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from app.cli.example import env_example
from app.config import Settings, WebSettings, WorkerSettings, variables
from app.config.load import variable

ROOT = Path(__file__).parent.parent
APACHE_2 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
"""The SHA-256 of https://www.apache.org/licenses/LICENSE-2.0.txt."""


def read(name: str) -> str:
    return (ROOT / name).read_text()


def load_yaml(name: str) -> Any:
    return yaml.safe_load(read(name))


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_example_of_settings_is_made_from_the_settings():
    assert read(".env.example") == env_example().rstrip("\n") + "\n", "run `make docs`"


def test_filling_in_the_example_is_all_it_takes():
    lines = [line for line in read(".env.example").splitlines() if re.match(r"[A-Z_]+=", line)]
    needed = {
        variable(name, field)
        for kind in (WebSettings, WorkerSettings)
        for name, field in kind.model_fields.items()
        if field.is_required()
    }
    assert {line.partition("=")[0] for line in lines} == needed


def test_the_license_is_apache_2():
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == APACHE_2
    assert tomllib.loads(read("pyproject.toml"))["project"]["license"] == "Apache-2.0"


def test_the_changelog_knows_this_version():
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert f"## [{version}]" in read("CHANGELOG.md")


# Containers


def test_compose_is_as_its_specification_wants_it():
    schema = json.loads(read("tests/packaging/compose-spec.json"))
    jsonschema.Draft201909Validator(schema).validate(load_yaml("compose.yaml"))


def test_a_compose_file_with_a_mistake_would_be_noticed():
    schema = json.loads(read("tests/packaging/compose-spec.json"))
    compose = load_yaml("compose.yaml")
    compose["services"]["web"]["helthcheck"] = {}
    with pytest.raises(jsonschema.ValidationError, match="helthcheck"):
        jsonschema.Draft201909Validator(schema).validate(compose)


@pytest.mark.parametrize(("service", "kind"), [("web", WebSettings), ("worker", WorkerSettings)])
def test_each_container_is_told_its_own_settings_and_no_others(service: str, kind: type[Settings]):
    told = set(load_yaml("compose.yaml")["services"][service]["environment"])
    needed = {variable(name, field) for name, field in kind.model_fields.items() if field.is_required()}
    assert needed <= told <= variables(kind)


def test_the_private_key_goes_to_the_worker_alone():
    services = load_yaml("compose.yaml")["services"]
    assert [name for name, service in services.items() if "private_key" in str(service)] == ["worker"]


def test_containers_wait_for_what_they_need_and_no_image_floats():
    services = load_yaml("compose.yaml")["services"]
    assert set(services) == {"postgres", "redis", "web", "worker"}
    for name in ("web", "worker"):
        conditions = {need["condition"] for need in services[name]["depends_on"].values()}
        assert conditions == {"service_healthy"}
    for name in ("postgres", "redis"):
        assert re.search(r":\d+(\.\d+)?-", services[name]["image"])
        assert "healthcheck" in services[name]


def test_the_image_runs_as_an_ordinary_user_and_says_how_it_is():
    dockerfile = read("Dockerfile")
    assert re.findall(r"^USER (.+)$", dockerfile, re.MULTILINE) == ["handoff"]
    assert "/healthz" in dockerfile
    assert all(
        re.search(r":\d+\.\d+-slim", image) for image in re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    )


def test_containers_do_not_claim_to_be_tested():
    assert "UNTESTED ON A REAL ENGINE" in read("compose.yaml")
    assert "UNTESTED ON A REAL ENGINE" in read("Dockerfile")


def test_one_version_of_uv_everywhere():
    found = {
        re.search(pattern, read(name)).group(1)  # type: ignore[union-attr]
        for name, pattern in {"Makefile": r"UV_VERSION +:= (\S+)", "Dockerfile": r"uv==(\S+)"}.items()
    }
    assert len(found) == 1


def test_what_the_image_copies_is_sent_to_the_engine():
    copied = {
        word
        for line in re.findall(r"^COPY (?!--from)(.+)$", read("Dockerfile"), re.MULTILINE)
        for word in line.split()[:-1]
    }
    sent = {line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")}
    assert copied == sent
    assert all((ROOT / name).exists() for name in copied)


# Continuous integration


def test_actions_are_pinned_and_may_only_read():
    workflow = load_yaml(".github/workflows/ci.yml")
    uses = [step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]
    assert uses
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) for name in uses)
    assert workflow["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in workflow["jobs"].values())
    assert all(job["timeout-minutes"] <= 45 for job in workflow["jobs"].values())
    assert ".ci/run" in [step.get("run") for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project in whose place the scripts are run."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "Makefile").write_text(
        "lint:\n\t@echo linted\ntest:\n\t@echo tested $(ARGS)\nbrowser:\n\t@true\ntest-stories test-hostile test-chaos:\n\t@echo $@\ntest-browser:\n\t@echo browsed\n"
    )
    return tmp_path


def test_ci_lints_and_runs_the_command_of_the_readme(project: Path):
    (project / "README.md").write_text(
        "make test is not it\n\n```sh\nmake demo\n$ make test ARGS=all   # as you would\n```\n"
    )
    ended = run(".ci/run", cwd=project)
    assert ended.returncode == 0, ended.stderr
    command = "make test ARGS=all   # as you would"
    others = [
        f"{before}{target}"
        for target in ("test-stories", "test-hostile", "test-chaos")
        for before in ("+ make ", "")
    ]
    assert ended.stdout.splitlines() == ["linted", f"+ {command}", "tested all", *others, "browsed"]


def test_ci_runs_what_was_red_once_more_and_says_so(project: Path):
    (project / "README.md").write_text("```sh\nmake test\n```\n")
    rules = "lint:\n\t@true\ntest:\n\t@echo 'args: $(ARGS)'; test -e once || { touch once; false; }\nbrowser test-browser test-stories test-hostile test-chaos:\n\t@true\n"
    (project / "Makefile").write_text(rules)
    ended = run(".ci/run", cwd=project)
    assert ended.returncode == 0, ended.stderr
    said = ended.stdout.splitlines()
    assert any(line.startswith("FLAKY OR RED") for line in said)
    assert "args: --last-failed --last-failed-no-failures=none" in said


@pytest.mark.parametrize(
    "target", ["lint", "test", "test-stories", "test-hostile", "test-chaos", "test-browser"]
)
def test_ci_fails_when_one_fails(project: Path, target: str):
    (project / "README.md").write_text("```sh\nmake test\n```\n")
    targets = ("lint", "test", "browser", "test-stories", "test-hostile", "test-chaos", "test-browser")
    rules = {**dict.fromkeys(targets, "true"), target: "false"}
    (project / "Makefile").write_text("".join(f"{name}:\n\t@{what}\n" for name, what in rules.items()))
    assert run(".ci/run", cwd=project).returncode != 0


def test_ci_says_loudly_where_there_is_no_browser(project: Path):
    (project / "README.md").write_text("```sh\nmake test\n```\n")
    (project / "Makefile").write_text(
        "lint test test-stories test-hostile test-chaos:\n\t@true\nbrowser test-browser:\n\t@false\n"
    )
    ended = run(".ci/run", cwd=project)
    assert ended.returncode == 0
    assert "NOT RUN: the journeys in a browser" in ended.stderr


def test_ci_wants_a_test_command_in_the_readme(project: Path):
    (project / "README.md").write_text("Run make test.\n")
    ended = run(".ci/run", cwd=project)
    assert ended.returncode == 1
    assert 'a fenced block needs a line that begins with "make test"' in ended.stderr


def test_our_readme_gives_both_commands():
    blocks = re.findall(r"^```.*?\n(.*?)^```", read("README.md"), re.MULTILINE | re.DOTALL)
    lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    assert any(line.split("#")[0].strip().startswith("make test") for line in lines)
    assert any(line.split("#")[0].strip().startswith("make demo") for line in lines)


# The Makefile


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A fresh clone, as far as the environment is concerned, and an empty folder of programs."""
    for name in ("Makefile", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "echo", "uname", "rm", "touch", "grep", "git", "make"):
        found = shutil.which(name)
        assert found is not None
        (programs / name).symlink_to(found)
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(folder / "programs" / "make", *arguments, cwd=folder, PATH=str(folder / "programs"))


def test_without_git_it_is_named_with_its_install_command(fresh: Path):
    (fresh / "programs" / "git").unlink()
    ended = make(fresh, "test")
    assert ended.returncode != 0
    assert "git is missing. Install it: apt install git" in ended.stderr


def test_without_a_python_that_is_new_enough_it_is_named(fresh: Path):
    old = fresh / "programs" / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")  # what a Python older than 3.11 answers to the question
    old.chmod(0o755)
    ended = make(fresh, "test")
    assert ended.returncode != 0
    assert "Python 3.11 or newer is missing. Install it: apt install python3" in ended.stderr


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="bubblewrap is for Linux")
def test_without_bubblewrap_there_is_a_hint_and_no_failure(fresh: Path):
    ended = make(fresh, "tools")
    assert ended.returncode == 0
    assert "Hint: bubblewrap is not installed, so cages use unshare" in ended.stderr


def test_the_environment_is_made_again_only_when_what_it_is_made_from_changed(fresh: Path):
    stamp = fresh / ".venv" / ".synced"
    stamp.parent.mkdir()
    stamp.touch()
    newest = max((fresh / name).stat().st_mtime for name in ("pyproject.toml", "uv.lock"))
    os.utime(stamp, (newest + 1, newest + 1))
    assert make(fresh, "--question", ".venv/.synced").returncode == 0
    os.utime(fresh / "uv.lock", (newest + 2, newest + 2))
    assert make(fresh, "--question", ".venv/.synced").returncode == 1


def test_make_lists_every_name_there_is(fresh: Path):
    listed = set(re.findall(r"^make ([\w-]+)", make(fresh).stdout, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.+)$", read("Makefile"), re.MULTILINE)
    assert phony is not None
    assert listed == set(phony[1].split()) - {"help", "tools"}


def test_the_demo_gets_its_wishes_unharmed(fresh: Path):
    (fresh / ".venv" / "bin").mkdir(parents=True)
    python = fresh / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\necho "$*|$ONCE|$AGENT|$REPO"\n')
    python.chmod(0o755)
    (fresh / ".venv" / ".synced").touch()
    ended = make(fresh, "demo", "ONCE=1", "AGENT=my agent --say 'hello \"you\"'", "REPO=/a b")
    assert ended.stdout == "-m localhub.demo|1|my agent --say 'hello \"you\"'|/a b\n"
