"""What is run to judge a change: the file has the last word on what it speaks of, the rest is detected."""

from pathlib import Path

import pytest

from app.domain.policy import read_policy
from tests.world.repository import git, make_repository
from workers.checks.plan import plan_of
from workers.workspace.mirror import Mirror

MAKEFILE = "test:\n\ttrue\n"


@pytest.mark.parametrize(
    ("text", "setup", "checks", "detected"),
    [
        (None, (), ("make test",), True),
        ("", (), ("make test",), True),
        ("preset: cautious", (), ("make test",), True),
        ("setup: [./ready]", ("./ready",), ("make test",), True),
        ("checks: [{name: a, run: ./a}]", (), ("./a",), False),
        ("checks: []", (), (), False),
    ],
)
async def test_a_file_that_does_not_speak_of_checks_leaves_them_to_be_detected(
    tmp_path: Path, text: str | None, setup: tuple[str, ...], checks: tuple[str, ...], detected: bool
):
    source = make_repository(tmp_path / "source", {"Makefile": MAKEFILE})

    plan = await plan_of(Mirror(source / ".git"), read_policy(text), git(source, "rev-parse", "HEAD").strip())

    assert plan.setup == setup
    assert tuple(check.run for check in plan.checks) == checks
    assert bool(plan.detected) is detected
