"""The demo as a newcomer runs it, and its kind refusals."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from localhub.demo.wishes import WishError, wishes

ROOT = Path(__file__).parents[2]


def test_the_demo_ends_by_itself_with_five_ready_pull_requests(tmp_path: Path):
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "TMPDIR": str(tmp_path),
        "ONCE": "1",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "localhub.demo"],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=220,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    last = json.loads(ended.stdout.strip().splitlines()[-1])
    assert [(job["issue"], job["state"]) for job in last["jobs"]] == [(n, "ready") for n in range(1, 6)]
    assert [(job["runs"], job["revisions"]) for job in last["jobs"]] == [
        (7, 1) if n == 2 else (4, 0) for n in range(1, 6)
    ]
    assert len({job["pull_request"] for job in last["jobs"]}) == 5
    revised = last["jobs"][1]
    assert revised["review_comments"] == 8, "one of ours, three of Ada's, and a reply to each"
    assert all(job["seconds"] > 0 for job in last["jobs"])
    assert list(tmp_path.glob("handoff-demo-*")) == [], "it tidies up"


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"REPO": "/nowhere/at/all"}, "REPO=/nowhere/at/all does not exist"),
        ({"REPO": "/"}, "is not a git repository"),
        ({"ISSUE": __file__}, "The scripted agent knows only the issues of the sample repository"),
        ({"REPO": str(ROOT), "AGENT": "claude"}, "With REPO= an ISSUE= is needed too"),
    ],
)
def test_a_wish_that_cannot_be_met_is_answered_with_what_can(environment: dict[str, str], says: str):
    with pytest.raises(WishError) as error:
        wishes(environment)

    assert says in str(error.value)


def test_wishes_name_an_agent_a_model_server_and_an_issue(tmp_path: Path):
    issue = tmp_path / "issue.md"
    issue.write_text("# Make it faster\n\nIt is slow.\n")

    wanted = wishes({"AGENT": "claude", "MODEL_URL": "http://127.0.0.1:1", "ISSUE": str(issue), "ONCE": "1"})

    assert (wanted.agent, wanted.model_url, wanted.once) == ("claude", "http://127.0.0.1:1", True)
    assert [(i.title, i.body) for i in wanted.issues] == [("Make it faster", "It is slow.")]
