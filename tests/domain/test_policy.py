"""The repository's own file: read strictly, refused kindly."""

import pytest

from app.domain.errors import BadConfiguration
from app.domain.policy import Check, Policy, read_policy


def test_no_file_means_the_defaults():
    assert read_policy(None) == Policy()


def test_an_empty_file_means_the_defaults_too():
    assert read_policy("").checks == ()


def test_checks_and_limits_are_read():
    policy = read_policy("checks:\n- {name: tests, run: pytest -q}\nlimits: {run_minutes: 5}\n")

    assert policy.checks == (Check(name="tests", run="pytest -q"),)
    assert policy.run_timeout_seconds == 300
    assert policy.from_file


def test_what_we_protect_cannot_be_unprotected():
    policy = read_policy("protected_paths: [secrets/**]")

    assert ".github/workflows/**" in policy.protected_paths
    assert "secrets/**" in policy.protected_paths


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cheks: []", "`cheks`"),
        ("checks:\n- {name: tests}", "`checks.0.run`: field required"),
        ("limits: {run_minutes: many}", "`limits.run_minutes`"),
        ("a: b: c", "line 1"),
        ("- just\n- a list", "`the file`"),
        ("checks: !!python/object/apply:os.system ['true']", "not valid YAML"),
    ],
)
def test_a_mistake_is_named_with_its_key_or_line(text: str, says: str):
    with pytest.raises(BadConfiguration) as error:
        read_policy(text)

    assert says in str(error.value)
