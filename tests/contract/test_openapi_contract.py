"""The referee itself: it lets documented documents through and nothing else."""

import pytest

from localhub.contract import Contract

REPO = "/repos/ada/dates"
TOKENS = "/app/installations/7/access_tokens"


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract.load()


def test_every_operation_has_a_validator_that_builds(contract):
    for route in contract.routes._routes:
        contract.request_problems(
            route.method, route.template.replace("}", "1").replace("{", ""), {}, {"x": 1}
        )
        for status in contract._responses(route):
            contract.response_problems(route.method, _concrete(route), int(status), {"x": 1})


def _concrete(route):
    path = route.template
    for parameter in ("issue_number", "pull_number", "comment_id", "review_id", "check_run_id"):
        path = path.replace("{" + parameter + "}", "1")
    return path


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", f"{REPO}/issues", {"state": "open", "labels": "handoff", "per_page": "100", "since": "2026-01-01T00:00:00Z"}, None),
        ("POST", f"{REPO}/issues/1/comments", {}, {"body": "hello"}),
        ("POST", TOKENS, {}, {"repositories": ["dates"], "permissions": {"contents": "read"}}),
        ("GET", f"{REPO}/contents/src/deep/file.py", {"ref": "main"}, None),
        ("GET", f"{REPO}/git/ref/heads/handoff/12-dates", {}, None),
        ("GET", f"{REPO}/commits/handoff/12-dates/check-runs", {"check_name": "handoff"}, None),
        ("GET", f"{REPO}/compare/main...handoff/12-dates", {}, None),
        ("PATCH", f"{REPO}/issues/1", {}, {"milestone": None, "state": "closed", "state_reason": None}),
        ("PATCH", f"{REPO}/check-runs/5", {}, {"status": "completed", "conclusion": "success", "output": {"title": "t", "summary": "s"}}),
        ("POST", f"{REPO}/pulls/3/reviews", {}, {"event": "COMMENT", "body": "b", "commit_id": "a" * 40, "comments": [{"path": "a.py", "body": "x", "line": 3, "side": "RIGHT"}]}),
    ],
)  # fmt: skip
def test_a_documented_request_has_no_problems(contract, method, path, query, body):
    assert contract.request_problems(method, path, query, body) == []


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "complaint"),
    [
        ("GET", f"{REPO}/issues", {"colour": "red"}, None, "'colour' is not documented"),
        ("GET", f"{REPO}/issues", {"per_page": "many"}, None, "per_page"),
        ("GET", f"{REPO}/issues", {"state": "ajar"}, None, "'ajar' is not one of"),
        ("GET", f"{REPO}/issues/first", {}, None, "documents no GET"),
        ("GET", f"{REPO}/actions/runs", {}, None, "documents no GET"),
        ("GET", f"{REPO}/issues/1", {}, {"body": "x"}, "none is documented"),
        ("POST", f"{REPO}/issues/1/comments", {}, None, "one is required"),
        ("POST", f"{REPO}/issues/1/comments", {}, {}, "'body' is a required property"),
        ("POST", f"{REPO}/issues/1/comments", {}, {"body": "x", "bdoy": "y"}, "'bdoy' was unexpected"),
        ("POST", f"{REPO}/pulls/comments/1/replies", {}, {"body": "x"}, "documents no POST"),
        ("POST", TOKENS, {}, {"permissions": {"conntents": "read"}}, "'conntents' was unexpected"),
        ("POST", TOKENS, {}, {"permissions": {"contents": "sudo"}}, "'sudo' is not one of"),
        ("POST", f"{REPO}/pulls/3/reviews", {}, {"event": "COMENT"}, "'COMENT' is not one of"),
        ("POST", f"{REPO}/pulls/3/reviews", {}, {"comments": [{"path": "a", "body": "b", "subject_type": "file"}]}, "'subject_type' was unexpected"),
        ("POST", f"{REPO}/check-runs", {}, {"name": "n", "head_sha": "s", "output": {"title": "t", "summary": "s", "colour": "red"}}, "'colour' was unexpected"),
        ("PATCH", f"{REPO}/check-runs/5", {}, {"staus": "completed"}, "'staus' was unexpected"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_request_is_named(contract, method, path, query, body, *, complaint):
    assert complaint in " ".join(contract.request_problems(method, path, query, body))


def test_an_answer_with_an_undocumented_field_is_reported(contract):
    user = _label() | {"colour": "red"}
    assert contract.response_problems("GET", f"{REPO}/labels", 200, [_label()]) == []
    assert "'colour' was unexpected" in contract.response_problems("GET", f"{REPO}/labels", 200, [user])[0]


def _label():
    fields = {"id": 1, "node_id": "x", "url": "https://hub.test/1", "name": "handoff", "color": "ffffff"}
    return fields | {"description": None, "default": False}


FILE = {
    "type": "file", "encoding": "base64", "size": 1, "name": "a", "path": "a", "content": "", "sha": "x",
    "url": "http://h/x", "git_url": "http://h/x", "html_url": "http://h/x", "download_url": "http://h/x",
    "_links": {"git": "http://h/x", "self": "http://h/x", "html": "http://h/x"},
}  # fmt: skip


def test_one_of_several_shapes_is_enough_and_the_closest_is_explained(contract):
    path = f"{REPO}/contents/a"
    entry = {key: value for key, value in FILE.items() if key not in {"content", "encoding"}}
    assert contract.response_problems("GET", path, 200, FILE) == []
    assert contract.response_problems("GET", path, 200, [entry]) == []
    (problem,) = contract.response_problems("GET", path, 200, FILE | {"colour": "red"})
    assert problem.startswith("body: none of the documented shapes; of the closest: ")
    assert "'colour' was unexpected" in problem


def test_an_answer_with_an_undocumented_status_is_reported(contract):
    assert "no answer 202" in contract.response_problems("GET", f"{REPO}/labels", 202, [])[0]


def test_any_operation_may_fail_in_githubs_general_shape(contract):
    message = {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"}
    too_large = message | {"errors": [{"resource": "PullRequest", "field": "diff", "code": "too_large"}]}
    assert contract.response_problems("GET", f"{REPO}/labels", 401, message) == []
    assert contract.response_problems("GET", f"{REPO}/pulls/1", 406, too_large) == []
    assert contract.response_problems("GET", f"{REPO}/labels", 401, {"oops": True}) != []


def test_an_empty_answer_is_right_only_where_documented(contract):
    assert contract.response_problems("DELETE", "/installation/token", 204, None) == []
    assert contract.response_problems("GET", f"{REPO}/labels", 200, None) == ["200 comes with a body"]
    assert contract.response_problems("DELETE", "/installation/token", 204, {}) == ["204 comes with no body"]


def test_the_loaded_contract_is_shared():
    assert Contract.load() is Contract.load()
