"""`handoff secret`: a value comes in by standard input and goes out nowhere."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

VALUE = "a-value-that-nobody-sees"

Secret = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def secret(tmp_path: Path) -> Secret:
    """The command, run in an empty folder, with something on its standard input."""

    def run(*arguments: str, typed: str | bytes = "", **said: str) -> subprocess.CompletedProcess[str]:
        ours = {n: v for n, v in os.environ.items() if not n.startswith("HANDOFF_")}
        done = subprocess.run(
            [sys.executable, "-P", "-m", "app.cli", "secret", *arguments],
            cwd=tmp_path,
            env={**ours, "HANDOFF_DATA": str(tmp_path / "data"), **said},
            input=typed if isinstance(typed, bytes) else typed.encode(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    return run


def test_a_secret_is_set_listed_by_name_and_removed(secret, tmp_path: Path):
    done = secret("set", "ada/demo", "TOKEN", typed=f"{VALUE}\n")
    assert done.returncode == 0
    assert "`TOKEN` is set for the checks of ada/demo." in done.stdout
    assert (tmp_path / "data/secrets/checks/ada/demo/TOKEN").read_text() == VALUE

    listed = secret("list", "Ada/Demo")
    assert (listed.returncode, listed.stdout) == (0, "TOKEN\n")

    assert secret("remove", "ada/demo", "TOKEN").returncode == 0
    assert not list((tmp_path / "data/secrets/checks").rglob("TOKEN"))
    assert VALUE not in done.stdout + done.stderr + listed.stdout


def test_what_is_no_text_is_refused_in_one_sentence(secret, tmp_path: Path):
    done = secret("set", "ada/demo", "TOKEN", typed=b"\xff\xfe-no-text-at-all")

    assert (done.returncode, done.stderr) == (1, "The value has to be text in UTF-8; nothing was kept.\n")
    assert not (tmp_path / "data").exists()


def test_a_value_among_the_arguments_is_wrong_usage(secret, tmp_path: Path):
    assert secret("set", "ada/demo", "TOKEN", VALUE).returncode == 2
    assert not (tmp_path / "data").exists()


def test_from_afar_it_is_refused_because_secrets_do_not_travel(secret):
    done = secret(
        "set", "ada/demo", "TOKEN", typed=VALUE, HANDOFF_URL="http://127.0.0.1:1", HANDOFF_TOKEN="x" * 43
    )

    assert done.returncode == 1
    assert "do not travel. Run this command there" in done.stderr
