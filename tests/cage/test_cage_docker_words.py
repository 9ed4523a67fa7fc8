"""What is said to a container engine, and what is made of its answers: values, and no engine."""

import os
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import BadConfiguration
from workers.cage.bare import launch
from workers.cage.engine import container
from workers.cage.engine.look import Engine, Kind, client_environment, read
from workers.cage.engine.sandbox import sandbox_of, with_image
from workers.cage.probe import choose
from workers.cage.spec import CageSpec, Identity

DOCKER = Engine(program="docker", kind=Kind.DOCKER, environment={})
PODMAN = replace(DOCKER, kind=Kind.PODMAN)
NOBODY = Identity(48111, 48112)
SPEC = CageSpec(
    command=("make", "test"),
    workspace=Path("/runs/1/work,space"),
    home=Path("/runs/1/home"),
    records=Path("/runs/1/records"),
    readable=(Path("/mirror"),),
)


def words(engine: Engine) -> list[str]:
    return container.options(SPEC, NOBODY, engine, open_files=1024, processes_of_user=2048)


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        (DOCKER, ["--user", "48111:48112"]),
        (replace(DOCKER, remapped=True), ["--userns", "host", "--user", "48111:48112"]),
        (replace(DOCKER, rootless=True), ["--user", "0:0"]),
        (PODMAN, ["--user", "48111:48112"]),
        (replace(PODMAN, rootless=True), ["--userns", "keep-id", "--user", "48111:48112"]),
    ],
)
def test_what_a_cage_writes_belongs_to_its_user_outside(engine, expected):
    assert container.user(NOBODY, engine) == expected


@pytest.mark.parametrize("engine", [DOCKER, PODMAN])
def test_a_container_has_no_rights_no_network_and_every_limit(engine):
    said = " ".join(words(engine))
    for expected in (
        "--network none",
        "--cap-drop ALL",
        "--security-opt no-new-privileges",
        "--read-only ",
        "--pids-limit 512",
        "--memory 4294967296 --memory-swap 4294967296",
        "--pull never",
        "--log-driver none",
    ):
        assert expected in said
    for never in ("--privileged", "--cap-add", "--device", "docker.sock", "--volume"):
        assert never not in said


def test_only_what_was_given_is_mounted_whatever_it_is_called():
    mounts = [words(DOCKER)[at + 1] for at, word in enumerate(words(DOCKER)) if word == "--mount"]
    assert mounts == [
        "type=bind,source=/mirror,target=/mirror,readonly",
        "type=bind,source=/runs/1/home,target=/runs/1/home",
        'type=bind,"source=/runs/1/work,space","target=/runs/1/work,space"',
    ]


_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))


@settings(max_examples=25, deadline=None)
@given(values=st.lists(_TEXT, min_size=1, max_size=4))
def test_the_containers_shell_hears_every_value_as_it_is(values):
    variables = {f"VALUE_{number}": value for number, value in enumerate(values)}
    printed = "printf '%s\\0' " + " ".join(f'"${name}"' for name in variables)
    run = subprocess.run(
        ["/bin/sh", "-c", container.SCRIPT, "cage", "/bin/sh", "-c", printed],
        input=container.orders(variables).encode(),
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert run.stdout.decode().split("\0")[:-1] == values


@pytest.mark.parametrize("said", ["", "export A=1; touch there"])
def test_a_shell_that_did_not_hear_all_of_its_orders_starts_nothing(tmp_path, said):
    run = subprocess.run(
        ["/bin/sh", "-c", container.SCRIPT, "cage", "touch", "there"],
        input=said.encode(),
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert run.returncode == 125
    assert list(tmp_path.iterdir()) == []


def test_a_variable_that_no_shell_can_hold_is_refused():
    with pytest.raises(BadConfiguration, match="name it with letters, digits and underscores"):
        container.orders({"A; touch /tmp/x": "1"})


def test_the_path_is_the_images_own_unless_it_was_given():
    assert "PATH" not in container.variables(SPEC)
    assert container.variables(replace(SPEC, environment={"PATH": "/opt"}))["PATH"] == "/opt"


def test_a_client_sees_how_to_find_its_engine_and_no_secret():
    ours = {"DOCKER_HOST": "unix:///x", "PATH": "/bin", "HANDOFF_WEBHOOK_SECRET": "s", "HTTPS_PROXY": "p"}
    assert client_environment(ours) == {"DOCKER_HOST": "unix:///x", "PATH": "/bin", "LANG": "C.UTF-8"}


@pytest.mark.parametrize(
    ("engine", "told", "expected"),
    [
        (
            DOCKER,
            {"SecurityOptions": ["name=seccomp", "name=userns"], "MemoryLimit": True, "PidsLimit": True},
            replace(DOCKER, remapped=True),
        ),
        (
            DOCKER,
            {"SecurityOptions": ["name=rootless"], "MemoryLimit": True, "PidsLimit": False},
            replace(DOCKER, rootless=True, cannot_limit=("processes",)),
        ),
        (
            PODMAN,
            {
                "host": {
                    "security": {"rootless": True},
                    "cgroupVersion": "v2",
                    "cgroupControllers": ["memory", "pids"],
                }
            },
            replace(PODMAN, rootless=True),
        ),
        (
            PODMAN,
            {
                "host": {
                    "security": {"rootless": True},
                    "cgroupVersion": "v1",
                    "cgroupControllers": ["memory", "pids"],
                }
            },
            replace(PODMAN, rootless=True, cannot_limit=("memory", "processes")),
        ),
    ],
)
def test_an_engine_is_what_it_tells(engine, told, expected):
    assert read(engine, told) == expected


def test_a_client_without_an_engine_is_not_taken_for_one():
    with pytest.raises(BadConfiguration, match="Is the docker daemon running"):
        read(DOCKER, {"ServerErrors": ["Cannot connect. Is the docker daemon running?"]})


@pytest.mark.parametrize("end", ["first", "orders"])
def test_a_keeper_that_is_never_told_anything_ends(end):
    launched = sandbox_of(DOCKER, "node:22", NOBODY).launch(SPEC, NOBODY)
    status, inside = os.pipe()
    with subprocess.Popen(
        [*launched.arguments, str(inside)], stdin=subprocess.PIPE, pass_fds=[inside]
    ) as keeper:
        os.close(inside)
        assert os.read(status, 1) == b"r"
        if end == "first":
            (first,) = Path(f"/proc/{keeper.pid}/task/{keeper.pid}/children").read_text().split()
            os.kill(int(first), signal.SIGKILL)
        else:
            keeper.stdin.close()
        assert keeper.wait(60) == 1
    assert os.read(status, 1) == b""
    os.close(status)


async def test_containers_without_an_image_are_refused_with_what_to_do():
    with pytest.raises(BadConfiguration, match="Set HANDOFF_IMAGE to one that has your agent"):
        await choose("docker")


async def test_an_engine_that_is_not_there_is_said_with_what_to_do():
    with pytest.raises(BadConfiguration) as refused:
        await choose("docker", engine="no-such-engine", image="node:22")
    assert "`no-such-engine` does not answer: no-such-engine: No such file or directory." in str(
        refused.value
    )
    assert "HANDOFF_CONTAINER_ENGINE" in str(refused.value)


def test_a_repository_may_choose_its_image_where_there_are_containers():
    sandbox = sandbox_of(DOCKER, "node:22", NOBODY)
    assert with_image(sandbox, None) is sandbox
    assert with_image(sandbox, "rust:1").launch.image == "rust:1"


def test_an_image_is_refused_where_cages_are_none():
    sandbox = replace(sandbox_of(DOCKER, "node:22", NOBODY), name="bubblewrap", launch=launch)
    with pytest.raises(
        BadConfiguration, match=r"`image: rust:1` needs containers, and cages here are bubblewrap\. Set"
    ):
        with_image(sandbox, "rust:1")
