import pytest

CHECK = {"name": "handoff", "status": "in_progress", "external_id": "job-1"}


@pytest.fixture
async def head(world):
    return (await world.rest("GET", "/git/ref/heads/main")).json()["object"]["sha"]


async def test_a_check_run_begins_and_ends(world, listener, head):
    made = await world.rest("POST", "/check-runs", {**CHECK, "head_sha": head})
    assert made.status_code == 201, made.text
    assert (made.json()["status"], made.json()["external_id"]) == ("in_progress", "job-1")
    output = {"title": "Red", "summary": "s", "annotations": [
        {"path": "clock.py", "start_line": 1, "end_line": 1, "annotation_level": "warning", "message": "m"},
    ]}  # fmt: skip
    path = f"/check-runs/{made.json()['id']}"
    done = await world.rest("PATCH", path, {"conclusion": "failure", "output": output})
    assert (done.json()["status"], done.json()["conclusion"]) == ("completed", "failure")
    assert done.json()["output"]["annotations_count"] == 1
    assert len((await world.rest("GET", f"{path}/annotations")).json()) == 1
    await world.control.idle()
    assert listener.names()[-2:] == ["check_run.created", "check_run.completed"]
    other = await world.rest(
        "POST", "/check-runs", {"name": "other", "head_sha": head, "conclusion": "success"}
    )
    assert other.json()["check_suite"] == done.json()["check_suite"]
    listed = await world.rest(
        "GET", f"/commits/{head}/check-runs?check_name=handoff&app_id={world.app['id']}"
    )
    assert [each["id"] for each in listed.json()["check_runs"]] == [made.json()["id"]]


OVER_A_LIMIT = [
    {"head_sha": "0" * 40},
    {"status": "completed"},
    {"output": {"title": "t", "summary": "x" * 65_536}},
    {"output": {"title": "t", "summary": "s", "text": "x" * 65_536}},
    {
        "output": {
            "title": "t",
            "summary": "s",
            "annotations": [
                {"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}
            ]
            * 51,
        }
    },
    {"actions": [{"label": "a" * 21, "description": "d", "identifier": "i"}]},
    {"actions": [{"label": "a", "description": "d" * 41, "identifier": "i"}]},
    {"actions": [{"label": "a", "description": "d", "identifier": "i"}] * 4},
]


async def test_a_check_run_over_a_limit_is_refused(world, head):
    for wrong in OVER_A_LIMIT:
        answer = await world.rest("POST", "/check-runs", {**CHECK, "head_sha": head, **wrong})
        assert (answer.status_code, wrong) == (422, wrong)
    await world.control.clear_log()  # some of these break the OpenAPI too, which is the point


async def test_buttons_reach_the_app_with_the_name_of_who_pressed(world, listener, head):
    button = {"label": "Stop", "description": "Stop the job", "identifier": "stop"}
    run = (await world.rest("POST", "/check-runs", {**CHECK, "head_sha": head, "actions": [button]})).json()
    pressed = {"repository": world.repository, "check_run_id": run["id"]}
    await world.control.act("mallory", "press_button", **pressed, identifier="stop")
    await world.control.act("ada", "rerequest_check", **pressed)
    await world.control.idle()
    action = listener.payload("check_run.requested_action")
    assert (action["requested_action"], action["sender"]["login"]) == ({"identifier": "stop"}, "mallory")
    assert listener.payload("check_run.rerequested")["sender"]["login"] == "ada"


async def test_another_apps_check_run_cannot_be_changed(world, head):
    run = (await world.rest("POST", "/check-runs", {**CHECK, "head_sha": head})).json()
    other = await world.control.add_app("other", permissions={"checks": "write"})
    await world.control.install("other", "acme", ["clock"])
    world.app = other
    token = (await world.mint())["token"]
    refused = await world.rest("PATCH", f"/check-runs/{run['id']}", {"status": "queued"}, token=token)
    assert refused.status_code == 403
