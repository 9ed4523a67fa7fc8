"""What a project's file gives to the cages of its checks, as values."""

from dataclasses import replace

from app.domain.job import Kind
from app.domain.kinds import KINDS
from app.domain.policy import Policy
from app.domain.redaction import Redactor
from workers.cage import bubblewrap
from workers.cage.network import network_of
from workers.cage.sandbox import Sandbox
from workers.checks.project import Project, limits_of, register

PEM = "-----BEGIN OURS-----\nMIIB-the-first-line\nshort\nMIIC-the-second-line\n-----END OURS-----\n"

HERE = Sandbox(
    name="bubblewrap",
    because="it works here",
    reduced=False,
    warning="",
    identity=None,
    contains=True,
    launch=bubblewrap.launch,
)


def project(**said) -> Project:
    policy = Policy(env=(("TZ", "UTC"), ("TOKEN", "from the file")))
    return Project(policy=policy, sandbox=HERE, network=network_of(policy), **said)


def test_of_a_variable_and_a_secret_of_one_name_the_secret_counts():
    assert project(secrets={"TOKEN": "secret"}).environment == {"TZ": "UTC", "TOKEN": "secret"}


def test_without_secrets_the_variables_stay():
    assert project(secrets={"KEY": "secret"}).without_secrets().environment == {
        "TZ": "UTC",
        "TOKEN": "from the file",
    }


def test_a_project_that_is_printed_shows_no_secret():
    assert "swordfish" not in repr(project(secrets={"KEY": "swordfish"}))


def test_a_secret_of_many_lines_is_redacted_line_by_line():
    redactor = Redactor()
    register(redactor, {"KEY": PEM})

    assert redactor.redact(f"said: {PEM}") == "said: [redacted]\n"
    assert redactor.redact("line 3: MIIC-the-second-line") == "line 3: [redacted]"
    assert redactor.redact("a short word") == "a short word"


def test_only_a_job_that_builds_gets_secrets():
    assert [kind for kind in Kind if KINDS[kind].secrets] == [Kind.BUILD]


def test_an_image_has_its_own_programs_and_this_machine_lends_it_none():
    path, programs = project().programs
    assert "/usr/bin" in path["PATH"].split(":")
    assert programs

    assert replace(project(), sandbox=replace(HERE, name="docker")).programs == ({}, ())


def test_the_files_limits_are_the_cages():
    limits = limits_of(
        Policy(memory_bytes_limit=1, disk_bytes_limit=2, processes_limit=3, output_bytes_limit=4)
    )

    assert (limits.memory_bytes, limits.disk_bytes, limits.processes, limits.output_bytes) == (1, 2, 3, 4)
