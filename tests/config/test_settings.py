"""Settings: what a person reads when one is wrong, and which process knows what."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.config import (
    PROCESSES,
    Settings,
    WebSettings,
    WorkerSettings,
    environment_for,
    how_many,
    load,
    load_all,
    unknown_variables,
    variables,
)
from app.config.capacity import _memory_bytes
from app.domain.errors import BadConfiguration
from app.domain.spike import Allowed

SECRET = "a secret of twenty and more"
GIB = 1024**3


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch):
    for name in [*os.environ]:
        if name.startswith("HANDOFF_") or name in {"DATABASE_URL", "REDIS_URL"}:
            monkeypatch.delenv(name)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "app.pem"
    path.touch(0o600)
    path.write_text("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n")
    return path


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch, key_file: Path) -> pytest.MonkeyPatch:
    """All that a worker needs is set; a test changes what it is about."""
    needed = {"APP_ID": "7", "APP_SLUG": "ada-handoff", "PRIVATE_KEY_FILE": str(key_file), "AGENT": "claude"}
    for name, value in needed.items():
        monkeypatch.setenv(f"HANDOFF_{name}", value)
    return monkeypatch


def complaint(kind: type[Settings]) -> str:
    with pytest.raises(BadConfiguration) as refusal:
        load(kind)
    return str(refusal.value)


def test_with_nothing_set_each_missing_variable_has_its_line():
    with pytest.raises(BadConfiguration) as refusal:
        load_all(PROCESSES)
    lines = str(refusal.value).splitlines()
    assert [line.split(" is not set.")[0] for line in lines] == [
        "HANDOFF_WEBHOOK_SECRET",
        "HANDOFF_APP_ID",
        "HANDOFF_APP_SLUG",
        "HANDOFF_PRIVATE_KEY_FILE",
        "HANDOFF_AGENT",
    ]
    assert all(" It is the " in line and line.endswith(".") for line in lines)


WRONG = {
    "HANDOFF_APP_ID": ("seven", "it should be a valid integer"),
    "HANDOFF_APP_SLUG": ("Ada's App", "it has characters that have no place there"),
    "HANDOFF_PRIVATE_KEY_FILE": (
        "/nowhere/app.pem",
        "/nowhere/app.pem cannot be read (no such file or directory)",
    ),
    "HANDOFF_GITHUB_URL": ("http://github.example", "it would send our tokens readable over a network"),
    "HANDOFF_GITHUB_GIT_URL": ("github.com", "it is not a web address"),
    "HANDOFF_MODEL_URL": ("localhost:11434", "it is not a web address"),
    "HANDOFF_CAGE": ("jail", "it should be 'auto', 'bubblewrap', 'unshare', 'landlock', 'docker' or 'none'"),
    "HANDOFF_NETWORK_ALLOW": ("a.example.com,*.com", "an entry is `*.com`, which would be half of the world"),
    "HANDOFF_PRIVATE_NETWORKS": ("10.0.0.0/8, 127.0.0.0/16", "127.0.0.0/16 holds 127.0.0.0/8"),
    "HANDOFF_CAGE_UID": ("0", "it should be greater than or equal to 1"),
    "HANDOFF_RUNS": ("0", "it should be greater than or equal to 1"),
    "HANDOFF_SPIKE_RUNS": ("none", "it is neither a number from 1 to 100,000 nor the word unlimited"),
    "HANDOFF_SPIKE_DOLLARS": ("0", "it is neither an amount above 0 nor the word unlimited"),
    "HANDOFF_LABEL": ("two,labels", "it has characters that have no place there"),
    "HANDOFF_LOG": ("xml", "it should be 'text' or 'json'"),
    "DATABASE_URL": ("mysql://ada:password@db/x", "it names neither SQLite nor PostgreSQL"),
}


@pytest.mark.parametrize(
    ("name", "value", "what"), [(name, *rest) for name, rest in WRONG.items()], ids=WRONG
)
def test_a_wrong_setting_is_one_line_with_its_name_what_is_wrong_and_what_it_should_be(
    worker: pytest.MonkeyPatch, name: str, value: str, what: str
):
    worker.setenv(name, value)
    said = complaint(WorkerSettings)
    assert said.startswith(f"{name} is wrong: {what}")
    assert " It is the " in said
    assert "\n" not in said


def test_all_that_is_wrong_is_said_at_once(worker: pytest.MonkeyPatch):
    worker.setenv("HANDOFF_RUNS", "many")
    worker.setenv("HANDOFF_CAGE", "jail")
    assert len(complaint(WorkerSettings).splitlines()) == 2


def test_a_secret_that_is_wrong_is_not_repeated(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HANDOFF_WEBHOOK_SECRET", "swordfish")
    monkeypatch.setenv("DATABASE_URL", "mysql://ada:tuna-password@db/x")
    said = complaint(WebSettings)
    assert "it is shorter than 16 characters" in said
    assert "swordfish" not in said
    assert "tuna" not in said


def test_a_file_that_is_no_private_key_is_refused(worker: pytest.MonkeyPatch, tmp_path: Path):
    other = tmp_path / "notes.txt"
    other.write_text("the key is under the mat")
    worker.setenv("HANDOFF_PRIVATE_KEY_FILE", str(other))
    assert complaint(WorkerSettings).startswith(
        f"HANDOFF_PRIVATE_KEY_FILE is wrong: {other} holds no private key in PEM form."
    )


def test_a_private_key_that_others_may_read_is_a_warning(worker: pytest.MonkeyPatch, key_file: Path):
    assert load(WorkerSettings).warnings == ()
    key_file.chmod(0o640)
    (said,) = load(WorkerSettings).warnings
    assert f"chmod 600 {key_file}" in said


def test_no_cage_is_a_loud_warning(worker: pytest.MonkeyPatch):
    worker.setenv("HANDOFF_CAGE", "none")
    (said,) = load(WorkerSettings).warnings
    assert "WITHOUT A CAGE" in said


def test_the_spike_guard_is_off_only_where_somebody_wrote_that_word(worker: pytest.MonkeyPatch):
    assert load(WorkerSettings).spike == Allowed(starts=60, dollars=50)
    worker.setenv("HANDOFF_SPIKE_RUNS", "7")
    worker.setenv("HANDOFF_SPIKE_DOLLARS", "12.50")
    assert load(WorkerSettings).spike == Allowed(starts=7, dollars=12.5)
    worker.setenv("HANDOFF_SPIKE_RUNS", "unlimited")
    worker.setenv("HANDOFF_SPIKE_DOLLARS", "unlimited")
    assert load(WorkerSettings).spike == Allowed()
    for wrong in ("inf", "nan", "-1", "many"):
        worker.setenv("HANDOFF_SPIKE_DOLLARS", wrong)
        assert "nor the word unlimited" in complaint(WorkerSettings)


def test_on_this_machine_github_may_be_spoken_to_in_the_clear(worker: pytest.MonkeyPatch):
    worker.setenv("HANDOFF_GITHUB_URL", "http://127.0.0.1:4000/api/")
    assert load(WorkerSettings).github_url == "http://127.0.0.1:4000/api"


def test_the_web_process_has_no_place_for_a_private_key(worker: pytest.MonkeyPatch):
    worker.setenv("HANDOFF_WEBHOOK_SECRET", SECRET)
    assert not any("KEY" in name for name in variables(WebSettings))
    assert "PRIVATE KEY" not in repr(load(WebSettings))


def test_defaults_are_what_one_machine_needs(worker: pytest.MonkeyPatch, tmp_path: Path):
    worker.chdir(tmp_path)
    chosen = load(WorkerSettings)
    assert chosen.database == f"sqlite:///{tmp_path}/data/handoff.db"
    assert chosen.redis.startswith("unix:///")
    assert chosen.reviewing_agent == chosen.agent == "claude"
    assert chosen.capacity.runs >= 1


def test_an_empty_variable_is_not_set(worker: pytest.MonkeyPatch):
    worker.setenv("REDIS_URL", "")
    worker.setenv("HANDOFF_RUNS", "")
    assert load(WorkerSettings).runs is None
    assert load(WorkerSettings).redis_url is None


def test_settings_cannot_be_changed(worker: pytest.MonkeyPatch):
    with pytest.raises(ValueError, match="frozen"):
        load(WorkerSettings).runs = 100


def test_secrets_show_in_no_repr_and_are_told_to_the_redactor(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HANDOFF_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("REDIS_URL", "redis://:hush-hush@localhost/0")
    chosen = load(WebSettings)
    assert SECRET not in repr(chosen)
    assert "hush" not in repr(chosen)
    assert set(chosen.secrets) == {SECRET, "redis://:hush-hush@localhost/0"}


def test_a_file_is_read_when_it_is_named_and_the_environment_counts_over_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "settings").write_text(
        f'HANDOFF_WEBHOOK_SECRET="{SECRET}"\nHANDOFF_PORT=1234\nHANDOFF_HOST=::1\n'
    )
    monkeypatch.setenv("HANDOFF_ENV_FILE", str(tmp_path / "settings"))
    monkeypatch.setenv("HANDOFF_PORT", "4321")
    chosen = load(WebSettings)
    assert chosen.webhook_secret == SecretStr(SECRET)
    assert (chosen.host, chosen.port) == ("::1", 4321)


def test_a_dotenv_that_lies_about_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / ".env").write_text(f"HANDOFF_WEBHOOK_SECRET={SECRET}\n")
    monkeypatch.chdir(tmp_path)
    assert complaint(WebSettings).startswith("HANDOFF_WEBHOOK_SECRET is not set.")


def test_a_file_that_is_named_and_missing_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HANDOFF_ENV_FILE", "/nowhere/settings")
    assert complaint(WebSettings).startswith("HANDOFF_ENV_FILE: /nowhere/settings cannot be read.")


def test_a_child_gets_its_own_settings_and_no_others(worker: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "settings").write_text(
        f"HANDOFF_WEBHOOK_SECRET={SECRET}\nHANDOFF_LABEL=robot\nHANDOFF_AGENT=x\n"
    )
    worker.setenv("HANDOFF_ENV_FILE", str(tmp_path / "settings"))
    worker.setenv("REDIS_URL", "redis://localhost/0")
    web, work = environment_for(WebSettings, PROCESSES), environment_for(WorkerSettings, PROCESSES)
    ours = [name for name in web if name.startswith("HANDOFF_")]
    assert ours == ["HANDOFF_WEBHOOK_SECRET"]
    assert "HANDOFF_WEBHOOK_SECRET" not in work
    assert (work["HANDOFF_LABEL"], work["HANDOFF_AGENT"]) == ("robot", "claude")
    assert web["REDIS_URL"] == work["REDIS_URL"] == "redis://localhost/0"
    assert web["PATH"] == os.environ["PATH"]


def test_a_misspelt_setting_is_noticed():
    assert unknown_variables(["HANDOFF_LABLE", "HANDOFF_PORT", "HANDOFF_ENV_FILE", "PATH"], PROCESSES) == [
        "HANDOFF_LABLE is no setting of mine, so it does nothing. Did you mean HANDOFF_LABEL?"
    ]


@pytest.mark.parametrize("kind", PROCESSES)
def test_every_setting_is_described(kind: type[Settings]):
    for name, field in kind.model_fields.items():
        assert field.description, name
        assert field.description.startswith("the "), name
        assert not field.description.endswith("."), name


@pytest.mark.parametrize(
    ("cores", "memory", "runs", "because"),
    [
        (2, 23 * GIB, 4, "2 cores allow 4 runs at once"),
        (1, 8 * GIB, 2, "1 core allows 2 runs at once"),
        (64, 8 * GIB, 3, "8 GB of memory allows 3 runs at once"),
        (64, 3 * GIB, 1, "3 GB of memory allows 1 run at once"),
        (8, GIB, 1, "1 GB of memory is little: one run at a time"),
    ],
)
def test_how_many_runs_fit_is_computed_and_explained(cores: int, memory: int, runs: int, because: str):
    capacity = how_many(cores, memory)
    assert (capacity.runs, capacity.because) == (runs, because)


@pytest.mark.parametrize(("limit", "counts"), [("1073741824\n", True), ("max\n", False), (None, False)])
def test_the_memory_of_a_container_is_what_its_limit_says(tmp_path: Path, limit: str | None, counts: bool):
    if limit is not None:
        (tmp_path / "memory.max").write_text(limit)
    machine = _memory_bytes(tmp_path / "nowhere")
    assert _memory_bytes(tmp_path) == (min(machine, GIB) if counts else machine)


def test_a_process_reads_its_environment_for_real(tmp_path: Path):
    code = "from app.config import *; print(load(WebSettings).port)"
    ended = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={"HANDOFF_PORT": "99", "HANDOFF_WEBHOOK_SECRET": SECRET, "HANDOFF_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == "99\n"


@pytest.mark.parametrize(("said", "days"), [("", 30), ("1", 1), ("unlimited", None)])
def test_files_are_kept_for_a_time_and_for_ever_only_by_that_word(worker, said: str, days: int | None):
    worker.setenv("HANDOFF_KEEP_DAYS", said)
    kept_for = load(WorkerSettings).kept_for
    assert kept_for == (None if days is None else timedelta(days=days))


@pytest.mark.parametrize("said", ["0", "-1", "36501", "never", "Unlimited", "1.5"])
def test_a_wrong_time_for_keeping_is_refused_in_one_line(worker, said: str):
    worker.setenv("HANDOFF_KEEP_DAYS", said)
    assert complaint(WorkerSettings) == (
        "HANDOFF_KEEP_DAYS is wrong: it is neither a number of days from 1 to 36,500 nor the word unlimited. It is "
        "the number of days that the files of a job's runs are kept after its end, or `unlimited`."
    )
