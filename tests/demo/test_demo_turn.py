"""What the demo says when it is the turn of whoever watches."""

from pathlib import Path

from localhub.demo.stage import Hub, Stage, set_stage
from localhub.demo.turn import your_turn
from localhub.demo.wishes import wishes
from localhub.serve import running_hub


def _stage(**changed) -> Stage:
    given = {"url": "http://hub", "app": {}, "owner": "ada", "name": "clock", "issues": (1, 2), "token": "t"}
    return Stage(**{**given, **changed})


def test_it_links_an_issue_to_hand_over_and_a_pull_request_that_nobody_has_reviewed():
    rows = [
        {"issue": 1, "state": "ready", "pull_request": 6, "revisions": 1},
        {"issue": 2, "state": "ready", "pull_request": 7, "revisions": 0},
        {"issue": 3, "state": "needs you", "pull_request": 8, "revisions": 0},
    ]
    said = your_turn(_stage(left=(4,)), rows, "http://desk/login?link=x")
    for link in (
        "http://desk/login?link=x",
        "http://hub/",
        "http://hub/ada/clock/issues/4",
        "http://hub/ada/clock/pull/7/files",
    ):
        assert f" {link}\n" in said
    assert "/pull/6" not in said
    assert "/pull/8" not in said


def test_without_an_issue_left_it_offers_to_open_one_and_without_a_ready_pull_request_to_review_none():
    said = your_turn(
        _stage(), [{"issue": 1, "state": "needs you", "pull_request": None, "revisions": 0}], "http://desk/"
    )
    assert "http://hub/ada/clock/issues/new" in said
    assert "/pull/" not in said


async def test_one_issue_is_left_to_whoever_watches_unless_the_demo_ends_by_itself(tmp_path: Path):
    for once, handed, left in (("", (1, 2, 3, 4), (5,)), ("1", (1, 2, 3, 4, 5), ())):
        folder = tmp_path / f"once-{once}"
        async with running_hub(folder / "hub") as running:
            hub = Hub(running.url)
            stage = await set_stage(hub, wishes({"ONCE": once}), folder, "")
            await hub.close()
        assert (stage.issues, stage.left) == (handed, left)
