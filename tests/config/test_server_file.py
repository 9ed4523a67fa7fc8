"""`handoff.toml`: which one counts, what it may say, and how set-up writes it."""

import tomllib
from pathlib import Path

import pytest

from app.config import (
    PROCESSES,
    Settings,
    WebSettings,
    environment_for,
    load,
    unread_file_hint,
    write_server_file,
)
from app.domain.errors import BadConfiguration, Refused

SECRET = "a secret of twenty and more"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of ours, and enough variables for the web process."""
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("HANDOFF_DATA", str(folder))
    monkeypatch.setenv("HANDOFF_WEBHOOK_SECRET", SECRET)
    return folder


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "handoff.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


def complaint(kind: type[Settings] = WebSettings) -> str:
    with pytest.raises(BadConfiguration) as refusal:
        load(kind)
    return str(refusal.value)


def test_the_one_in_our_data_folder_is_read(data: Path):
    written(data, 'port = 1234\nlog = "json"\n')
    chosen = load(WebSettings)
    assert (chosen.port, chosen.log) == (1234, "json")


def test_a_variable_and_a_file_of_variables_count_over_it(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    written(data, 'port = 1\nhost = "1.1.1.1"\nlog = "json"\n')
    (tmp_path / "variables").write_text("HANDOFF_HOST=2.2.2.2\nHANDOFF_PORT=2\n")
    monkeypatch.setenv("HANDOFF_ENV_FILE", str(tmp_path / "variables"))
    monkeypatch.setenv("HANDOFF_PORT", "3")
    chosen = load(WebSettings)
    assert (chosen.port, chosen.host, chosen.log) == (3, "2.2.2.2", "json")


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701])
def test_one_in_a_folder_that_others_may_enter_is_ignored_and_that_is_said(data: Path, mode: int):
    written(data, 'port = 1234\nagent = "rm -rf /"\n')
    data.chmod(mode)
    assert load(WebSettings).port == 8080
    said = unread_file_hint()
    assert said is not None
    assert f"{data}/handoff.toml is ignored: it may name commands to run" in said
    assert f"chmod 700 {data}" in said


def test_the_one_that_is_named_counts_wherever_it_lies(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    written(data, "port = 1")
    elsewhere = tmp_path / "etc"
    elsewhere.mkdir(mode=0o755)
    monkeypatch.setenv("HANDOFF_CONFIG", str(written(elsewhere, "port = 2", 0o644)))
    assert load(WebSettings).port == 2


def test_the_one_that_is_named_may_say_where_the_data_folder_is(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("HANDOFF_DATA")
    monkeypatch.setenv("HANDOFF_CONFIG", str(written(tmp_path, f'data = "{data}"')))
    assert load(Settings).data == data


def test_one_that_is_named_and_missing_is_said(data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HANDOFF_CONFIG", "/nowhere/handoff.toml")
    assert complaint().startswith("HANDOFF_CONFIG: /nowhere/handoff.toml cannot be read.")


WRONG = {
    "lable = 1": "line 1: lable is no setting of mine. Did you mean label?",
    "port = 1\n\n[web]\nport = 1": "line 3: web is no setting of mine.",
    "port = true": "line 1: port is wrong: it should be a text in quotes or a whole number",
    "port = [1]": "line 1: port is wrong: it should be a text in quotes or a whole number",
    "\nport = 99999": "line 2: port is wrong: it should be less than or equal to 65535. It is the port",
    'data = "x"': "line 1: data cannot say where the data folder is",
    "port": "is not valid TOML",
    "port = 1\nport = 2": "is not valid TOML",
}


@pytest.mark.parametrize(("text", "says"), WRONG.items(), ids=WRONG)
def test_a_mistake_is_named_with_file_line_and_key(data: Path, text: str, says: str):
    path = written(data, text)
    said = complaint()
    assert said.startswith(str(path))
    assert says in said


def test_every_unknown_key_is_said(data: Path):
    written(data, "a1 = 1\nb2 = 2\n")
    assert len(complaint().splitlines()) == 2


def test_a_secret_that_others_may_read_is_refused_and_not_repeated(data: Path):
    path = written(data, f'redis_url = "redis://:{SECRET}@host"\nport = 1\n', 0o644)
    said = complaint()
    assert said.startswith(f"{path}, line 1: redis_url is a secret, and other users may read")
    assert f"chmod 600 {path}" in said
    assert SECRET not in said
    path.chmod(0o600)
    assert load(WebSettings).port == 1


def test_a_child_is_told_where_it_is_and_gets_no_secret_out_of_it(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("HANDOFF_WEBHOOK_SECRET")
    named = written(tmp_path, f'webhook_secret = "{SECRET}"')
    monkeypatch.setenv("HANDOFF_CONFIG", str(named))
    for kind in PROCESSES:
        given = environment_for(kind, PROCESSES)
        assert given["HANDOFF_CONFIG"] == str(named)
        assert SECRET not in given.values()


def test_it_is_written_for_us_alone_and_can_be_read_again(data: Path):
    path = write_server_file(data, {"log": "json", "port": 7})
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().startswith("#:schema ./handoff.toml.schema.json\n")
    assert (data / "handoff.toml.schema.json").exists()
    assert (load(WebSettings).port, load(WebSettings).log) == (7, "json")


def test_writing_keeps_what_its_owner_wrote(data: Path):
    path = written(data, "# mine\nport = 1 # the old one\nhost = '::1'\n")
    write_server_file(data, {"port": 2, "log": "json"})
    assert "# mine" in path.read_text()
    assert "# the old one" in path.read_text()
    assert tomllib.loads(path.read_text()) == {"port": 2, "host": "::1", "log": "json"}


@pytest.mark.parametrize("value", ['sh -c "a \\"b\\""', "it's", "a\nb", "täglich", "\x7f\x01"])
def test_any_text_comes_back_as_it_was_written(data: Path, value: str):
    path = write_server_file(data, {"agent": value})
    assert tomllib.loads(path.read_text())["agent"] == value


def test_what_is_not_toml_is_left_alone(data: Path):
    path = written(data, "port 1")
    with pytest.raises(Refused, match="I leave it alone"):
        write_server_file(data, {"port": 2})
    assert path.read_text() == "port 1"


def test_a_file_that_was_ignored_is_not_made_to_count_by_writing(data: Path):
    written(data, 'agent = "rm -rf /"')
    data.chmod(0o755)
    with pytest.raises(Refused, match="Read it, then remove it"):
        write_server_file(data, {"port": 2})
    assert data.stat().st_mode & 0o777 == 0o755
