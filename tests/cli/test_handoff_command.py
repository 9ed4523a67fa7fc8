"""The command itself: its exit codes, its sentences, and what it starts."""

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.cli.example import env_example
from app.cli.processes import MODULES, command
from app.cli.up import address
from app.config import Settings
from app.ledger.store import Ledger
from tests.cli.house import House

ROOT = Path(__file__).parents[2]
SECRET = "the secret of this webhook"

Handoff = Callable[..., subprocess.CompletedProcess[str]]


def environment(folder: Path, **said: str) -> dict[str, str]:
    names = ("DATABASE_URL", "REDIS_URL")
    ours = {n: v for n, v in os.environ.items() if not n.startswith("HANDOFF_") and n not in names}
    return {**ours, "HANDOFF_DATA": str(folder / "data"), **said}


@pytest.fixture
def handoff(tmp_path: Path) -> Handoff:
    """The command, run in an empty folder."""

    def run(*arguments: str, **said: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "app.cli", *arguments],
            cwd=tmp_path,
            env=environment(tmp_path, **said),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.parametrize("name", MODULES)
def test_every_process_that_is_started_by_name_is_there(name: str):
    assert importlib.util.find_spec(f"{MODULES[name]}.__main__") is not None
    assert command(name, ["--x"]) == [sys.executable, "-P", "-m", MODULES[name], "--x"]


def test_it_says_its_version(handoff: Handoff):
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", handoff("version").stdout)


def test_up_with_half_of_it_set_says_what_is_missing(handoff: Handoff):
    ended = handoff("up", HANDOFF_APP_ID="1")
    assert ended.returncode == 2
    missing = re.findall(r"^(\w+) is not set\. It is the ", ended.stderr, re.MULTILINE)
    assert missing == [
        "HANDOFF_WEBHOOK_SECRET",
        "HANDOFF_APP_SLUG",
        "HANDOFF_PRIVATE_KEY_FILE",
        "HANDOFF_AGENT",
    ]
    assert "Traceback" not in ended.stderr


def test_a_dotenv_that_was_not_named_is_mentioned(handoff: Handoff, tmp_path: Path):
    (tmp_path / ".env").write_text(f"HANDOFF_WEBHOOK_SECRET={SECRET}\n")
    assert (
        "I read it only when I am told to: HANDOFF_ENV_FILE=.env" in handoff("up", HANDOFF_APP_ID="1").stderr
    )
    assert "HANDOFF_WEBHOOK_SECRET is not set" not in handoff("up", HANDOFF_ENV_FILE=".env").stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["why", "acme"], "'acme' is neither issue nor repository; write it as OWNER/REPO#N"),
        (["stop"], "one of the arguments JOB --all is required"),
        (["stop", "j1", "--all"], "not allowed with argument"),
        (["start"], "--all"),
        (["dance"], "invalid choice"),
        (["status", "--jsno"], "I do not know what --jsno means here"),
        ([], "COMMAND"),
    ],
)
def test_wrong_usage_is_said_with_exit_code_2(handoff: Handoff, arguments: list[str], said: str):
    ended = handoff(*arguments)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_refusal_is_one_sentence_with_exit_code_1(handoff: Handoff, tmp_path: Path):
    ended = handoff("status")
    assert ended.returncode == 1
    assert ended.stderr == (
        f"There is no ledger at {tmp_path}/data/handoff.db. "
        "Start with `handoff up`, or set HANDOFF_DATA to its folder.\n"
    )


def test_serve_becomes_the_web_process(handoff: Handoff):
    ended = handoff("serve")
    assert ended.returncode == os.EX_CONFIG
    assert ended.stderr.startswith("HANDOFF_WEBHOOK_SECRET is not set.")


def test_settings_are_printed_as_a_file_to_fill_in(handoff: Handoff):
    assert handoff("settings").stdout == env_example().rstrip("\n") + "\n"


async def test_an_answer_cannot_steer_the_terminal(handoff: Handoff, tmp_path: Path):
    settings = Settings(data=tmp_path / "data")
    ledger = await Ledger.open(settings.database)
    await House(settings, ledger).hear(House(settings, ledger).labeled(label="\x1b[2Jred"))
    await ledger.close()
    ended = handoff("why", "https://github.com/acme/clock/issues/12")
    assert ended.returncode == 0
    assert "@ada put the label `�[2Jred` on" in ended.stdout


async def test_answers_for_programs_are_json(handoff: Handoff, tmp_path: Path):
    await (await Ledger.open(Settings(data=tmp_path / "data").database)).close()
    assert json.loads(handoff("status", "--json").stdout)["jobs"] == []
    assert json.loads(handoff("why", "a/b#1", "--json").stdout)["heard"] == []


@pytest.fixture(scope="module")
def private_key() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def test_up_runs_everything_and_ctrl_c_ends_it(tmp_path: Path, private_key: bytes):
    key = tmp_path / "app.pem"
    key.touch(0o600)
    key.write_bytes(private_key)
    said = {
        "HANDOFF_WEBHOOK_SECRET": SECRET,
        "HANDOFF_APP_ID": "1",
        "HANDOFF_APP_SLUG": "ada-handoff",
        "HANDOFF_PRIVATE_KEY_FILE": str(key),
        "HANDOFF_AGENT": "true",
        "HANDOFF_GITHUB_URL": "http://127.0.0.1:1",  # nobody is there, and that must not matter yet
        "HANDOFF_PORT": "0",
    }
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "app.cli", "up"],
        cwd=tmp_path,
        env=environment(tmp_path, **said),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stdout is not None
        lines: list[str] = []
        try:
            for line in running.stdout:
                lines.append(line)
                if line.startswith("worker "):
                    break
            health = next(line.split()[1] for line in lines if line.startswith("  health"))
            ready = httpx.get(health, trust_env=False).json()
            link = next(line.split()[2] for line in lines if line.startswith("  open it"))
            page = httpx.get(link.replace("localhost", "127.0.0.1"), trust_env=False)
            running.send_signal(signal.SIGINT)
            lines += running.stdout.readlines()
            code = running.wait(60)
        finally:
            if running.poll() is None:
                running.kill()
    told = "".join(lines)
    assert ready == {"status": "ready", "ledger": "ok", "redis": "ok"}, told
    assert 'id="log-in"' in page.text
    assert code == 0, told
    assert "Everything has stopped." in told
    assert "Traceback" not in told
    assert SECRET not in told
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104 - never bound
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("anvil", "http://anvil:80"),
    ],
)
def test_an_address_is_one_that_a_browser_can_open(host: str, url: str):
    assert address(host, 80) == url
