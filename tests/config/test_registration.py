"""The App that set-up registered: kept whole, kept private, read by those who need it."""

import threading
from pathlib import Path

import pytest

from app.config import (
    PROCESSES,
    Registration,
    Settings,
    WebSettings,
    WorkerSettings,
    environment_for,
    load,
    register,
    registration_of,
)
from app.config.set_up import is_nobody
from app.domain.errors import BadConfiguration, Refused

WHO = Registration(
    app_id=7,
    slug="ada-handoff",
    name="Ada's Handoff",
    client_id="Iv23li0123456789",
    html_url="https://github.com/apps/ada-handoff",
    owner="ada",
)
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n"
SECRETS = {"private_key": KEY, "webhook_secret": "w" * 40, "client_secret": "c" * 40}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "kept"
    monkeypatch.setenv("HANDOFF_DATA", str(folder))
    monkeypatch.setenv("HANDOFF_AGENT", "claude")
    return folder


def test_what_is_registered_is_found_again(data: Path):
    assert registration_of(data) is None
    register(data, WHO, **SECRETS)
    assert registration_of(data) == WHO


def test_nobody_but_us_may_read_it(data: Path):
    data.mkdir(mode=0o755)
    register(data, WHO, **SECRETS)
    modes = {
        path.relative_to(data).as_posix(): path.stat().st_mode & 0o777 for path in (data, *data.rglob("*"))
    }
    assert modes.pop(".") == modes.pop("secrets") == 0o700
    assert set(modes.values()) == {0o600}
    assert {"registration.json", "secrets/private-key.pem", "secrets/webhook-secret"} < set(modes)


def test_nothing_secret_is_in_the_registration_itself(data: Path):
    register(data, WHO, **SECRETS)
    text = (data / "registration.json").read_text()
    assert all(secret not in text for secret in SECRETS.values())


def test_a_second_app_is_refused_and_the_first_one_kept(data: Path):
    register(data, WHO, **SECRETS)
    with pytest.raises(Refused, match=r"registered in .* already"):
        register(data, WHO, private_key="other", webhook_secret="other", client_secret="other")
    assert (data / "secrets" / "private-key.pem").read_text() == KEY


def test_of_many_at_once_one_is_registered_whole(data: Path):
    ended: list[object] = []
    begin = threading.Barrier(8)

    def attempt(number: int) -> None:
        mine = f"{number}" * 40
        begin.wait()
        try:
            register(data, WHO, private_key=mine, webhook_secret=mine, client_secret=mine)
            ended.append(mine)
        except Refused as refusal:
            ended.append(refusal)

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [each for each in ended if isinstance(each, str)]
    assert {path.read_text() for path in (data / "secrets").iterdir()} == {winner}


def test_settings_come_from_it(data: Path):
    assert is_nobody()
    register(data, WHO, **SECRETS)
    assert not is_nobody()
    web, worker = load(WebSettings), load(WorkerSettings)
    assert web.client_id == WHO.client_id
    assert web.client_secret is not None
    assert web.client_secret.get_secret_value() == SECRETS["client_secret"]
    assert web.webhook_secrets == (SECRETS["webhook_secret"],)
    assert (worker.app_id, worker.app_slug) == (WHO.app_id, WHO.slug)
    assert worker.private_key_file == data / "secrets" / "private-key.pem"


def test_a_variable_counts_over_it(data: Path, monkeypatch: pytest.MonkeyPatch):
    register(data, WHO, **SECRETS)
    monkeypatch.setenv("HANDOFF_WEBHOOK_SECRET", "v" * 40)
    (data / "handoff.toml").write_text('client_id = "from the file"')
    assert load(WebSettings).webhook_secrets == ("v" * 40,)
    assert load(WebSettings).client_id == "from the file"


def test_the_web_process_opens_no_private_key(data: Path):
    register(data, WHO, **SECRETS)
    (data / "secrets" / "private-key.pem").unlink()
    assert load(WebSettings).client_id == WHO.client_id
    with pytest.raises(BadConfiguration, match="HANDOFF_PRIVATE_KEY_FILE is wrong"):
        load(WorkerSettings)


def test_a_worker_opens_no_secret_of_the_web_process(data: Path):
    register(data, WHO, **SECRETS)
    (data / "secrets" / "webhook-secret").unlink()
    (data / "secrets" / "client-secret").unlink()
    assert load(WorkerSettings).app_id == WHO.app_id
    with pytest.raises(BadConfiguration, match="webhook-secret cannot be read"):
        load(WebSettings)


def test_no_secret_of_it_goes_into_the_environment_of_a_child(data: Path):
    register(data, WHO, **SECRETS)
    for kind in PROCESSES:
        assert not {*SECRETS.values()} & {*environment_for(kind, PROCESSES).values()}


def test_one_that_somebody_else_could_have_put_there_is_refused(data: Path):
    register(data, WHO, **SECRETS)
    data.chmod(0o755)
    with pytest.raises(BadConfiguration, match=r"I do not trust .*registration\.json"):
        registration_of(data)
    with pytest.raises(BadConfiguration, match="I do not trust"):
        load(WebSettings)
    assert load(Settings).data == data


@pytest.mark.parametrize("text", ["", "{}", '{"app_id": "7"}', "[]", "\x00"])
def test_one_that_cannot_be_read_counts_neither_as_one_nor_as_none(data: Path, text: str):
    register(data, WHO, **SECRETS)
    (data / "registration.json").write_text(text)
    with pytest.raises(BadConfiguration, match="cannot be read as an App's registration"):
        registration_of(data)


def test_a_folder_that_brings_settings_along_is_not_taken_over(data: Path):
    data.mkdir(mode=0o755)
    (data / "handoff.toml").write_text('agent = "rm -rf /"')
    with pytest.raises(Refused, match="would make me obey it"):
        register(data, WHO, **SECRETS)
    assert data.stat().st_mode & 0o777 == 0o755
    assert not (data / "registration.json").exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(BadConfiguration, match="cannot be used"):
        register(tmp_path / "file" / "kept", WHO, **SECRETS)
